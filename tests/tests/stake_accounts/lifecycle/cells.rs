//! Pools in which every instruction has something to do, and the doing.

use sluice::{SluiceError, state::StakeAccountKind};
use sluice_tests::{
    cluster::{AccountsSnapshot, TransactionFailure, addresses_of},
    pool::{Pool, Watch},
    scenario::{CREDITS, SOL},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    Cell, Flow,
    state::{State, put},
};

/// When an instruction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Priced, before the window.
    Fresh,
    /// In the window, with more in the reserve than it keeps.
    WindowWithSurplus,
    /// In the window, with a locked batch that the reserve cannot pay.
    WindowWithNeed,
    /// In the next epoch, with nothing observed but another validator.
    Stale,
}

/// The validators: the one whose accounts are in all states, one that votes, one that is drained.
const SUBJECT: u64 = 0;
const REFERENCE: u64 = 1;
const DRAINED: u64 = 2;

/// A pool, and what is sent to it.
pub struct CellPool {
    pub timing: Timing,
    pool: Pool,
    alice: Keypair,
    warm: u64,
    warming: u64,
}

impl CellPool {
    /// `moving` has lamports in the subject's transient, delegated two epochs ago.
    pub async fn at(timing: Timing, moving: bool) -> Self {
        let builder = Pool::builder()
            .epoch(1)
            .validators(&[(0, 1), (0, 1), (0, 0)]);
        let mut pool = builder.start().await;
        let alice = pool.user("alice", 2_000 * SOL).await;
        let whale = pool.cluster.funded("whale", SOL).await;
        let warm = pool.cluster.epoch().await;
        pool.deposit(&alice, 900 * SOL).await;
        pool.crank_window().await;
        pool.cluster.next_epoch().await;
        pool.crank_epoch().await;
        if moving {
            pool.deposit(&alice, 60 * SOL).await;
        }
        pool.warp_to_window().await;
        pool.delegate_all().await;
        // Far more than warms up in an epoch, with the same vote account as nobody's stake.
        let warming = pool.cluster.epoch().await;
        let vote = pool.vote(REFERENCE);
        let delegated = pool
            .cluster
            .create_delegated_stake("wave", &whale, 900_000 * SOL, &vote);
        delegated.await;
        let drained = pool.vote(DRAINED);
        pool.retire(&drained).await;
        // In these states no watcher would let anything pass.
        pool.watch = Watch::Off;
        pool.cluster.next_epoch().await;
        pool.price().await;
        if timing == Timing::WindowWithNeed {
            pool.request(&alice, 300 * SOL).await;
        }
        let reference = pool.vote(REFERENCE);
        pool.cluster.earn_credits(&reference, CREDITS).await;
        pool.cluster.next_epoch().await;
        let mut pool = Self {
            timing,
            pool,
            alice,
            warm,
            warming,
        };
        pool.go_on().await;
        pool
    }

    async fn go_on(&mut self) {
        let pool = &mut self.pool;
        if self.timing == Timing::Stale {
            pool.observe(0, u8::try_from(REFERENCE).expect("small"), 1)
                .await;
            return;
        }
        pool.price().await;
        pool.forget_rewards().await;
        if self.timing == Timing::WindowWithSurplus {
            pool.deposit(&self.alice, 100 * SOL).await;
        }
        if self.timing != Timing::Fresh {
            pool.warp_to_window().await;
        }
    }

    /// Puts an account into a state, sends the instruction, and puts everything back.
    pub async fn cell(&mut self, flow: Flow, state: State, kind: Option<StakeAccountKind>) -> Cell {
        let number = match flow {
            Flow::CloseSlot => DRAINED,
            _ => SUBJECT,
        };
        let vote = self.pool.vote(number);
        let offered = self.offered(&vote).await;
        let place = self.pool.place(&vote).await;
        let subject = kind.map_or(offered, |kind| place.stake(kind));
        let mut touched = self.everything().await;
        touched.extend([offered, place.main, place.transient]);
        let pristine = self.pool.cluster.snapshot(&touched).await;

        self.put(&subject, kind, &vote, state).await;
        let (instruction, signers) = self.instruction(flow, &vote, &offered, kind).await;
        let instructions = [instruction];
        touched.extend(addresses_of(&instructions));
        touched.sort_unstable();
        touched.dedup();
        let before = self.pool.cluster.snapshot(&touched).await;
        let signers: Vec<&Keypair> = signers.iter().collect();
        let outcome = self.pool.send(&instructions, &signers).await;
        let after = self.pool.cluster.snapshot(&touched).await;

        self.pool.cluster.restore(&before).await;
        self.pool.cluster.restore(&pristine).await;
        judge(outcome.map(|_| ()), &before, &after)
    }

