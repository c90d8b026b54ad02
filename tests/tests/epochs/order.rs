//! The order of the cranks, and who turns them twice.

use sluice::{SluiceError, state::StakeAccountKind};
use sluice_tests::{
    cluster::AccountsSnapshot,
    pool::{Books, Pool},
    scenario::{CREDITS, SOL, assert_refused, earning_pool},
};
use solana_pubkey::Pubkey;

/// Every account that a crank of this pool can write.
async fn accounts(pool: &mut Pool) -> Vec<Pubkey> {
    let addresses = pool.addresses;
    let mut all = vec![
        addresses.pool,
        addresses.mint,
        addresses.reserve,
        addresses.claims_vault,
        addresses.escrow,
        addresses.fees,
        addresses.history,
        addresses.page(0),
    ];
    let open = pool.account().await.open_batch;
    all.extend((0..=open).map(|id| addresses.batch(id)));
    for place in pool.places().await {
        all.extend([place.main, place.transient]);
    }
    all
}

/// Puts accounts back as they were: the next order starts from the same state in the same slot.
async fn restore(pool: &mut Pool, accounts: &[Pubkey], before: &AccountsSnapshot) {
    for address in accounts {
        let account = before.get(address).cloned().unwrap_or_default();
        pool.cluster.set_account(address, account);
    }
}

/// A pool in a new epoch with rewards, stake that has activated, stake that has cooled down and a
/// batch that is due; nothing is cranked yet.
async fn busy_pool() -> Pool {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.crank_next_epoch(CREDITS).await;
    pool.request(&alice, 250 * SOL).await;
    pool.warp_to_window().await;
    let (leaving, growing) = (pool.vote(0), pool.vote(2));
    pool.undelegate(&leaving).await;
    pool.undelegate_all().await;
    let bob = pool.user("bob", 1_000 * SOL).await;
    pool.deposit(&bob, 500 * SOL).await;
    pool.delegate(&growing).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool
}

#[tokio::test]
async fn any_partition_and_order_of_observe_books_the_same() {
    let mut pool = busy_pool().await;
    let addresses = accounts(&mut pool).await;
    let before = pool.cluster.snapshot(&addresses).await;
    let partitions: [&[(u8, u8)]; 6] = [
        &[(0, 64)],
        &[(0, 1), (1, 1), (2, 1)],
        &[(2, 1), (1, 1), (0, 1)],
        &[(1, 2), (0, 1)],
        &[(0, 2), (2, 62)],
        // Overlapping, repeated and empty parts.
        &[(1, 1), (0, 3), (0, 64), (2, 9), (7, 3), (63, 1)],
    ];
    let mut results: Vec<Books> = Vec::new();
    for parts in partitions {
        for (first, count) in parts {
            pool.observe(0, *first, *count).await;
        }
        pool.finalize().await;
        results.push(pool.books().await);
        restore(&mut pool, &addresses, &before).await;
    }
    for other in &results[1..] {
        assert_eq!(results[0].pool, other.pool);
        assert_eq!(results[0].pages, other.pages);
        assert_eq!(&results[0], other);
    }
    assert!(results[0].is_fresh());
}

#[tokio::test]
async fn a_part_of_the_validators_is_not_enough_to_finalize() {
    let mut pool = busy_pool().await;
    for part in [0, 2] {
        assert_refused(pool.try_finalize().await, SluiceError::NotObserved);
        pool.observe(0, part, 1).await;
    }
    assert_refused(pool.try_finalize().await, SluiceError::NotObserved);
    pool.observe(0, 1, 1).await;
    pool.finalize().await;
}

#[tokio::test]
async fn collect_and_settle_in_any_order_end_in_the_same_state() {
    let mut pool = busy_pool().await;
    pool.price().await;
    let addresses = accounts(&mut pool).await;
    let before = pool.cluster.snapshot(&addresses).await;
    let mut results: Vec<Books> = Vec::new();
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        for number in order {
            let vote = pool.vote(number);
            pool.collect(&vote).await;
        }
        pool.settle().await;
        results.push(pool.books().await);
        restore(&mut pool, &addresses, &before).await;
    }
    // Before the first collect there may be too little for the batch: settle does nothing then.
    let batch = before_settling(&mut pool).await;
    pool.settle().await;
    pool.collect_all().await;
    pool.settle().await;
    let early = pool.books().await;
    assert_eq!(early.pool.locked_lst, 0, "{batch:?} is paid");
    let full = |books: &Books| books.prices().full;
    assert_eq!(full(&early), full(&results[0]));
    for other in &results[1..] {
        assert_eq!(&results[0], other);
    }
}

async fn before_settling(pool: &mut Pool) -> u64 {
    let head = pool.account().await.head_batch;
    assert!(pool.batch(head).await.unsettled_lst > 0);
    head
}

#[tokio::test]
async fn a_crank_run_twice_changes_nothing_the_second_time() {
    let mut pool = busy_pool().await;
    for in_window in [false, true] {
        if in_window {
            pool.warp_to_window().await;
        }
        for number in 0..3 {
            let vote = pool.vote(number);
            pool.observe(0, 0, 64).await;
            twice(&mut pool, async |pool| pool.observe(0, 0, 64).await).await;
            pool.finalize().await;
            twice(&mut pool, async |pool| pool.finalize().await).await;
            pool.collect(&vote).await;
            twice(&mut pool, async |pool| pool.collect(&vote).await).await;
            for kind in [StakeAccountKind::Main, StakeAccountKind::Transient] {
                twice(&mut pool, async |pool| pool.reclaim(&vote, kind).await).await;
            }
        }
        pool.settle().await;
        pool.pay_fees().await;
        twice(&mut pool, async |pool| pool.pay_fees().await).await;
        if in_window {
            for number in 0..3 {
                let vote = pool.vote(number);
                pool.undelegate(&vote).await;
                twice(&mut pool, async |pool| pool.undelegate(&vote).await).await;
                pool.delegate(&vote).await;
                twice(&mut pool, async |pool| pool.delegate(&vote).await).await;
            }
        }
    }
}

/// Turns a crank that was just turned once more.
async fn twice<T>(pool: &mut Pool, crank: impl AsyncFnOnce(&mut Pool) -> T) {
    let before = pool.books().await;
    crank(pool).await;
    assert_eq!(pool.books().await, before);
}
