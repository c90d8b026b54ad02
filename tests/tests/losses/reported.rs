//! Losses that are reported at once. What each report may do to the books, to the lamport, is
//! watched after every transaction.

use sluice::{
    SluiceError::{ForeignAccount, PoolStale},
    state::StakeAccountKind::{self, Main, Transient},
};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, reported, voting_pool, voting_pool_with},
};
use solana_account::Account;
use solana_pubkey::Pubkey;

/// Full, value, pending and withheld.
async fn amounts(pool: &mut Pool) -> [u64; 4] {
    let books = pool.books().await;
    let (prices, pending) = (books.prices(), books.pool.pending_lamports);
    [
        prices.full,
        prices.value,
        pending,
        books.unreleased() - pending,
    ]
}

/// A pool at the end of a drip, with nothing withheld or pending: losses lower the value.
async fn bare_pool() -> (Pool, Pubkey) {
    let (mut pool, _alice) = voting_pool_with(&[1, 1], |config| {
        config.drip_bound_bps = 10_000;
        config.breaker_bound_bps = 5_000;
    })
    .await;
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.books().await.unreleased(), 0);
    let vote = pool.vote(0);
    (pool, vote)
}

#[tokio::test]
async fn a_shortfall_of_the_main_stake_account_lowers_the_value_at_once() {
    let (mut pool, vote) = bare_pool().await;
    let before = amounts(&mut pool).await;
    pool.slash_account(&vote, Main, 3 * SOL).await;
    assert_eq!(
        amounts(&mut pool).await,
        before,
        "not before it is reported"
    );
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!((loss.lamports, loss.fall_lamports), (3 * SOL, 3 * SOL));
    assert!(!loss.tripped);
    let after = amounts(&mut pool).await;
    assert_eq!(after, [before[0] - 3 * SOL, before[1] - 3 * SOL, 0, 0]);
    // Nothing is left for the next finalize.
    pool.crank_next_epoch(CREDITS).await;
    let booked = pool.history().await;
    let last = booked.iter().last().expect("an epoch");
    assert!(last.full_lamports > after[0], "{last:?}");
}

#[tokio::test]
async fn a_report_twice_is_a_report_once() {
    let (mut pool, vote) = bare_pool().await;
    assert!(reported(&pool.report_loss(&vote).await).is_none());
    pool.slash_account(&vote, Main, SOL).await;
    assert!(reported(&pool.report_loss(&vote).await).is_some());
    let books = pool.books().await;
    assert!(reported(&pool.report_loss(&vote).await).is_none());
    assert_eq!(pool.books().await, books);
}

/// Both stake accounts of v0 hold stake: its transient deactivates.
async fn pool_with_both() -> (Pool, Pubkey) {
    let (mut pool, alice) = voting_pool_with(&[1, 1], |config| {
        config.drip_bound_bps = 10_000;
        config.breaker_bound_bps = 5_000;
        config.reserve_target_bps = 0;
    })
    .await;
    let vote = pool.vote(0);
    pool.request(&alice, 80 * SOL).await;
    pool.warp_to_window().await;
    pool.undelegate(&vote).await;
    let slot = pool.slot_of(&vote).await;
    assert!(slot.transient_lamports > 30 * SOL && slot.deactivating_lamports > 30 * SOL);
    (pool, vote)
}

#[tokio::test]
async fn a_shortfall_of_what_is_deactivating_counts_as_such() {
    let (mut pool, vote) = pool_with_both().await;
    let before = pool.slot_of(&vote).await;
    pool.slash_account(&vote, Transient, 5 * SOL).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.lamports, 5 * SOL);
    let after = pool.slot_of(&vote).await;
    assert_eq!(after.main_lamports, before.main_lamports);
    assert_eq!(
        after.transient_lamports,
        before.transient_lamports - 5 * SOL
    );
    assert_eq!(
        after.deactivating_lamports,
        before.deactivating_lamports - 5 * SOL,
        "what returns is that much less"
    );
    let account = pool.account().await;
    assert_eq!(account.deactivating_lamports, after.deactivating_lamports);
    // What the queue needs in its stead is taken from the other one in the same window.
    let other = pool.vote(1);
    pool.undelegate(&vote).await;
    pool.undelegate(&other).await;
    let account = pool.account().await;
    assert!(account.deactivating_lamports >= before.deactivating_lamports);
}

