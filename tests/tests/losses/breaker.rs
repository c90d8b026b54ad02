//! Reported losses and the breaker.

use sluice::{
    SluiceError::BreakerTripped,
    events::EpochFinalized,
    state::{BREAKER_EPOCHS, StakeAccountKind::Main},
};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, reported, voting_pool_with},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

const BOUND_BPS: u64 = 500;

/// Nothing is withheld or pending; a fall of 5% is allowed.
async fn bare_pool() -> (Pool, Keypair, Pubkey) {
    let (mut pool, alice) = voting_pool_with(&[2, 2], |config| {
        config.drip_bound_bps = 10_000;
        config.breaker_bound_bps = BOUND_BPS as u16;
    })
    .await;
    pool.crank_next_epoch(0).await;
    let vote = pool.vote(0);
    (pool, alice, vote)
}

/// The largest fall that does not trip the breaker.
async fn allowed(pool: &mut Pool) -> u64 {
    pool.prices().await.value * BOUND_BPS / 10_000
}

#[tokio::test]
async fn a_fall_of_just_the_bound_does_not_trip_the_breaker() {
    let (mut pool, alice, vote) = bare_pool().await;
    let most = allowed(&mut pool).await;
    pool.slash_account(&vote, Main, most).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!((loss.fall_lamports, loss.tripped), (most, false));
    pool.deposit(&alice, SOL).await;
    pool.withdraw(&alice, SOL / 10).await;
}

#[tokio::test]
async fn one_lamport_more_trips_it_and_closes_what_a_breaker_closes() {
    let (mut pool, alice, vote) = bare_pool().await;
    let most = allowed(&mut pool).await;
    pool.slash_account(&vote, Main, most + 1).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert!(loss.tripped);
    let account = pool.account().await;
    assert_eq!(account.breaker_epoch, pool.cluster.epoch().await);
    assert_eq!(account.unrestored_lamports, most + 1);
    assert_refused(pool.try_deposit(&alice, SOL).await, BreakerTripped);
    assert_refused(pool.try_withdraw(&alice, SOL / 10).await, BreakerTripped);
    assert_refused(
        pool.try_withdraw_stake(&alice, &vote, 2 * SOL).await,
        BreakerTripped,
    );
    let ticket = pool.request(&alice, SOL).await;
    pool.cancel(&alice, &ticket).await;
}

#[tokio::test]
async fn several_reports_of_an_epoch_count_together() {
    let (mut pool, _alice, vote) = bare_pool().await;
    let other = pool.vote(1);
    let most = allowed(&mut pool).await;
    for (vote, part) in [(&vote, most / 2), (&other, most - most / 2)] {
        pool.slash_account(vote, Main, part).await;
        assert!(
            !reported(&pool.report_loss(vote).await)
                .expect("a loss")
                .tripped
        );
    }
    pool.slash_account(&vote, Main, 1).await;
    assert!(
        reported(&pool.report_loss(&vote).await)
            .expect("a loss")
            .tripped
    );
    let all = pool.account().await.unrestored_lamports;
    assert_eq!(all, most + 1, "all of them can be restored");
}

#[tokio::test]
async fn reports_of_two_epochs_do_not_count_together() {
    let (mut pool, _alice, vote) = bare_pool().await;
    for _ in 0..3 {
        let most = allowed(&mut pool).await;
        pool.slash_account(&vote, Main, most).await;
        assert!(
            !reported(&pool.report_loss(&vote).await)
                .expect("a loss")
                .tripped
        );
        pool.crank_next_epoch(0).await;
    }
}

#[tokio::test]
async fn a_report_counts_together_with_what_finalize_booked() {
    let (mut pool, _alice, vote) = bare_pool().await;
    let most = allowed(&mut pool).await;
    pool.slash_account(&vote, Main, most).await;
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
    assert_eq!((booked.fall_lamports, booked.tripped), (most, false));
    pool.slash_account(&vote, Main, 1).await;
    assert!(
        reported(&pool.report_loss(&vote).await)
            .expect("a loss")
            .tripped
    );
    assert_eq!(pool.account().await.unrestored_lamports, most + 1);
}

