//! Which instruction works when: the whole table, each cell from the same busy pool.

use std::slice;

use SluiceError::{BreakerTripped, NotObserved, Paused, PoolStale, RewardsBeingPaid, WindowClosed};
use anchor_lang::InstructionData;
use sluice::{SluiceError, state::StakeAccountKind};
use sluice_client::transfer_ticket;
use sluice_tests::{
    cluster::VoteAccount,
    pool::{Pool, TicketAddress, Watch},
    scenario::{CREDITS, SOL, earning_pool},
};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// A new epoch, its rewards are paid, nobody has cranked.
    Stale,
    /// A new epoch that is still paying rewards.
    RewardsBeingPaid,
    Fresh,
    FreshInWindow,
    Tripped,
    TrippedInWindow,
    /// Two epochs after the breaker tripped.
    TrippedLong,
    Paused,
    PausedInWindow,
}

const GATES: [Gate; 9] = [
    Gate::Stale,
    Gate::RewardsBeingPaid,
    Gate::Fresh,
    Gate::FreshInWindow,
    Gate::Tripped,
    Gate::TrippedInWindow,
    Gate::TrippedLong,
    Gate::Paused,
    Gate::PausedInWindow,
];

/// What a row expects: accepted, or refused with this error.
type Expected = Option<SluiceError>;

impl Gate {
    fn is_stale(self) -> bool {
        matches!(self, Self::Stale | Self::RewardsBeingPaid)
    }

    fn is_tripped(self) -> bool {
        matches!(
            self,
            Self::Tripped | Self::TrippedInWindow | Self::TrippedLong
        )
    }

    fn is_paused(self) -> bool {
        matches!(self, Self::Paused | Self::PausedInWindow)
    }

    fn is_in_window(self) -> bool {
        matches!(
            self,
            Self::FreshInWindow | Self::TrippedInWindow | Self::PausedInWindow
        )
    }

    fn priced(self) -> Expected {
        self.is_stale().then_some(PoolStale)
    }

    fn while_paid(self) -> Expected {
        (self == Self::RewardsBeingPaid).then_some(RewardsBeingPaid)
    }

    fn withdraws(self) -> Expected {
        self.priced()
            .or(self.is_tripped().then_some(BreakerTripped))
    }

    fn deposits(self) -> Expected {
        self.withdraws().or(self.is_paused().then_some(Paused))
    }

    fn settles(self) -> Expected {
        let waits = self.is_tripped() && self != Self::TrippedLong;
        self.priced().or(waits.then_some(BreakerTripped))
    }

    fn undelegates(self) -> Expected {
        self.priced()
            .or((!self.is_in_window()).then_some(WindowClosed))
    }

    fn delegates(self) -> Expected {
        self.priced()
            .or(self.is_paused().then_some(Paused))
            .or(self.undelegates())
    }

    fn finalizes(self) -> Expected {
        self.while_paid()
            .or((self == Self::Stale).then_some(NotObserved))
    }
}

/// A pool with a batch to claim from, a batch that is due, and a validator without weight.
struct GatedPool {
    pool: Pool,
    alice: Keypair,
    claimable: TicketAddress,
}

impl GatedPool {
    /// Just finalized in a new epoch, before its window. Every row starts from the same accounts,
    /// so what the watcher remembers would not hold.
    async fn fresh() -> Self {
        let (mut pool, alice) = earning_pool(Pool::builder()).await;
        pool.watch = Watch::Off;
        for name in ["unwanted", "retired"] {
            let vote = pool.cluster.create_validator(name, 0).await;
            pool.add_validator(&vote, 0).await;
        }
        let retired = pool.cluster.keypair("retired").pubkey();
        pool.retire(&retired).await;
        pool.crank_next_epoch(CREDITS).await;
        let claimable = pool.request(&alice, 10 * SOL).await;
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        pool.request(&alice, 5 * SOL).await;
        pool.crank_window().await;
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.price().await;
        pool.collect_all().await;
        // The rewards of so small a cluster close exits with stake, which is no gate of this table.
        pool.change_pool(|account| account.reward_rate_e12 = 1)
            .await;
        Self {
            pool,
            alice,
            claimable,
        }
    }