#[tokio::test]
async fn shortfalls_of_both_accounts_are_one_loss() {
    let (mut pool, vote) = pool_with_both().await;
    pool.slash_account(&vote, Main, 2 * SOL + 1).await;
    pool.slash_account(&vote, Transient, SOL + 1).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.lamports, 3 * SOL + 2);
}

#[tokio::test]
async fn a_gain_is_never_reported_and_hides_no_loss_of_the_other_account() {
    let (mut pool, vote) = pool_with_both().await;
    let slot = pool.slot_of(&vote).await;
    pool.cluster.fund(&slot.main, 7 * SOL).await;
    assert!(reported(&pool.report_loss(&vote).await).is_none());
    pool.slash_account(&vote, Transient, SOL).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.lamports, SOL);
    let full = pool.prices().await.full;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    let now = pool.prices().await.full;
    assert_eq!(
        now,
        full + 7 * SOL,
        "the gift is booked by the next finalize"
    );
}

#[tokio::test]
async fn a_gift_to_the_same_account_covers_a_loss_before_anybody_reports_it() {
    let (mut pool, vote) = bare_pool().await;
    let main = pool.slot_of(&vote).await.main;
    pool.slash_account(&vote, Main, 2 * SOL).await;
    pool.cluster.fund(&main, SOL / 2).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.lamports, 3 * SOL / 2);
    pool.cluster.fund(&main, SOL).await;
    assert!(reported(&pool.report_loss(&vote).await).is_none());
}

#[tokio::test]
async fn a_loss_takes_what_is_pending_then_what_is_withheld_then_the_value() {
    let (mut pool, _alice) = voting_pool_with(&[1, 1], |config| {
        config.deposit_fee_bps = 20;
        config.breaker_bound_bps = 5_000;
    })
    .await;
    let vote = pool.vote(0);
    let bob = pool.user("bob", 1_000 * SOL).await;
    pool.deposit(&bob, 500 * SOL).await;
    let [full, value, pending, withheld] = amounts(&mut pool).await;
    assert_eq!(pending, SOL);
    assert!(withheld > 1_000, "{withheld}");

    pool.slash_account(&vote, Main, pending - 1).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.fall_lamports, 0);
    assert_eq!(
        amounts(&mut pool).await,
        [full - pending + 1, value, 1, withheld]
    );

    pool.slash_account(&vote, Main, 1 + withheld / 2).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.fall_lamports, 0);
    let now = amounts(&mut pool).await;
    assert_eq!((now[0], now[2]), (full - pending - withheld / 2, 0));
    assert!(now[3] - (withheld - withheld / 2) <= 1, "{now:?}");

    pool.slash_account(&vote, Main, now[3] + 77).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.fall_lamports, 77);
    let [_, last, pending, withheld] = amounts(&mut pool).await;
    assert_eq!((last, pending, withheld), (now[1] - 77, 0, 0));
    // And nothing drips any more.
    pool.cluster.warp_by(10).await;
    assert_eq!(amounts(&mut pool).await[1], last);
}

#[tokio::test]
async fn what_is_left_of_the_drip_goes_on_to_its_end() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    let [full, _, _, withheld] = amounts(&mut pool).await;
    let end = pool.account().await.drip_end_slot;
    pool.slash_account(&vote, Main, withheld / 3).await;
    pool.report_loss(&vote).await;
    assert_eq!(pool.account().await.drip_end_slot, end);
    let slot = pool.cluster.slot().await;
    pool.cluster.warp_to_slot((slot + end) / 2).await;
    let [now, value, pending, left] = amounts(&mut pool).await;
    assert_eq!(now, full - withheld / 3);
    assert_eq!(value, now - pending - left);
    let expected = (withheld - withheld / 3) / 2;
    assert!(
        left.abs_diff(expected) <= withheld / 50 + 2,
        "{left} of {expected}"
    );
}

#[tokio::test]
async fn an_account_that_is_gone_or_not_ours_is_lost_whole() {
    for kind in [Main, Transient] {
        for gone in [true, false] {
            let (mut pool, vote) = pool_with_both().await;
            pool.watch = sluice_tests::pool::Watch::Books;
            let slot = pool.slot_of(&vote).await;
            let address = slot.address(kind);
            if gone {
                pool.cluster.remove_account(&address).await;
            } else {
                let mallory = pool.cluster.address("mallory").to_bytes();
                let steal = |account: &mut Account| account.data[12..44].copy_from_slice(&mallory);
                pool.cluster.change_account(&address, steal).await;
            }
            let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
            assert_eq!(loss.lamports, slot.booked(kind).get());
            assert!(reported(&pool.report_loss(&vote).await).is_none());
        }
    }
}

