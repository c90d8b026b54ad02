//! Losses are shared by all at one price, whatever their size, their moment and the order of the
//! cranks.

use SluiceError::PoolStale;
use sluice::SluiceError;
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, TicketAddress, Watch},
    scenario::{assert_refused, earning_pool, worth},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// When a loss happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WhenLost {
    /// The epoch is priced, its window ahead.
    Early,
    /// The window is open, and everything cranked.
    Window,
    /// A new epoch has begun and nobody has looked yet.
    Boundary,
    /// A new epoch has begun; all but the losing validator are observed.
    HalfObserved,
}

const MOMENTS: [WhenLost; 4] = [
    WhenLost::Early,
    WhenLost::Window,
    WhenLost::Boundary,
    WhenLost::HalfObserved,
];

/// Parts of a validator's stake, of 10,000: 0.01%, 1%, 50%, all of it.
const PARTS: [u64; 4] = [1, 100, 5_000, 10_000];

/// Tickets in every state around a loss.
struct LosingPool {
    pool: Pool,
    /// Paid and claimed before.
    early: Keypair,
    /// Settled before, not claimed.
    settled: TicketAddress,
    /// Locked before.
    locked: TicketAddress,
    locked_lst: u64,
    /// Saw the loss first, and asked at once for everything.
    runner: Keypair,
    lost_lamports: u64,
}

impl LosingPool {
    async fn before() -> Self {
        let builder = Pool::builder();
        let (mut pool, alice) = earning_pool(builder).await;
        let early = pool.user("early", 100 * SOL).await;
        let runner = pool.user("runner", 100 * SOL).await;
        pool.next_epoch_with_rewards(0).await;
        pool.crank_what_is_open().await;
        pool.deposit(&early, 10 * SOL).await;
        pool.deposit(&runner, 20 * SOL).await;
        let claimed = pool.request(&early, 2 * SOL).await;
        let settled = pool.request(&alice, 3 * SOL).await;
        pool.warp_to_window().await;
        pool.crank_what_is_open().await;
        pool.live_an_epoch_as_open(0).await;
        pool.claim(&claimed).await;
        let (locked, locked_lst) = (pool.request(&alice, 4 * SOL).await, 4 * SOL);
        Self {
            pool,
            early,
            settled,
            locked,
            locked_lst,
            runner,
            lost_lamports: 0,
        }
    }

    /// Goes to the moment, takes the part of v1's stake, and goes on to an epoch that is not
    /// observed to its end.
    async fn lose(&mut self, part: u64, moment: WhenLost) -> TicketAddress {
        let pool = &mut self.pool;
        // The locked ticket's batch takes its lock in this window or in the next one.
        if moment != WhenLost::Window {
            pool.next_epoch_with_rewards(0).await;
        }
        match moment {
            WhenLost::Early => pool.price().await,
            WhenLost::HalfObserved => {
                pool.observe(0, 0, 1).await;
                pool.observe(0, 2, 1).await;
            }
            WhenLost::Window | WhenLost::Boundary => {}
        }
        let vote = pool.vote(1);
        let main = pool.slot_of(&vote).await.main;
        let stake = pool.cluster.delegation(&main).await.stake;
        self.lost_lamports = stake * part / 10_000;
        pool.slash(&vote, self.lost_lamports).await;
        if matches!(moment, WhenLost::Boundary | WhenLost::HalfObserved) {
            let lst = pool.lst_balance(&self.runner.pubkey()).await;
            let refused = pool.try_withdraw(&self.runner, lst / 4).await;
            assert_refused(refused, PoolStale);
        }
        let lst = pool.lst_balance(&self.runner.pubkey()).await;
        let ticket = pool.request(&self.runner, lst).await;
        if matches!(moment, WhenLost::Early | WhenLost::Window) {
            pool.next_epoch_with_rewards(0).await;
        }
        ticket
    }

    async fn accounts(&mut self, runner: &TicketAddress) -> Vec<Pubkey> {
        let it = self.pool.addresses;
        let alice = self.pool.cluster.keypair("alice").pubkey();
        let mut all = vec![
            it.pool,
            it.mint,
            it.reserve,
            it.claims_vault,
            it.escrow,
            it.fees,
            it.history,
            it.page(0),
            alice,
            self.early.pubkey(),
            self.runner.pubkey(),
        ];
        for ticket in [self.settled, self.locked, *runner] {
            all.extend([ticket.batch, ticket.ticket]);
        }
        for place in self.pool.places().await {
            all.extend([place.main, place.transient]);
        }
        all
    }
}

/// Steps of a crank, in any order that the gates allow.
#[derive(Clone, Copy, Debug)]
enum Step {
    Observe(u8),
    Finalize,
    Collect(u64),
    Settle,
    ClaimSettled,
}

