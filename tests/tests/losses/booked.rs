//! Losses: shared by all, covered by unreleased rewards first, and survived even if total.

use sluice::{SluiceError, events::EpochFinalized};
use sluice_tests::{
    pool::{Pool, Watch},
    scenario::{CREDITS, SOL, assert_refused, earning_pool},
};
use solana_signer::Signer;

/// Goes to the next epoch without rewards and books it.
async fn next_booking(pool: &mut Pool) -> EpochFinalized {
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    pool.finalize().await.events::<EpochFinalized>().remove(0)
}

#[tokio::test]
async fn a_small_loss_is_covered_by_rewards_that_are_not_released() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    pool.crank_next_epoch(CREDITS).await;
    let vote = pool.vote(1);
    pool.cluster.next_epoch().await;
    let unreleased = {
        let books = pool.books().await;
        books.unreleased()
    };
    assert_eq!(unreleased, 0, "an epoch later all of it is released");
    pool.price().await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 20 * SOL).await;
    next_booking(&mut pool).await;
    pool.slash(&vote, 5 * SOL).await;
    let before = pool.books().await.unreleased();
    assert!(before > 5 * SOL);
    pool.cluster.next_epoch().await;
    pool.observe_all().await;
    let (stale, left) = (pool.prices().await, pool.books().await.unreleased());
    let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
    assert_eq!((booked.loss_lamports, booked.fall_lamports), (5 * SOL, 0));
    let after = pool.prices().await;
    assert_eq!(after.value, stale.value, "no holder loses a lamport");
    assert_eq!(after.full, stale.full - 5 * SOL);
    assert_eq!(pool.books().await.unreleased(), left - 5 * SOL);
    assert!(!booked.tripped);
}

#[tokio::test]
async fn a_larger_loss_lowers_both_prices_and_charges_no_fee_until_it_is_earned_back() {
    let builder = Pool::builder().config(|config| config.breaker_bound_bps = 500);
    let (mut pool, alice) = earning_pool(builder).await;
    let vote = pool.vote(1);
    let before = pool.prices().await;
    pool.slash(&vote, 20 * SOL).await;
    let booked = next_booking(&mut pool).await;
    let after = pool.prices().await;
    assert_eq!(booked.loss_lamports, 20 * SOL);
    assert_eq!(after.full, before.full - 20 * SOL);
    assert_eq!(after.value, before.value - 20 * SOL);
    assert!(!booked.tripped, "2% is below the breaker's 5%");
    pool.deposit(&alice, SOL).await;

    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 19 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert_eq!((booked.gain_lamports, booked.fee_lst), (19 * SOL, 0));
    pool.cluster.fund(&reserve, 10 * SOL).await;
    let booked = next_booking(&mut pool).await;
    let above_mark = booked.fee_lamports * 20;
    assert!(booked.fee_lst > 0);
    assert!(
        (9 * SOL - SOL / 10..=9 * SOL + SOL / 10).contains(&above_mark),
        "the fee is on what lies above the mark: {above_mark}"
    );
}

#[tokio::test]
async fn an_abnormal_loss_trips_the_breaker_and_what_comes_back_is_restored_at_once() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let vote = pool.vote(1);
    let (before, lost) = (pool.prices().await, 100 * SOL);
    pool.slash(&vote, lost).await;
    let booked = next_booking(&mut pool).await;
    assert!(booked.tripped);
    assert_eq!(booked.fall_lamports, lost);
    let tripped = SluiceError::BreakerTripped;
    assert_refused(pool.try_deposit(&alice, SOL).await, tripped);
    let tripped = SluiceError::BreakerTripped;
    assert_refused(pool.try_withdraw(&alice, SOL).await, tripped);

    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, lost).await;
    let booked = next_booking(&mut pool).await;
    assert_eq!(booked.restored_lamports, lost);
    let after = pool.prices().await;
    assert_eq!((after.full, after.value), (before.full, before.value));
    assert_eq!(booked.fee_lst, 0);
}

#[tokio::test]
async fn the_breaker_ends_by_itself_after_ten_epochs_and_is_not_armed_again_before() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    assert!(next_booking(&mut pool).await.tripped);
    for passed in 1..10 {
        if passed == 3 {
            pool.slash(&vote, 60 * SOL).await;
        }
        let booked = next_booking(&mut pool).await;
        assert!(!booked.tripped, "not armed again: epoch {passed}");
        let tripped = SluiceError::BreakerTripped;
        assert_refused(pool.try_deposit(&alice, SOL).await, tripped);
    }
    next_booking(&mut pool).await;
    pool.deposit(&alice, SOL).await;
    let account = pool.account().await;
    assert_eq!(account.unrestored_lamports, 0, "restoring ends with it");
}

/// A pool that loses everything: its stake accounts are gone and the reserve held only rent and
/// less than the slots' rent, so that what it owns is nothing.
async fn pool_after_total_loss() -> (Pool, solana_keypair::Keypair) {
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 0)
        .validators(&[(0, 1), (0, 1), (0, 1)])
        .watch(Watch::Books);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 90 * SOL).await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    for place in pool.places().await {
        pool.cluster.remove_account(&place.main).await;
        pool.cluster.remove_account(&place.transient).await;
    }
    (pool, alice)
}

#[tokio::test]
async fn after_a_total_loss_settlement_pays_zero_deposits_fail_and_epochs_go_on() {
    let (mut pool, alice) = pool_after_total_loss().await;
    let before = pool.request(&alice, 30 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert!(booked.tripped);
    let prices = pool.prices().await;
    assert_eq!((prices.full, prices.value), (0, 0));
    let tripped = SluiceError::BreakerTripped;
    assert_refused(pool.try_deposit(&alice, SOL).await, tripped);

    // Settlement waits two epochs for the breaker, then burns and pays nothing.
    pool.warp_to_window().await;
    for _ in 0..2 {
        next_booking(&mut pool).await;
    }
    pool.settle().await;
    let batch = pool.batch(before.batch_id).await;
    assert!(batch.is_settled(), "{batch:?}");
    assert_eq!(batch.paid_lamports, 0);
    let (lamports, rent) = (
        pool.cluster.lamports(&alice.pubkey()).await,
        pool.cluster.lamports(&before.ticket).await + pool.cluster.lamports(&before.batch).await,
    );
    pool.claim(&before).await;
    assert_eq!(
        pool.cluster.lamports(&alice.pubkey()).await,
        lamports + rent,
        "only rent comes back"
    );

    for _ in 0..8 {
        next_booking(&mut pool).await;
    }
    assert!(!pool.account().await.is_tripped());
    assert_refused(pool.try_deposit(&alice, SOL).await, SluiceError::NoValue);
    for _ in 0..2 {
        pool.cluster.next_epoch().await;
    }
    next_booking(&mut pool).await;
}

#[tokio::test]
async fn a_pool_lives_again_when_value_returns_after_a_total_loss() {
    let (mut pool, alice) = pool_after_total_loss().await;
    next_booking(&mut pool).await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 50 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert_eq!(booked.gain_lamports, booked.restored_lamports);
    let prices = pool.prices().await;
    assert!(prices.value > 49 * SOL, "{prices:?}");
    let ticket = pool.request(&alice, 10 * SOL).await;
    pool.warp_to_window().await;
    for _ in 0..2 {
        next_booking(&mut pool).await;
    }
    pool.settle().await;
    assert!(pool.batch(ticket.batch_id).await.paid_lamports > 5 * SOL);
}