#[tokio::test]
async fn an_account_that_was_reset_is_no_loss_because_anybody_can_reclaim_it() {
    let (mut pool, vote) = pool_with_both().await;
    for kind in [Main, Transient] {
        pool.reset_account(&vote, kind).await;
        assert!(reported(&pool.report_loss(&vote).await).is_none());
        pool.reclaim(&vote, kind).await;
        assert!(reported(&pool.report_loss(&vote).await).is_none());
    }
}

#[tokio::test]
async fn an_account_of_an_unknown_layout_counts_what_it_holds() {
    let (mut pool, vote) = bare_pool().await;
    let main = pool.slot_of(&vote).await.main;
    let reshape = |account: &mut Account| account.data[0] = 9;
    pool.cluster.change_account(&main, reshape).await;
    pool.watch = sluice_tests::pool::Watch::Off;
    assert!(reported(&pool.report_loss(&vote).await).is_none());
    let take = |account: &mut Account| account.lamports -= 11;
    pool.cluster.change_account(&main, take).await;
    let loss = reported(&pool.report_loss(&vote).await).expect("a loss");
    assert_eq!(loss.lamports, 11);
}

#[tokio::test]
async fn a_loss_beyond_everything_leaves_a_value_of_zero_and_a_pool_that_goes_on() {
    let (mut pool, _alice) = voting_pool_with(&[1, 1, 1], |config| {
        config.reserve_target_bps = 0;
    })
    .await;
    pool.crank_window().await;
    pool.watch = sluice_tests::pool::Watch::Books;
    for number in 0..3 {
        let vote = pool.vote(number);
        let slot = pool.slot_of(&vote).await;
        pool.cluster.remove_account(&slot.main).await;
        pool.cluster.remove_account(&slot.transient).await;
        pool.report_loss(&vote).await;
    }
    let books = pool.books().await;
    assert_eq!(
        (books.prices().full, books.prices().value),
        (0, 0),
        "{books:?}"
    );
    assert!(books.pool.is_tripped());
    let fallen = books.pool.unrestored_lamports;
    assert!(
        fallen < 310 * SOL,
        "the rent of the slots was never the holders': {fallen}"
    );
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    assert_eq!(pool.prices().await.value, 0);
}

#[tokio::test]
async fn a_loss_is_reported_only_while_prices_hold_and_with_the_slots_own_accounts() {
    let (mut pool, vote) = bare_pool().await;
    let other = pool.vote(1);
    let (place, other) = (pool.place(&vote).await, pool.place(&other).await);
    for (index, address) in [
        (2, other.main),
        (3, other.transient),
        (4, pool.addresses.claims_vault),
    ] {
        let mut report = pool.addresses.report_loss(&place);
        report.accounts[index].pubkey = address;
        assert_refused(pool.send(&[report], &[]).await, ForeignAccount);
    }
    pool.slash_account(&vote, Main, SOL).await;
    pool.cluster.next_epoch().await;
    assert_refused(pool.try_report_loss(&vote).await, PoolStale);
    pool.price().await;
    assert!(
        reported(&pool.report_loss(&vote).await).is_none(),
        "finalize has booked it"
    );
}

/// Every state of a stake account, and what is due there, survives a loss of a part of it.
#[tokio::test]
async fn after_a_loss_cranks_bring_the_pool_back_to_its_targets() {
    for kind in [Main, Transient] {
        let (mut pool, vote) = pool_with_both().await;
        pool.slash_account(&vote, kind, 10 * SOL).await;
        pool.report_loss(&vote).await;
        for _ in 0..5 {
            pool.live_an_epoch(CREDITS).await;
        }
        let (one, other) = (
            pool.delegated(&vote).await,
            pool.delegated(&pool.vote(1)).await,
        );
        assert!(one.abs_diff(other) < 5 * SOL, "{kind:?}: {one} {other}");
        assert_eq!(pool.account().await.locked_lst, 0, "the queue was paid");
        let kinds: [StakeAccountKind; 2] = [Main, Transient];
        for kind in kinds {
            let stake = pool.slot_of(&vote).await;
            assert!(pool.cluster.lamports(&stake.address(kind)).await >= stake.booked(kind).get());
        }
    }
}
