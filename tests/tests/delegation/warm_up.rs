//! More stake than the cluster lets warm up or cool down in an epoch.

use sluice_tests::{pool::Pool, scenario::SOL};
use solana_keypair::Keypair;

const KILO: u64 = 1_000 * SOL;

/// 500,000 SOL on a cluster of a million, of which 9% may become active per epoch.
async fn heavy_pool() -> (Pool, Keypair) {
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 0)
        .validators(&[(0, 1), (0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * KILO).await;
    pool.deposit(&alice, 500 * KILO).await;
    pool.crank_window().await;
    (pool, alice)
}

/// Lamports of effective stake of the pool.
async fn effective(pool: &mut Pool) -> u64 {
    let mut lamports = 0;
    for place in pool.places().await {
        for stake in [place.main, place.transient] {
            lamports += pool.cluster.stake_activation(&stake).await.effective;
        }
    }
    lamports
}

#[tokio::test]
async fn stake_above_the_warm_up_limit_becomes_active_over_epochs_at_a_steady_price() {
    let (mut pool, alice) = heavy_pool().await;
    let mut steps = Vec::new();
    for _ in 0..12 {
        pool.crank_next_epoch(0).await;
        let prices = pool.prices().await;
        assert_eq!(prices.full, prices.supply, "the price is one throughout");
        steps.push(effective(&mut pool).await);
        pool.deposit(&alice, KILO).await;
        pool.crank_window().await;
    }
    assert!(steps[0] < 120 * KILO, "{steps:?}");
    assert!(steps[2] < 400 * KILO, "{steps:?}");
    assert!(steps.is_sorted(), "{steps:?}");
    assert!(steps[11] >= 500 * KILO, "{steps:?}");
    pool.crank_next_epoch(0).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        let main = pool.slot_of(&vote).await.main;
        let active = pool.cluster.stake_activation(&main).await;
        assert!(active.effective >= 250 * KILO, "collected: {active:?}");
    }
}

#[tokio::test]
async fn a_batch_above_the_cool_down_limit_is_paid_in_parts_until_it_is_paid() {
    let (mut pool, alice) = heavy_pool().await;
    for _ in 0..10 {
        pool.crank_next_epoch(0).await;
    }
    let ticket = pool.request(&alice, 400 * KILO).await;
    pool.crank_window().await;
    let mut paid = Vec::new();
    while !pool.batch(ticket.batch_id).await.is_settled() {
        pool.crank_next_epoch(0).await;
        paid.push(pool.batch(ticket.batch_id).await.paid_lamports);
        assert!(paid.len() < 10, "{paid:?}");
        pool.crank_window().await;
    }
    assert!(paid.len() > 2, "{paid:?}");
    assert!(paid[0] > 50 * KILO && paid[0] < 200 * KILO, "{paid:?}");
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn an_exit_while_stake_is_still_warming_up_is_paid_too() {
    let (mut pool, alice) = heavy_pool().await;
    pool.crank_next_epoch(0).await;
    let ticket = pool.request(&alice, 490 * KILO).await;
    pool.crank_window().await;
    let mut epochs = 0;
    while !pool.batch(ticket.batch_id).await.is_settled() {
        pool.live_an_epoch(0).await;
        epochs += 1;
        assert!(epochs < 20, "{:?}", pool.batch(ticket.batch_id).await);
    }
    pool.claim(&ticket).await;
}