/// A6. What fell while the breaker was tripped was not restored: whoever bought at the low price got
/// what came back.
#[tokio::test]
async fn a_tripped_breaker_keeps_its_epoch_and_counts_every_further_loss() {
    let (mut pool, _alice, vote) = bare_pool().await;
    pool.slash_account(&vote, Main, 30 * SOL).await;
    pool.report_loss(&vote).await;
    let tripped = pool.account().await;
    pool.slash_account(&vote, Main, 40 * SOL).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert!(loss.tripped);
    assert_eq!(pool.account().await.unrestored_lamports, 70 * SOL);
    pool.crank_next_epoch(0).await;
    // Each counts once, whether or not it is abnormal by itself.
    for (lamports, unrestored) in [(10 * SOL, 80 * SOL), (20 * SOL, 100 * SOL)] {
        pool.slash_account(&vote, Main, lamports).await;
        pool.report_loss(&vote).await;
        assert_eq!(pool.account().await.unrestored_lamports, unrestored);
    }
    pool.next_epoch_with_rewards(0).await;
    pool.slash_account(&vote, Main, 20 * SOL).await;
    pool.price().await;
    let now = pool.account().await;
    assert_eq!(now.breaker_epoch, tripped.breaker_epoch);
    assert_eq!(now.unrestored_lamports, 120 * SOL);
    let value = pool.prices().await.value;
    let main = pool.slot_of(&vote).await.main;
    pool.cluster.fund(&main, 120 * SOL).await;
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.prices().await.value, value + 120 * SOL, "at once");
}

/// A6. The finalize in which the breaker ends booked a loss of any size and opened everything.
#[tokio::test]
async fn a_loss_in_the_epoch_in_which_the_breaker_ends_trips_it_again() {
    let (mut pool, alice, vote) = bare_pool().await;
    pool.slash_account(&vote, Main, 30 * SOL).await;
    pool.report_loss(&vote).await;
    let first = pool.account().await.breaker_epoch;
    for _ in 1..BREAKER_EPOCHS {
        pool.crank_next_epoch(0).await;
    }
    assert_eq!(pool.account().await.breaker_epoch, first);
    pool.next_epoch_with_rewards(0).await;
    pool.slash_account(&vote, Main, 80 * SOL).await;
    pool.price().await;
    let again = pool.account().await;
    assert_eq!(again.breaker_epoch, first + BREAKER_EPOCHS);
    assert_eq!(again.unrestored_lamports, 80 * SOL);
    assert_refused(pool.try_withdraw(&alice, SOL).await, BreakerTripped);
}

#[tokio::test]
async fn what_comes_back_after_a_reported_loss_is_restored_at_once_and_without_a_fee() {
    let (mut pool, alice, vote) = bare_pool().await;
    let before = pool.prices().await;
    pool.slash_account(&vote, Main, 50 * SOL).await;
    pool.report_loss(&vote).await;
    assert_eq!(pool.prices().await.value, before.value - 50 * SOL);
    let main = pool.slot_of(&vote).await.main;
    pool.cluster.fund(&main, 50 * SOL).await;
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
    assert_eq!(
        (booked.restored_lamports, booked.fee_lamports),
        (50 * SOL, 0)
    );
    let after = pool.prices().await;
    assert_eq!((after.full, after.value), (before.full, before.value));
    // The breaker ends by itself after ten epochs.
    for _ in 0..9 {
        assert_refused(pool.try_deposit(&alice, SOL).await, BreakerTripped);
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.deposit(&alice, SOL).await;
}

#[tokio::test]
async fn settlement_waits_two_epochs_after_a_reported_loss_and_pays_the_lower_price() {
    let (mut pool, alice, vote) = bare_pool().await;
    let ticket = pool.request(&alice, 10 * SOL).await;
    pool.crank_window().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    pool.slash_account(&vote, Main, 60 * SOL).await;
    pool.report_loss(&vote).await;
    assert_refused(pool.try_settle_head().await, BreakerTripped);
    epoch_priced(&mut pool).await;
    assert_refused(pool.try_settle_head().await, BreakerTripped);
    epoch_priced(&mut pool).await;
    pool.collect_all().await;
    let prices = pool.prices().await;
    pool.settle_head().await;
    let batch = pool.batch(ticket.batch_id).await;
    let worth = u128::from(10 * SOL) * u128::from(prices.value) / u128::from(prices.supply);
    assert_eq!(u128::from(batch.paid_lamports), worth);
    assert!(worth < u128::from(9 * SOL));
}

async fn epoch_priced(pool: &mut Pool) {
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
}