const ORDERS: [&[Step]; 4] = {
    use Step::*;
    [
        &[
            Observe(0),
            Observe(1),
            Observe(2),
            Finalize,
            Collect(0),
            Collect(1),
            Collect(2),
            Settle,
            ClaimSettled,
        ],
        &[
            ClaimSettled,
            Observe(2),
            Observe(1),
            Observe(0),
            Finalize,
            Settle,
            Collect(2),
            Collect(1),
            Collect(0),
        ],
        &[
            Observe(1),
            ClaimSettled,
            Observe(2),
            Observe(0),
            Finalize,
            Collect(1),
            Settle,
            Collect(0),
            Collect(2),
        ],
        &[
            Observe(1),
            Observe(1),
            Observe(0),
            Observe(2),
            Finalize,
            Finalize,
            Settle,
            Settle,
            ClaimSettled,
            Collect(0),
            Collect(2),
            Collect(1),
        ],
    ]
};

impl LosingPool {
    async fn step(&mut self, step: Step) {
        let pool = &mut self.pool;
        match step {
            Step::Observe(slot) => {
                pool.observe(0, slot, 1).await;
            }
            Step::Finalize => {
                pool.finalize().await;
            }
            Step::Collect(number) => {
                let vote = pool.vote(number);
                pool.collect(&vote).await;
            }
            Step::ClaimSettled => {
                pool.claim(&self.settled).await;
            }
            Step::Settle => {
                let clock = pool.cluster.clock().await;
                let account = pool.account().await;
                if account.require_settlement_open(&clock).is_ok() {
                    pool.settle().await;
                }
            }
        }
    }
}

#[tokio::test]
async fn attack_29_a_loss_of_any_size_at_any_moment_is_booked_alike_in_every_order() {
    for part in PARTS {
        for moment in MOMENTS {
            let mut losing = LosingPool::before().await;
            let ticket = losing.lose(part, moment).await;
            losing.pool.watch = Watch::Off;
            let accounts = losing.accounts(&ticket).await;
            let before = losing.pool.cluster.snapshot(&accounts).await;
            let mut results = Vec::new();
            for order in ORDERS {
                for step in order {
                    losing.step(*step).await;
                }
                results.push(losing.pool.cluster.snapshot(&accounts).await);
                losing.pool.cluster.restore(&before).await;
            }
            for other in &results[1..] {
                results[0].assert_identical(other);
            }
        }
    }
}

#[tokio::test]
async fn attack_29_whoever_saw_a_loss_first_is_paid_the_price_of_all_others() {
    for part in PARTS {
        for moment in MOMENTS {
            let at = format!("{part} of 10,000, {moment:?}");
            let mut losing = LosingPool::before().await;
            let settled_lamports = losing
                .pool
                .batch(losing.settled.batch_id)
                .await
                .paid_lamports;
            let full_before = losing.pool.prices().await.full;
            let runner = losing.lose(part, moment).await;
            let pool = &mut losing.pool;
            let runner_lst = pool.ticket(&runner.ticket).await.lst;
            pool.price().await;
            let prices = pool.prices().await;
            assert_eq!(prices.full, full_before - losing.lost_lamports, "{at}");
            assert_eq!(prices.value, prices.full, "nothing drips: {at}");
            pool.crank_what_is_open().await;
            pool.warp_to_window().await;
            pool.crank_what_is_open().await;
            for _ in 0..4 {
                pool.live_an_epoch_as_open(0).await;
            }
            // What was paid before the loss stays paid; what was not shares it, to the lamport.
            let settled = pool.batch(losing.settled.batch_id).await;
            assert_eq!(settled.paid_lamports, settled_lamports, "{at}");
            let alice = pool.cluster.keypair("alice").pubkey();
            let rents = [
                pool.cluster.lamports(&losing.locked.ticket).await,
                pool.cluster.lamports(&runner.ticket).await,
            ];
            for (owner, ticket, lst, rent) in [
                (alice, losing.locked, losing.locked_lst, rents[0]),
                (losing.runner.pubkey(), runner, runner_lst, rents[1]),
            ] {
                let batch = pool.batch(ticket.batch_id).await;
                assert!(batch.is_settled(), "{at}");
                let due = worth(lst, prices.value, prices.supply);
                let opener = batch.opener == owner && batch.tickets == 1;
                let batch_rent = pool.cluster.lamports(&ticket.batch).await;
                let had = pool.cluster.lamports(&owner).await;
                pool.claim(&ticket).await;
                let paid = pool.cluster.lamports(&owner).await - had - rent;
                let paid = paid - if opener { batch_rent } else { 0 };
                // Each exit leaves its rounding to those who stay: some lamports at most.
                assert!((due - 1..=due + 4).contains(&paid), "{at}: {paid} of {due}");
            }
        }
    }
}
