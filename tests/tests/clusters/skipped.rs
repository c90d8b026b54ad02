//! Slots without blocks: most of an epoch, its boundary, several epochs at once.

use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::{SOL, delegated_pool},
};
use solana_keypair::Keypair;

use crate::{owned_and_owed, paid_within};

/// A pool of 60 SOL with stake active and activating, and a ticket in the open batch.
async fn busy_pool() -> (Pool, Keypair, TicketAddress) {
    let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    let ticket = pool.request(&alice, 9 * SOL).await;
    pool.deposit(&alice, 6 * SOL).await;
    (pool, alice, ticket)
}

/// Goes straight to a slot, and on to where rewards are paid.
async fn skip_to(pool: &mut Pool, slot: u64) {
    pool.cluster.jump_to_slot(slot);
    pool.cluster.finish_rewards().await;
}

#[tokio::test]
async fn an_epoch_with_two_blocks_is_enough_for_its_cranks() {
    let (mut pool, _alice, ticket) = busy_pool().await;
    let full = pool.prices().await;
    for _ in 0..3 {
        let epoch = pool.cluster.epoch().await;
        let last = pool.cluster.last_slot_of(epoch);
        skip_to(&mut pool, last).await;
        pool.crank_epoch().await;
        let first = pool.cluster.first_slot_of(epoch + 1);
        skip_to(&mut pool, first).await;
        pool.crank_epoch().await;
    }
    assert_eq!(paid_within(&mut pool, &ticket, 0).await, 9 * SOL);
    let now = pool.prices().await;
    assert_eq!(now.full, full.full - 9 * SOL);
}

/// The first block of an epoch comes when its window is long open, and no block saw the last one close.
#[tokio::test]
async fn a_boundary_without_a_block_changes_no_price_and_holds_up_no_exit() {
    let (mut pool, alice, ticket) = busy_pool().await;
    let before = owned_and_owed(&mut pool).await;
    pool.crank_window().await;
    for parts in [1, 9] {
        let epoch = pool.cluster.epoch().await;
        let first = pool.cluster.first_slot_of(epoch + 1);
        let slots = pool.cluster.epoch_schedule().get_slots_in_epoch(epoch + 1);
        skip_to(&mut pool, first + slots * parts / 10).await;
        pool.crank_epoch().await;
        assert_eq!(owned_and_owed(&mut pool).await, before);
    }
    assert_eq!(paid_within(&mut pool, &ticket, 2).await, 9 * SOL);
    let late = pool.request(&alice, 5 * SOL).await;
    assert_eq!(paid_within(&mut pool, &late, 3).await, 5 * SOL);
}

/// What no cluster has seen: the history of stake lacks an epoch, and whoever looks beyond the hole, the stake
/// program too, panics. Stake of before cannot be moved by anybody; what needs none goes on.
#[tokio::test]
async fn epochs_without_any_block_stop_stake_and_neither_prices_nor_deposits_nor_the_queue() {
    for skipped in [1, 4] {
        let (mut pool, alice, ticket) = busy_pool().await;
        let before = owned_and_owed(&mut pool).await;
        pool.crank_window().await;
        let epoch = pool.cluster.epoch().await;
        let slot = pool.cluster.first_slot_of(epoch + 1 + skipped) + 5;
        skip_to(&mut pool, slot).await;
        let late = pool.request(&alice, 2 * SOL).await;
        pool.price().await;
        assert_eq!(owned_and_owed(&mut pool).await, before, "{skipped} epochs");
        let place = pool.places().await[0];
        let collect = pool.addresses.collect(&place);
        let stopped = pool.send(&[collect], &[]).await.expect_err("stopped");
        let said = |line: &String| line.contains("stake_history.rs");
        assert!(stopped.logs.iter().any(said), "{stopped}");

        // What is deposited pays for who leaves.
        pool.settle().await;
        let bob = pool.user("bob", 100 * SOL).await;
        pool.deposit(&bob, 20 * SOL).await;
        pool.settle().await;
        assert_eq!(paid_within(&mut pool, &ticket, 0).await, 9 * SOL);
        for _ in 0..2 {
            pool.cluster.next_epoch().await;
            pool.price().await;
            pool.settle().await;
        }
        assert_eq!(paid_within(&mut pool, &late, 0).await, 2 * SOL);
    }
}
