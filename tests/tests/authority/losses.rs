//! Losses: shared by all at one price whatever their size, their moment and the order of the
//! cranks; what trips the breaker, what ends it, and what it never does.

use {
    crate::cranks::{crank, live},
    SluiceError::{BreakerTripped, NothingToAcknowledge, PoolStale},
    sluice::{
        SluiceError,
        events::EpochFinalized,
        state::{NEVER, StakeAccountKind},
    },
    sluice_math::MAX_DRIP_EPOCHS,
    sluice_tests::{
        cluster::LAMPORTS_PER_SOL as SOL,
        pool::{Pool, TicketAddress, Watch},
        scenario::{assert_refused, earning_pool, worth},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// The epoch in which a breaker tripped that has been so for this many epochs.
pub fn tripped_for(epochs: Option<u64>, epoch: u64) -> u64 {
    epochs.map_or(NEVER, |epochs| epoch - epochs)
}

/// When a loss happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The epoch is priced, its window ahead.
    Early,
    /// The window is open, and everything cranked.
    Window,
    /// A new epoch has begun and nobody has looked yet.
    Boundary,
    /// A new epoch has begun; all but the losing validator are observed.
    HalfObserved,
}

const MOMENTS: [Moment; 4] = [
    Moment::Early,
    Moment::Window,
    Moment::Boundary,
    Moment::HalfObserved,
];

/// Parts of a validator's stake, of 10,000: 0.01%, 1%, 50%, all of it.
const PARTS: [u64; 4] = [1, 100, 5_000, 10_000];

/// Tickets in every state around a loss.
struct Scene {
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

impl Scene {
    async fn before() -> Self {
        let builder = Pool::builder();
        let (mut pool, alice) = earning_pool(builder).await;
        let early = pool.user("early", 100 * SOL).await;
        let runner = pool.user("runner", 100 * SOL).await;
        pool.next_epoch_with_rewards(0).await;
        crank(&mut pool).await;
        pool.deposit(&early, 10 * SOL).await;
        pool.deposit(&runner, 20 * SOL).await;
        let claimed = pool.request(&early, 2 * SOL).await;
        let settled = pool.request(&alice, 3 * SOL).await;
        pool.warp_to_window().await;
        crank(&mut pool).await;
        live(&mut pool, 0).await;
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
    async fn lose(&mut self, part: u64, moment: Moment) -> TicketAddress {
        let pool = &mut self.pool;
        // The locked ticket's batch takes its lock in this window or in the next one.
        if moment != Moment::Window {
            pool.next_epoch_with_rewards(0).await;
        }
        match moment {
            Moment::Early => pool.price().await,
            Moment::HalfObserved => {
                pool.observe(0, 0, 1).await;
                pool.observe(0, 2, 1).await;
            }
            Moment::Window | Moment::Boundary => {}
        }
        let vote = pool.vote(1);
        let main = pool.slot_of(&vote).await.main;
        let stake = pool.cluster.delegation(&main).await.stake;
        self.lost_lamports = stake * part / 10_000;
        pool.slash(&vote, self.lost_lamports).await;
        if matches!(moment, Moment::Boundary | Moment::HalfObserved) {
            let lst = pool.lst_balance(&self.runner.pubkey()).await;
            let refused = pool.try_withdraw(&self.runner, lst / 4).await;
            assert_refused(refused, PoolStale);
        }
        let lst = pool.lst_balance(&self.runner.pubkey()).await;
        let ticket = pool.request(&self.runner, lst).await;
        if matches!(moment, Moment::Early | Moment::Window) {
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

impl Scene {
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
            let mut scene = Scene::before().await;
            let ticket = scene.lose(part, moment).await;
            scene.pool.watch = Watch::Off;
            let accounts = scene.accounts(&ticket).await;
            let before = scene.pool.cluster.snapshot(&accounts).await;
            let mut results = Vec::new();
            for order in ORDERS {
                for step in order {
                    scene.step(*step).await;
                }
                results.push(scene.pool.cluster.snapshot(&accounts).await);
                for address in &accounts {
                    let account = before.get(address).cloned().unwrap_or_default();
                    scene.pool.cluster.set_account(address, account);
                }
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
            let mut scene = Scene::before().await;
            let settled_lamports = scene.pool.batch(scene.settled.batch_id).await.paid_lamports;
            let full_before = scene.pool.prices().await.full;
            let runner = scene.lose(part, moment).await;
            let pool = &mut scene.pool;
            let runner_lst = pool.ticket(&runner.ticket).await.lst;
            pool.price().await;
            let prices = pool.prices().await;
            assert_eq!(prices.full, full_before - scene.lost_lamports, "{at}");
            assert_eq!(prices.value, prices.full, "nothing drips: {at}");
            crank(pool).await;
            pool.warp_to_window().await;
            crank(pool).await;
            for _ in 0..4 {
                live(pool, 0).await;
            }
            // What was paid before the loss stays paid; what was not shares it, to the lamport.
            let settled = pool.batch(scene.settled.batch_id).await;
            assert_eq!(settled.paid_lamports, settled_lamports, "{at}");
            let alice = pool.cluster.keypair("alice").pubkey();
            let rents = [
                pool.cluster.lamports(&scene.locked.ticket).await,
                pool.cluster.lamports(&runner.ticket).await,
            ];
            for (owner, ticket, lst, rent) in [
                (alice, scene.locked, scene.locked_lst, rents[0]),
                (scene.runner.pubkey(), runner, runner_lst, rents[1]),
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

async fn next_booking(pool: &mut Pool) -> EpochFinalized {
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    pool.finalize().await.events::<EpochFinalized>().remove(0)
}

/// A pool in which a loss of a ninth has just tripped the breaker, and a batch is due.
async fn tripped_pool() -> (Pool, Keypair, TicketAddress) {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.next_epoch_with_rewards(0).await;
    crank(&mut pool).await;
    let ticket = pool.request(&alice, 5 * SOL).await;
    pool.warp_to_window().await;
    crank(&mut pool).await;
    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    assert!(next_booking(&mut pool).await.tripped);
    (pool, alice, ticket)
}

#[tokio::test]
async fn settlement_waits_two_epochs_for_the_breaker_and_no_second_loss_prolongs_it() {
    let (mut pool, _alice, ticket) = tripped_pool().await;
    assert_refused(pool.try_settle_head().await, BreakerTripped);
    let vote = pool.vote(1);
    pool.slash(&vote, 60 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert!(!booked.tripped, "it is not armed again while tripped");
    let epoch = pool.cluster.epoch().await;
    let last = pool.cluster.last_slot_of(epoch);
    pool.cluster.warp_to_slot(last).await;
    assert_refused(pool.try_settle_head().await, BreakerTripped);
    pool.slash(&vote, 30 * SOL).await;
    next_booking(&mut pool).await;
    let prices = pool.prices().await;
    pool.settle_head().await;
    let batch = pool.batch(ticket.batch_id).await;
    assert_eq!(
        batch.paid_lamports,
        worth(5 * SOL, prices.value, prices.supply)
    );
    assert!(pool.account().await.is_tripped());
}

#[tokio::test]
async fn an_acknowledged_loss_opens_everything_at_once_and_is_no_longer_restored() {
    let (mut pool, alice, _) = tripped_pool().await;
    let mark = pool.account().await.high_water();
    let before = pool.prices().await;
    pool.acknowledge_loss().await;
    let account = pool.account().await;
    assert_eq!(account.high_water(), mark, "the fee's mark stays");
    assert_eq!(pool.prices().await, before, "no price moves");
    assert_refused(pool.try_acknowledge_loss().await, NothingToAcknowledge);
    pool.deposit(&alice, SOL).await;
    pool.withdraw(&alice, SOL / 10).await;
    pool.settle_head().await;

    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 20 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert_eq!(booked.restored_lamports, 0);
    assert_eq!(
        (booked.fee_lamports, booked.fee_lst),
        (0, 0),
        "below the mark"
    );
    let books = pool.books().await;
    assert!(books.unreleased() >= 20 * SOL, "a gain drips again");
}

#[tokio::test]
async fn the_breaker_is_armed_again_after_an_acknowledgement() {
    let (mut pool, alice, _) = tripped_pool().await;
    pool.acknowledge_loss().await;
    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    assert!(next_booking(&mut pool).await.tripped);
    assert_refused(pool.try_deposit(&alice, SOL).await, BreakerTripped);
}

#[tokio::test]
async fn an_abnormal_gain_trips_nothing_and_only_drips_longer() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 450 * SOL).await;
    let value = pool.prices().await.value;
    let booked = next_booking(&mut pool).await;
    assert!(!booked.tripped);
    assert_eq!(booked.drip_epochs, MAX_DRIP_EPOCHS);
    let now = pool.prices().await.value;
    assert!(now - value <= booked.fee_lamports, "none of it at once");
    pool.deposit(&alice, SOL).await;
    pool.withdraw(&alice, SOL / 10).await;
}

/// Nothing that a stranger can do to a pool looks like a loss.
#[tokio::test]
async fn attack_29_a_stranger_cannot_trip_the_breaker() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.live_an_epoch(1_000).await;
    let it = pool.addresses;
    let source = pool.lst_account(&alice.pubkey());
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let burn = spl_token_interface::instruction::burn(
        &spl_token_interface::ID,
        &source,
        &it.mint,
        &alice.pubkey(),
        &[],
        lst * 9 / 10,
    );
    pool.must_send(&[burn.expect("an instruction")], &[&alice])
        .await;
    for number in 0..3 {
        let vote = pool.vote(number);
        pool.deactivate_by_force(&vote, StakeAccountKind::Main)
            .await;
        let slot = pool.slot_of(&vote).await;
        pool.cluster.fund(&slot.main, SOL).await;
        pool.cluster.fund(&slot.transient, SOL).await;
    }
    for address in [it.reserve, it.claims_vault, it.pool, it.fees] {
        pool.cluster.fund(&address, SOL).await;
    }
    for _ in 0..3 {
        let booked = next_booking(&mut pool).await;
        assert!(!booked.tripped);
        assert_eq!(booked.loss_lamports, 0);
        crank(&mut pool).await;
    }
    assert!(!pool.account().await.is_tripped());
}
