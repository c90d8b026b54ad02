//! Vote accounts of every version with a pool's stake.

use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_vote_interface::state::VoteStateVersions;

use crate::paid_within;

/// What the last boundary paid for a validator's stake, per SOL of it, in 10^-9.
async fn paid(pool: &mut Pool, number: u64) -> u64 {
    let vote = pool.vote(number);
    let slot = pool.slot_of(&vote).await;
    let product = u128::from(slot.paid_lamports) * u128::from(SOL);
    u64::try_from(product / u128::from(slot.rewarded_lamports)).expect("it fits")
}

/// Where commissions are in basis points, what is no whole percent is paid, too. A vote account that turns
/// into an older version stops rewards at most: the pool prices what is there and pays who leaves.
#[tokio::test]
async fn commissions_in_basis_points_are_paid_and_older_versions_hold_up_no_exit() {
    let builder = Pool::builder().epoch(4);
    let mut pool = builder
        .validators(&[(0, 1), (575, 1), (25, 1)])
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    pool.live_an_epoch(CREDITS).await;
    pool.crank_next_epoch(CREDITS).await;
    let whole = paid(&mut pool, 0).await;
    assert!(whole > 0);
    for (number, commission_bps) in [(1, 575), (2, 25)] {
        let expected = whole * (10_000 - commission_bps) / 10_000;
        let paid = paid(&mut pool, number).await;
        assert!(paid.abs_diff(expected) <= 1, "{paid} for {expected}");
    }

    let before = pool.prices().await;
    let older = [
        VoteStateVersions::V3(Box::default()),
        VoteStateVersions::V1_14_11(Box::default()),
    ];
    for (number, version) in (1..).zip(older) {
        let vote = pool.vote(number);
        pool.cluster
            .change_vote(&vote, |state| *state = version)
            .await;
    }
    let ticket = pool.request(&alice, 300 * SOL).await;
    for _ in 0..2 {
        pool.crank_window().await;
        pool.cluster.next_epoch().await;
        pool.crank_epoch().await;
    }
    let now = pool.prices().await;
    let product = |one: u64, other: u64| u128::from(one) * u128::from(other);
    assert!(product(now.full, before.supply) >= product(before.full, now.supply));
    assert!(paid_within(&mut pool, &ticket, 0).await >= 300 * SOL);
}
