//! Exits: open on a pool of version 0, in the middle of its migration, and after it.

use sluice::state::Ticket;
use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::TicketAddress};
use solana_signer::Signer;

use crate::frozen::FrozenPool;

/// Requests, cancels, transfers and requests again. Returns a ticket of Bob's that waits.
async fn everybody_can_leave(frozen: &mut FrozenPool) -> TicketAddress {
    let (alice, bob) = (frozen.alice.insecure_clone(), frozen.bob.insecure_clone());
    let pool = &mut frozen.pool;
    let before = pool.lst_balance(&alice.pubkey()).await;
    let cancelled = pool.request(&alice, SOL).await;
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, before - SOL);
    pool.cancel(&alice, &cancelled).await;
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, before);

    let kept = pool.request(&alice, 2 * SOL).await;
    pool.transfer(&alice, &kept, &bob.pubkey()).await;
    assert_eq!(pool.ticket(&kept.ticket).await.owner, bob.pubkey());
    kept
}

/// What a ticket still gets is what its share of the batch says, and the owner has it.
async fn claimed_in_full(frozen: &mut FrozenPool, ticket: TicketAddress) {
    let account = frozen.pool.ticket(&ticket.ticket).await;
    let Ticket {
        owner,
        lst,
        claimed_lamports,
        ..
    } = account;
    let batch = frozen.pool.batch(ticket.batch_id).await;
    assert_eq!(batch.unsettled_lst, 0);
    let share = u128::from(batch.paid_lamports) * u128::from(lst) / u128::from(batch.lst);
    let owed = u64::try_from(share).expect("lamports") - claimed_lamports;
    assert!(owed > 0);
    let rent = if *account.rent_recipient() == owner {
        frozen.pool.cluster.lamports(&ticket.ticket).await
    } else {
        0
    };
    let opener = if batch.opener == owner && batch.tickets == 1 {
        frozen.pool.cluster.lamports(&ticket.batch).await
    } else {
        0
    };
    let before = frozen.pool.cluster.lamports(&owner).await;
    frozen.pool.claim(&ticket).await;
    let after = frozen.pool.cluster.lamports(&owner).await;
    assert_eq!(after - before, owed + rent + opener);
    assert!(
        frozen
            .pool
            .cluster
            .try_account(&ticket.ticket)
            .await
            .is_none()
    );
}

#[tokio::test]
async fn exits_are_open_before_during_and_after_a_migration() {
    let mut frozen = FrozenPool::start().await;
    let mut kept = vec![everybody_can_leave(&mut frozen).await];

    frozen.migrate_page(1).await;
    kept.push(everybody_can_leave(&mut frozen).await);
    let paid = frozen.paid;
    claimed_in_full(&mut frozen, paid).await;

    frozen.migrate_page(0).await;
    kept.push(everybody_can_leave(&mut frozen).await);

    frozen.migrate_pool().await;
    kept.push(everybody_can_leave(&mut frozen).await);

    // What was requested from layouts of all ages is settled and paid.
    kept.extend([frozen.locked, frozen.open]);
    for ticket in kept {
        frozen.pool.know_ticket(&ticket.ticket);
        frozen.wait_until_settled(&ticket).await;
        claimed_in_full(&mut frozen, ticket).await;
    }
    let books = frozen.pool.books().await;
    assert!(books.tickets.is_empty());
    assert_eq!((books.pool.locked_lst, books.pool.open_lst), (0, 0));
    assert_eq!(books.pool.claims_lamports, 0);
}

#[tokio::test]
async fn a_ticket_of_before_is_cancelled_after() {
    let mut frozen = FrozenPool::start().await;
    let (carol, open) = (frozen.carol.insecure_clone(), frozen.open);
    let lst = frozen.pool.ticket(&open.ticket).await.lst;
    let before = frozen.pool.lst_balance(&carol.pubkey()).await;
    frozen.migrate().await;
    frozen.pool.cancel(&carol, &open).await;
    assert_eq!(frozen.pool.lst_balance(&carol.pubkey()).await, before + lst);
}

#[tokio::test]
async fn a_batch_that_closes_on_an_old_pool_leaves_its_dust_to_all() {
    let mut frozen = FrozenPool::start().await;
    let before = frozen.pool.prices().await;
    let batch = frozen.pool.batch(frozen.paid.batch_id).await;
    assert_eq!(batch.tickets, 1, "the last one");
    let paid = frozen.paid;
    claimed_in_full(&mut frozen, paid).await;
    assert!(frozen.pool.cluster.try_account(&paid.batch).await.is_none());
    let after = frozen.pool.prices().await;
    assert!(after.full >= before.full);
    assert_eq!((after.value, after.supply), (before.value, before.supply));
    frozen.migrate().await;
    assert_eq!(frozen.pool.prices().await, after);
}