    async fn behind(gate: Gate) -> Self {
        let mut gated = Self::fresh().await;
        let pool = &mut gated.pool;
        let trips = gate.is_tripped();
        if trips {
            let vote = pool.vote(1);
            pool.slash(&vote, 200 * SOL).await;
            pool.cluster.next_epoch().await;
            pool.price().await;
            assert!(pool.account().await.is_tripped());
        }
        match gate {
            Gate::Stale => {
                pool.cluster.next_epoch().await;
            }
            Gate::RewardsBeingPaid => {
                pool.cluster.next_epoch_in_rewards().await;
            }
            Gate::TrippedLong => {
                for _ in 0..2 {
                    pool.cluster.next_epoch().await;
                    pool.price().await;
                }
            }
            _ => {}
        }
        if gate.is_paused() {
            let epoch = pool.cluster.epoch().await;
            pool.change_pool(|account| account.paused_until_epoch = epoch + 1)
                .await;
        }
        if gate.is_in_window() {
            pool.warp_to_window().await;
        }
        gated
    }

    /// Sends the instructions, compares what comes of them, and puts everything back.
    async fn expect(
        &mut self,
        gate: Gate,
        name: &str,
        instructions: &[Instruction],
        signers: &[&Keypair],
        expected: Expected,
    ) {
        let outcome = self.pool.try_out(instructions, signers).await;
        let code = outcome.as_ref().err().map(|failure| failure.custom_code);
        let expected = expected.map(|error| Some(error.into()));
        assert_eq!(code, expected, "{name} at {gate:?}: {outcome:?}");
    }

    async fn check_users(&mut self, gate: Gate) {
        let alice = self.alice.insecure_clone();
        let it = self.pool.addresses;
        let lst = self.pool.lst_account(&alice.pubkey());
        let (request, ticket) = self.pool.request_instruction(&alice.pubkey(), SOL).await;
        self.expect(gate, "request", slice::from_ref(&request), &[&alice], None)
            .await;
        // From here there is a ticket that can be cancelled.
        self.pool.must_send(&[request], &[&alice]).await;
        let bob = self.pool.cluster.address("bob");
        let transfer = transfer_ticket(&ticket.of(&alice.pubkey()), bob, ticket.lst);
        let claim = self.pool.claim_instruction(&self.claimable).await;
        let head = self.pool.account().await.head_batch;
        let cancel = it.cancel_ticket(&ticket.of(&alice.pubkey()), lst);
        let rows = [
            ("cancel", cancel, None),
            ("transfer", transfer, None),
            ("claim", claim, None),
            ("settle", it.settle_batch(head), gate.settles()),
            (
                "deposit",
                it.deposit_sol(alice.pubkey(), lst, SOL, 0),
                gate.deposits(),
            ),
            (
                "withdraw",
                it.withdraw_sol(alice.pubkey(), lst, alice.pubkey(), SOL / 10, 0),
                gate.withdraws(),
            ),
        ];
        for (name, instruction, expected) in rows {
            self.expect(gate, name, &[instruction], &[&alice], expected)
                .await;
        }
        self.check_stake_accounts(gate, &alice).await;
        self.check_views(gate).await;
    }

    async fn check_stake_accounts(&mut self, gate: Gate, alice: &Keypair) {
        let (vote, owner) = (self.pool.vote(0), alice.pubkey());
        let cluster = &mut self.pool.cluster;
        let offered = cluster.inject_active_stake("offered", &owner, 3 * SOL, &vote);
        let offered = offered.await;
        cluster.earn_credits(&vote, 1).await;
        let deposit = self.pool.deposit_stake_instruction(&owner, &offered, &vote);
        let deposit = deposit.await;
        let taken = self.pool.new_stake_key();
        let stake = taken.pubkey();
        let withdraw = self
            .pool
            .withdraw_stake_instruction(&owner, &stake, &vote, 2 * SOL)
            .await;
        let rows = [
            ("deposit_stake", deposit, gate.deposits()),
            ("withdraw_stake", withdraw, gate.withdraws()),
        ];
        for (name, instruction, expected) in rows {
            self.expect(gate, name, &[instruction], &[alice, &taken], expected)
                .await;
        }
    }

    async fn check_views(&mut self, gate: Gate) {
        let pool = self.pool.addresses.pool;
        let view = |data: Vec<u8>| Instruction {
            program_id: sluice::ID,
            accounts: vec![AccountMeta::new_readonly(pool, false)],
            data,
        };
        let deposit = sluice::instruction::QuoteDeposit { lamports: SOL };
        let withdraw = sluice::instruction::QuoteWithdraw { lst: SOL / 10 };
        let rate = sluice::instruction::Rate {};
        let rows = [
            ("rate", view(rate.data()), None),
            ("quote_deposit", view(deposit.data()), gate.deposits()),
            ("quote_withdraw", view(withdraw.data()), gate.withdraws()),
        ];
        for (name, instruction, expected) in rows {
            self.expect(gate, name, &[instruction], &[], expected).await;
        }
    }

