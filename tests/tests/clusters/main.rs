//! Pools on clusters that are not as usual. A pool never wedges there, and never tells a wrong price: what
//! was asked for through the queue is paid.

mod features;
mod inflation;
mod minimum;
mod rent;
mod restarts;
mod skipped;
mod votes;
mod warm_up;

use sluice_tests::pool::{Pool, TicketAddress};

/// What the pool owns and owes, in lamports: only rewards and losses change it.
async fn owned_and_owed(pool: &mut Pool) -> u64 {
    pool.owned_lamports().await + pool.account().await.claims_lamports
}

/// Lives on without rewards until the ticket's batch is paid, and claims it: what was paid. Panics after so
/// many epochs.
async fn paid_within(pool: &mut Pool, ticket: &TicketAddress, epochs: u64) -> u64 {
    for _ in 0..epochs {
        if pool.batch(ticket.batch_id).await.is_settled() {
            break;
        }
        pool.pass_an_epoch().await;
    }
    let batch = pool.batch(ticket.batch_id).await;
    assert!(batch.is_settled(), "not within {epochs} epochs: {batch:?}");
    let owner = pool.ticket(&ticket.ticket).await.owner;
    let rents = pool.cluster.lamports(&ticket.ticket).await;
    let last = match batch.tickets {
        1 if batch.opener == owner => pool.cluster.lamports(&ticket.batch).await,
        _ => 0,
    };
    let before = pool.cluster.lamports(&owner).await;
    pool.claim(ticket).await;
    pool.cluster.lamports(&owner).await - before - rents - last
}
