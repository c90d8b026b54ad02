//! Cranks that come late or not at all.

use sluice::{SluiceError, events::EpochFinalized};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, earning_pool},
};

/// Books the epoch and returns what was said of it.
async fn price(pool: &mut Pool) -> EpochFinalized {
    pool.observe_all().await;
    let mut events = pool.finalize().await.events::<EpochFinalized>();
    events.pop().expect("an epoch is booked once")
}

#[tokio::test]
async fn a_crank_in_the_last_slot_of_the_epoch_books_the_whole_reward() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let before = pool.owned_lamports().await;
    let epoch = pool.next_epoch_with_rewards(CREDITS).await;
    let rewards = pool.owned_lamports().await - before;
    pool.cluster
        .warp_to_slot(pool.cluster.last_slot_of(epoch))
        .await;
    assert_eq!(price(&mut pool).await.gain_lamports, rewards);
    pool.deposit(&alice, SOL).await;
    let before = pool.owned_lamports().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    let rewards = pool.owned_lamports().await - before;
    assert_eq!(price(&mut pool).await.gain_lamports, rewards);
}

#[tokio::test]
async fn a_skipped_epoch_is_booked_with_the_next_one() {
    skip_epochs(1).await;
}

#[tokio::test]
async fn five_skipped_epochs_are_booked_at_once_and_charged_once() {
    skip_epochs(5).await;
}

#[tokio::test]
async fn twelve_skipped_epochs_still_finalize() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let before = pool.prices().await.full;
    // Beyond the longest drip; the epochs get long here, so nothing is earned.
    for _ in 0..12 {
        pool.next_epoch_with_rewards(0).await;
    }
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, SOL).await;
    let booked = price(&mut pool).await;
    assert_eq!((booked.gain_lamports, booked.drip_epochs), (SOL, 10));
    assert_eq!(pool.prices().await.full, before + SOL);
    pool.deposit(&alice, SOL).await;
}

/// Nobody cranks for `skipped` epochs: holders lose nothing but time, and pay the fee once.
async fn skip_epochs(skipped: u64) {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let (before, owned) = (pool.prices().await, pool.owned_lamports().await);
    for _ in 0..=skipped {
        pool.next_epoch_with_rewards(CREDITS).await;
        assert_refused(pool.try_deposit(&alice, SOL).await, SluiceError::PoolStale);
    }
    let rewards = pool.owned_lamports().await - owned;
    let booked = price(&mut pool).await;
    assert_eq!(booked.gain_lamports, rewards);
    assert_eq!(booked.fee_lamports, rewards.div_ceil(20));
    assert!(booked.drip_epochs > skipped);
    assert_eq!(pool.prices().await.full, before.full + rewards);
    let account = pool.account().await;
    assert_eq!(account.last_gain_epochs, skipped + 1);
    pool.deposit(&alice, SOL).await;
    let again = pool.books().await;
    pool.finalize().await;
    assert_eq!(pool.books().await, again, "the fee is not charged twice");
}

#[tokio::test]
async fn a_queue_that_nobody_cranks_is_paid_when_somebody_does() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.crank_next_epoch(0).await;
    let ticket = pool.request(&alice, 300 * SOL).await;
    for _ in 0..3 {
        pool.next_epoch_with_rewards(0).await;
    }
    // Stake leaves in the first window that is cranked, and is there an epoch later.
    pool.crank_epoch().await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.claim(&ticket).await;
}