    async fn check_cranks(&mut self, gate: Gate) {
        let it = self.pool.addresses;
        let vote = self.pool.vote(0);
        let place = self.pool.place(&vote).await;
        let observe = self.pool.observe_instruction(0, 0, 56).await;
        let finalize = self.pool.finalize_instruction().await;
        let treasury = self.pool.treasury().pubkey();
        let cranker = self.pool.cluster.payer().pubkey();
        let unwanted = self.pool.cluster.keypair("unwanted").pubkey();
        let retired = self.pool.cluster.keypair("retired").pubkey();
        let drained = self.pool.place(&retired).await;
        let payer = self.pool.marker(&retired).await.payer;
        let breaking = self.pool.place(&unwanted).await;
        self.pool.cluster.set_commission(&unwanted, 2_000).await;
        let robbed = self.pool.vote(2);
        self.pool.slash(&robbed, SOL).await;
        let robbed = self.pool.place(&robbed).await;
        let rows = [
            ("observe", vec![observe.clone()], gate.while_paid()),
            ("finalize", vec![finalize.clone()], gate.finalizes()),
            (
                "observe and finalize",
                vec![observe, finalize],
                gate.while_paid(),
            ),
            (
                "reclaim",
                vec![it.reclaim(&place, StakeAccountKind::Main)],
                gate.while_paid(),
            ),
            ("collect", vec![it.collect(&place)], gate.priced()),
            ("close", vec![it.close_slot(&drained, payer)], gate.priced()),
            (
                "undelegate",
                vec![it.undelegate(&place)],
                gate.undelegates(),
            ),
            ("delegate", vec![it.delegate(&place)], gate.delegates()),
            ("pay_fees", vec![it.pay_fees(cranker, treasury)], None),
            (
                "eject_validator",
                vec![it.eject_validator(&breaking, None)],
                None,
            ),
            ("report_loss", vec![it.report_loss(&robbed)], gate.priced()),
        ];
        for (name, instructions, expected) in rows {
            self.expect(gate, name, &instructions, &[], expected).await;
        }
    }

    async fn check_curator(&mut self, gate: Gate) {
        let it = self.pool.addresses;
        let curator = self.pool.curator();
        let vote = self.pool.vote(0);
        let place = self.pool.place(&vote).await;
        let newcomer = VoteAccount::default();
        let newcomer = self
            .pool
            .cluster
            .create_vote_account("newcomer", &newcomer)
            .await;
        let add = self.pool.add_validator_instruction(&newcomer, 1).await;
        let now = self.pool.slot_of(&vote).await.next_weight;
        let weigh = it.set_weight(curator.pubkey(), &place, 7, now);
        let retire = it.retire_validator(curator.pubkey(), &place);
        let rows = [
            ("add_validator", add, gate.while_paid()),
            ("set_weight", weigh, None),
            ("retire_validator", retire, None),
        ];
        for (name, instruction, expected) in rows {
            self.expect(gate, name, &[instruction], &[&curator], expected)
                .await;
        }
    }
}

#[tokio::test]
async fn every_instruction_works_exactly_when_its_gate_is_open() {
    for gate in GATES {
        let mut gated = GatedPool::behind(gate).await;
        gated.check_users(gate).await;
        gated.check_cranks(gate).await;
        gated.check_curator(gate).await;
    }
}

#[tokio::test]
async fn nothing_is_observed_booked_or_moved_while_rewards_are_being_paid() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    for number in 0..3 {
        let vote = pool.vote(number);
        pool.cluster.earn_credits(&vote, CREDITS).await;
    }
    pool.cluster.next_epoch_in_rewards().await;
    let before = pool.books().await;
    while pool.cluster.epoch_rewards().await.active {
        let observed = pool.try_observe(0, 0, 56).await;
        sluice_tests::scenario::assert_refused(observed, RewardsBeingPaid);
        let finalized = pool.try_finalize().await;
        sluice_tests::scenario::assert_refused(finalized, RewardsBeingPaid);
        assert_eq!(pool.books().await.pool, before.pool);
        pool.cluster.warp_by(1).await;
    }
    pool.price().await;
    assert!(pool.prices().await.full > before.prices().full);
}
