//! Who is paid when.

use sluice::SluiceError;
use sluice_client::UnstakeRequest;
use sluice_tests::scenario::{SOL, assert_refused, staked_pool};
use solana_signer::Signer;

#[tokio::test]
async fn batches_are_paid_first_in_first_out_even_if_nobody_cranked_for_epochs() {
    let (mut pool, alice, bob) = staked_pool().await;
    let first = pool.request(&alice, 2 * SOL).await;
    pool.warp_to_window().await;
    let second = pool.request(&bob, SOL).await;
    pool.next_epoch_with_rewards(0).await;
    pool.warp_to_window().await;
    let third = pool.request(&alice, SOL).await;
    assert_eq!([first.batch_id, second.batch_id, third.batch_id], [0, 1, 2]);
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    for later in [second, third] {
        let settle = pool.addresses.settle_batch(later.batch_id);
        assert_refused(pool.send(&[settle], &[]).await, SluiceError::BatchNotDue);
    }
    pool.settle_head().await;
    assert!(pool.batch(0).await.is_settled());
    let settle = pool.addresses.settle_batch(2);
    assert_refused(pool.send(&[settle], &[]).await, SluiceError::BatchNotDue);
    pool.settle_head().await;
    assert!(pool.batch(1).await.is_settled());
    // The third locks in the window of this epoch.
    assert_refused(pool.try_settle_head().await, SluiceError::BatchNotDue);
    pool.pass_an_epoch().await;
    for ticket in [third, first, second] {
        pool.claim(&ticket).await;
    }
}

#[tokio::test]
async fn a_later_batch_waits_behind_a_giant_that_is_paid_in_parts() {
    let (mut pool, alice, bob) = staked_pool().await;
    let giant = pool.request(&alice, 590 * SOL).await;
    pool.warp_to_window().await;
    let small = pool.request(&bob, SOL).await;
    // Nobody undelegates: an epoch later the reserve holds far too little for the giant.
    pool.next_epoch_with_rewards(0).await;
    pool.warp_to_window().await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    pool.settle_head().await;
    assert_eq!(pool.batch(giant.batch_id).await.paid_lamports, 0);
    let settle = pool.addresses.settle_batch(small.batch_id);
    assert_refused(pool.send(&[settle], &[]).await, SluiceError::BatchNotDue);
    pool.pass_an_epoch().await;
    assert!(pool.batch(giant.batch_id).await.is_settled());
    assert!(pool.batch(small.batch_id).await.is_settled());
}

#[tokio::test]
async fn a_request_inside_the_window_neither_delays_nor_funds_the_locked_batch() {
    let (mut pool, alice, bob) = staked_pool().await;
    let locked = pool.request(&alice, 100 * SOL).await;
    pool.warp_to_window().await;
    let late = pool.request(&bob, 200 * SOL).await;
    assert_eq!(late.batch_id, locked.batch_id + 1);
    assert_eq!(pool.account().await.locked_lst, 100 * SOL);
    pool.crank_epoch().await;
    // Stake leaves for the locked batch alone.
    let leaving = pool.account().await.deactivating_lamports;
    assert!((90 * SOL..=101 * SOL).contains(&leaving), "{leaving}");

    pool.crank_next_epoch(0).await;
    let batch = pool.batch(locked.batch_id).await;
    assert!(batch.is_settled());
    assert_eq!(batch.paid_lamports, 100 * SOL);
    assert_eq!(pool.batch(late.batch_id).await.paid_lamports, 0);
    assert_eq!(pool.batch(late.batch_id).await.lst, 200 * SOL);
    pool.pass_an_epoch().await;
    assert!(pool.batch(late.batch_id).await.is_settled());
}

#[tokio::test]
async fn a_batch_locks_by_the_clock_whether_or_not_anybody_rolls() {
    let (mut pool, alice, bob) = staked_pool().await;
    let ticket = pool.request(&alice, SOL).await;
    let lock_slot = pool.batch(0).await.lock_slot;
    assert_eq!(lock_slot, pool.window_slot().await);
    pool.cluster.warp_to_slot(lock_slot - 1).await;
    let last = pool.request(&bob, SOL).await;
    assert_eq!(last.batch_id, 0);
    pool.cancel(&bob, &last).await;
    pool.cluster.warp_to_slot(lock_slot).await;
    let cancelled = pool.try_cancel(&alice, &ticket).await;
    assert_refused(cancelled, SluiceError::BatchLocked);
    // The locked batch takes no request any more, although it is the open one by name.
    let bobs = pool.lst_account(&bob.pubkey());
    let into_locked = pool.addresses.request_unstake(&UnstakeRequest {
        later_batches: 0,
        ..UnstakeRequest::own(bob.pubkey(), bobs, 0, 77, SOL)
    });
    let refused = pool.send(&[into_locked], &[&bob]).await;
    assert_refused(refused, SluiceError::WrongBatch);
}

#[tokio::test]
async fn a_locked_batch_is_not_due_before_the_next_epoch_is_finalized() {
    let (mut pool, alice, bob) = staked_pool().await;
    pool.request(&alice, SOL).await;
    assert_refused(pool.try_settle_head().await, SluiceError::BatchNotDue);
    pool.warp_to_window().await;
    pool.deposit(&bob, 100 * SOL).await;
    assert_refused(pool.try_settle_head().await, SluiceError::BatchNotDue);
    pool.next_epoch_with_rewards(0).await;
    assert_refused(pool.try_settle_head().await, SluiceError::PoolStale);
    pool.price().await;
    pool.settle_head().await;
    assert!(pool.batch(0).await.is_settled());
}

#[tokio::test]
async fn empty_cycles_keep_the_open_batch_and_its_next_request_locks_in_the_future() {
    let (mut pool, alice, _bob) = staked_pool().await;
    let ticket = pool.request(&alice, SOL).await;
    pool.cancel(&alice, &ticket).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
        let account = pool.account().await;
        assert_eq!((account.open_batch, account.head_batch), (0, 0));
        assert_eq!(account.open_lock_slot, 0);
    }
    pool.warp_to_window().await;
    let again = pool.request(&alice, SOL).await;
    assert_eq!(again.batch_id, 0, "an empty batch is kept");
    let batch = pool.batch(0).await;
    let (slot, epoch) = (pool.cluster.slot().await, pool.cluster.epoch().await);
    assert!(batch.lock_slot > slot);
    assert_eq!(batch.lock_epoch, epoch + 1);
    assert_refused(pool.try_settle_head().await, SluiceError::BatchNotDue);
    pool.cancel(&alice, &again).await;
}
