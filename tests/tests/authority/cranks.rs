//! Honest cranks that take a pool as keys and losses have left it.

use sluice_tests::pool::Pool;

/// Does everything that is due now and open now.
pub async fn crank(pool: &mut Pool) {
    let clock = pool.cluster.clock().await;
    if !pool.account().await.is_fresh(clock.epoch) {
        pool.price().await;
    }
    pool.collect_all().await;
    let account = pool.account().await;
    if account.require_settlement_open(&clock).is_ok() {
        pool.settle().await;
    }
    if clock.slot >= pool.window_slot().await {
        pool.undelegate_all().await;
        if !account.is_paused(clock.epoch) {
            pool.delegate_all().await;
        }
    }
}

/// Goes to the next epoch with these credits for every validator, cranks, and cranks again in
/// the window.
pub async fn live(pool: &mut Pool, credits: u64) {
    pool.next_epoch_with_rewards(credits).await;
    crank(pool).await;
    pool.warp_to_window().await;
    crank(pool).await;
}
