//! A change of the rebalance window: a batch keeps the lock that it was told, and its stake moves in the
//! window that opens with it.

use sluice::{SluiceError, state::Parameter};
use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::{SOL, assert_refused, earning_pool},
};
use solana_keypair::Keypair;

const CHANGES: [(u16, u16); 2] = [(9_000, 5_000), (5_000, 9_000)];

/// A pool in the window of the epoch before the one in which a change of the window applies, with a
/// request that was told the lock of that epoch.
async fn told(before: u16, after: u16) -> (Pool, Keypair, TicketAddress) {
    let builder = Pool::builder().config(|config| config.window_bps = before);
    let (mut pool, alice) = earning_pool(builder).await;
    let change = Parameter::WindowBps;
    pool.schedule_change(change, u64::from(after)).await;
    pool.live_an_epoch(0).await;
    let ticket = pool.request(&alice, 300 * SOL).await;
    (pool, alice, ticket)
}

async fn slot_at(pool: &mut Pool, bps: u16) -> u64 {
    pool.cluster.slot_at_epoch_fraction(u64::from(bps)).await
}

/// The batch locks at the slot that it was told, its stake leaves from that slot on and no earlier, and
/// all of it is paid after the next boundary.
async fn assert_kept(pool: &mut Pool, holder: &Keypair, ticket: TicketAddress, bps: u16) {
    let lock_slot = pool.batch(ticket.batch_id).await.lock_slot;
    assert_eq!(lock_slot, slot_at(pool, bps).await, "as it was told");
    assert_eq!(pool.window_slot().await, lock_slot);
    let votes: Vec<_> = (0..3).map(|number| pool.vote(number)).collect();
    pool.cluster.warp_to_slot(lock_slot - 1).await;
    for vote in &votes {
        assert_refused(pool.try_undelegate(vote).await, SluiceError::WindowClosed);
        assert_refused(pool.try_delegate(vote).await, SluiceError::WindowClosed);
    }
    let last = pool.request(holder, SOL).await;
    assert_eq!(last.batch_id, ticket.batch_id, "not locked yet");
    pool.cancel(holder, &last).await;

    pool.cluster.warp_to_slot(lock_slot).await;
    let late = pool.try_cancel(holder, &ticket).await;
    assert_refused(late, SluiceError::BatchLocked);
    pool.crank_epoch().await;
    assert!(pool.account().await.deactivating_lamports > 280 * SOL);
    pool.crank_next_epoch(0).await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
}

/// A9: from the epoch after, the new window holds for everybody.
#[tokio::test]
async fn a_batch_keeps_the_window_that_it_was_told_whichever_way_it_changes() {
    for (before, after) in CHANGES {
        let (mut pool, alice, ticket) = told(before, after).await;
        let epoch = pool.crank_next_epoch(0).await;
        let account = pool.account().await;
        assert_eq!(account.config.window_bps, after);
        assert_eq!(account.window_from_epoch, epoch + 1);
        assert_kept(&mut pool, &alice, ticket, before).await;

        let next = pool.request(&alice, 290 * SOL).await;
        assert_kept(&mut pool, &alice, next, after).await;
        assert_eq!(slot_at(&mut pool, after).await, pool.window_slot().await);
    }
}

/// A9: also where the epoch is booked so late that its requests were told the old window of the next one.
#[tokio::test]
async fn a_change_that_is_applied_late_holds_an_epoch_later() {
    for (before, after) in CHANGES {
        let (mut pool, alice, first) = told(before, after).await;
        let epoch = pool.next_epoch_with_rewards(0).await;
        pool.warp_to_window().await;
        let second = pool.request(&alice, 290 * SOL).await;
        assert_eq!(second.batch_id, first.batch_id + 1);
        pool.crank_epoch().await;
        assert_eq!(pool.account().await.window_from_epoch, epoch + 2);
        pool.crank_next_epoch(0).await;
        assert!(pool.batch(first.batch_id).await.is_settled());
        assert_kept(&mut pool, &alice, second, before).await;
        assert_eq!(slot_at(&mut pool, after).await, pool.window_slot().await);
    }
}