    /// The lamports of an account in this state that are effective, activating and deactivating.
    pub async fn activation_in(&mut self, state: State) -> (u64, u64, u64) {
        let vote = self.pool.vote(SUBJECT);
        let stake = self.offered(&vote).await;
        self.put(&stake, None, &vote, state).await;
        if state == State::Closed {
            return (0, 0, 0);
        }
        let activation = self.pool.cluster.stake_activation(&stake).await;
        (
            activation.effective,
            activation.activating,
            activation.deactivating,
        )
    }

    async fn put(
        &mut self,
        stake: &Pubkey,
        kind: Option<StakeAccountKind>,
        vote: &Pubkey,
        state: State,
    ) {
        let alice = self.alice.pubkey();
        let authority = kind.map_or(alice, |_| self.pool.addresses.stake_authority);
        let epochs = (self.warm, self.warming);
        put(&mut self.pool, stake, &authority, vote, epochs, state).await;
    }

    /// 5 SOL of alice.
    async fn offered(&mut self, vote: &Pubkey) -> Pubkey {
        self.pool
            .active_stake("offered", &self.alice.pubkey(), 5 * SOL, vote)
            .await
    }

    async fn everything(&mut self) -> Vec<Pubkey> {
        let it = self.pool.addresses;
        let mut all = vec![it.pool, it.page(0), it.reserve, it.mint, it.history];
        let (batch, alice) = (it.batch(0), self.alice.pubkey());
        all.extend([batch, alice, self.pool.lst_account(&alice)]);
        all.extend([
            self.pool.curator().pubkey(),
            it.marker(&self.pool.vote(DRAINED)),
        ]);
        all
    }

    async fn instruction(
        &mut self,
        flow: Flow,
        vote: &Pubkey,
        offered: &Pubkey,
        kind: Option<StakeAccountKind>,
    ) -> (Instruction, Vec<Keypair>) {
        let (it, alice) = (self.pool.addresses, self.alice.pubkey());
        let place = self.pool.place(vote).await;
        let instruction = match flow {
            Flow::DepositStake => {
                self.pool.cluster.earn_credits(vote, 1).await;
                let deposit = self.pool.deposit_stake_instruction(&alice, offered, vote);
                return (deposit.await, vec![self.alice.insecure_clone()]);
            }
            Flow::WithdrawStake => {
                let stake = self.pool.new_stake_key();
                let withdraw = self
                    .pool
                    .withdraw_stake_instruction(&alice, &stake.pubkey(), vote, 3 * SOL)
                    .await;
                return (withdraw, vec![self.alice.insecure_clone(), stake]);
            }
            Flow::Collect => it.collect(&place),
            Flow::Delegate => it.delegate(&place),
            Flow::Undelegate => it.undelegate(&place),
            Flow::Observe => self.pool.observe_instruction(0, place.slot, 1).await,
            Flow::Reclaim => it.reclaim(&place, kind.expect("an account of the pool")),
            Flow::CloseSlot => it.close_slot(&place, self.pool.curator().pubkey()),
            Flow::ReportLoss => it.report_loss(&place),
            Flow::EjectValidator => it.eject_validator(&place, None),
        };
        (instruction, vec![])
    }
}

/// Refused and found to have nothing to do: not a byte changed. Done: not a lamport left.
fn judge(
    outcome: Result<(), TransactionFailure>,
    before: &AccountsSnapshot,
    after: &AccountsSnapshot,
) -> Cell {
    match outcome {
        Err(failure) => {
            before.assert_identical(after);
            let errors = ALL_ERRORS.iter().copied();
            let mut named = errors.filter(|error| failure.custom_code == Some((*error).into()));
            let error = named.next();
            Cell::Refused(error.unwrap_or_else(|| panic!("no error of the program: {failure}")))
        }
        Ok(()) if before == after => Cell::Nothing,
        Ok(()) => {
            assert_eq!(before.total_lamports(), after.total_lamports());
            Cell::Works
        }
    }
}

/// The errors that the tables know.
const ALL_ERRORS: [SluiceError; 8] = [
    SluiceError::MainNotActive,
    SluiceError::NoBreach,
    SluiceError::StakeNotInitialized,
    SluiceError::SlotNotDrained,
    SluiceError::NotStakeAccount,
    SluiceError::StakeNotDelegated,
    SluiceError::StakeActivating,
    SluiceError::StakeDeactivating,
];
