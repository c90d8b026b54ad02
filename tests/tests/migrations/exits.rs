//! Exits: open on a pool of version 0, in the middle of its migration, and after it.

use {
    crate::frozen::World,
    sluice::state::Ticket,
    sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::TicketAddress},
    solana_signer::Signer,
};

/// Requests, cancels, transfers and requests again. Returns a ticket of Bob's that waits.
async fn everybody_can_leave(world: &mut World) -> TicketAddress {
    let (alice, bob) = (world.alice.insecure_clone(), world.bob.insecure_clone());
    let pool = &mut world.pool;
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
async fn claimed_in_full(world: &mut World, ticket: TicketAddress) {
    let Ticket {
        owner,
        lst,
        claimed_lamports,
        ..
    } = world.pool.ticket(&ticket.ticket).await;
    let batch = world.pool.batch(ticket.batch_id).await;
    assert_eq!(batch.unsettled_lst, 0);
    let share = u128::from(batch.paid_lamports) * u128::from(lst) / u128::from(batch.lst);
    let owed = u64::try_from(share).expect("lamports") - claimed_lamports;
    assert!(owed > 0);
    let rent = world.pool.cluster.lamports(&ticket.ticket).await;
    let opener = if batch.opener == owner && batch.tickets == 1 {
        world.pool.cluster.lamports(&ticket.batch).await
    } else {
        0
    };
    let before = world.pool.cluster.lamports(&owner).await;
    world.pool.claim(&ticket).await;
    let after = world.pool.cluster.lamports(&owner).await;
    assert_eq!(after - before, owed + rent + opener);
    assert!(
        world
            .pool
            .cluster
            .try_account(&ticket.ticket)
            .await
            .is_none()
    );
}

#[tokio::test]
async fn exits_are_open_before_during_and_after_a_migration() {
    let mut world = World::start().await;
    let mut kept = vec![everybody_can_leave(&mut world).await];

    world.migrate_page(1).await;
    kept.push(everybody_can_leave(&mut world).await);
    let paid = world.paid;
    claimed_in_full(&mut world, paid).await;

    world.migrate_page(0).await;
    kept.push(everybody_can_leave(&mut world).await);

    world.migrate_pool().await;
    kept.push(everybody_can_leave(&mut world).await);

    // What was requested from layouts of all ages is settled and paid.
    kept.extend([world.locked, world.open]);
    for ticket in kept {
        world.pool.know_ticket(&ticket.ticket);
        world.wait_until_settled(&ticket).await;
        claimed_in_full(&mut world, ticket).await;
    }
    let books = world.pool.books().await;
    assert!(books.tickets.is_empty());
    assert_eq!((books.pool.locked_lst, books.pool.open_lst), (0, 0));
    assert_eq!(books.pool.claims_lamports, 0);
}

#[tokio::test]
async fn a_ticket_of_before_is_cancelled_after() {
    let mut world = World::start().await;
    let (carol, open) = (world.carol.insecure_clone(), world.open);
    let lst = world.pool.ticket(&open.ticket).await.lst;
    let before = world.pool.lst_balance(&carol.pubkey()).await;
    world.migrate().await;
    world.pool.cancel(&carol, &open).await;
    assert_eq!(world.pool.lst_balance(&carol.pubkey()).await, before + lst);
}

#[tokio::test]
async fn a_batch_that_closes_on_an_old_pool_leaves_its_dust_to_all() {
    let mut world = World::start().await;
    let before = world.pool.prices().await;
    let batch = world.pool.batch(world.paid.batch_id).await;
    assert_eq!(batch.tickets, 1, "the last one");
    let paid = world.paid;
    claimed_in_full(&mut world, paid).await;
    assert!(world.pool.cluster.try_account(&paid.batch).await.is_none());
    let after = world.pool.prices().await;
    assert!(after.full >= before.full);
    assert_eq!((after.value, after.supply), (before.value, before.supply));
    world.migrate().await;
    assert_eq!(world.pool.prices().await, after);
}
