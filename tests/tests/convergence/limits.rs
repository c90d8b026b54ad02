//! Disturbances while the cluster lets only 9% of its stake warm up or cool down per epoch.

use rand::{SeedableRng, rngs::StdRng};
use sluice::state::StakeAccountKind::{Main, Transient};
use sluice_tests::{pool::Pool, scenario::recovery::recover};
use solana_keypair::Keypair;

use crate::struck_pool::SOL;

const KILO: u64 = 1_000 * SOL;
/// Epochs that 300,000 SOL may take to cool down and to warm up again on a cluster of a million.
const EPOCHS: usize = 12;

/// 300,000 SOL with two validators, half warmed up.
async fn pool_warming_up() -> (Pool, Keypair) {
    let mut pool = Pool::builder().validators(&[(0, 1), (0, 1)]).start().await;
    let alice = pool.user("alice", 500 * KILO).await;
    pool.deposit(&alice, 300 * KILO).await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    assert_between(&mut pool, Transient).await;
    (pool, alice)
}

/// 200,000 SOL of them wait to leave, and are half cooled down.
async fn pool_cooling_down() -> (Pool, Keypair) {
    let (mut pool, alice) = pool_warming_up().await;
    for _ in 0..3 {
        pool.live_an_epoch(0).await;
    }
    pool.request(&alice, 250 * KILO).await;
    pool.live_an_epoch(0).await;
    pool.live_an_epoch(0).await;
    assert_between(&mut pool, Transient).await;
    (pool, alice)
}

async fn assert_between(pool: &mut Pool, kind: sluice::state::StakeAccountKind) {
    let vote = pool.vote(0);
    let address = pool.slot_of(&vote).await.address(kind);
    let staked = pool.cluster.stake_activation(&address).await;
    let moving = staked.activating + staked.deactivating;
    assert!(staked.effective > 0 && moving > 0, "{staked:?}");
}

#[tokio::test]
async fn stake_deactivated_by_a_stranger_while_it_warms_up_is_back_at_its_target() {
    let (mut pool, _alice) = pool_warming_up().await;
    pool.deactivate_by_force(&pool.vote(0), Transient).await;
    recover(&mut pool, EPOCHS, 1, &mut StdRng::seed_from_u64(1)).await;
}

#[tokio::test]
async fn stake_reset_while_it_warms_up_is_back_at_its_target() {
    let (mut pool, _alice) = pool_warming_up().await;
    pool.reset_to_uninitialized(&pool.vote(0), Transient).await;
    pool.reset_to_initialized(&pool.vote(1), Transient).await;
    recover(&mut pool, EPOCHS, 1, &mut StdRng::seed_from_u64(2)).await;
}

#[tokio::test]
async fn exits_are_paid_though_main_is_deactivated_while_stake_cools_down() {
    let (mut pool, _alice) = pool_cooling_down().await;
    pool.deactivate_by_force(&pool.vote(0), Main).await;
    recover(&mut pool, EPOCHS, 1, &mut StdRng::seed_from_u64(3)).await;
}

#[tokio::test]
async fn exits_are_paid_though_everything_is_reset_while_stake_cools_down() {
    let (mut pool, _alice) = pool_cooling_down().await;
    for number in 0..2 {
        let vote = pool.vote(number);
        for kind in [Main, Transient] {
            pool.reset_to_uninitialized(&vote, kind).await;
        }
    }
    recover(&mut pool, EPOCHS, 1, &mut StdRng::seed_from_u64(4)).await;
}
