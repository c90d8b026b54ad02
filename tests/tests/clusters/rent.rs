//! Rent changes between what belongs together.

use sluice_tests::{
    pool::Pool,
    scenario::{SOL, delegated_pool},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::paid_within;

async fn rents(pool: &mut Pool, ticket: &Pubkey, batch: &Pubkey) -> [u64; 2] {
    [
        pool.cluster.lamports(ticket).await,
        pool.cluster.lamports(batch).await,
    ]
}

/// Tickets and batches keep the rent that they were made with, and give it back to the lamport, whatever
/// rent is by then: also where one batch has tickets of two rents.
#[tokio::test]
async fn tickets_and_batches_give_back_what_they_were_made_with_whatever_rent_is_by_then() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    let bob = pool.cluster.funded("bob", 2 * SOL).await;
    for (lamports_per_byte, then) in [(696, 6_960), (2_575, 1_322)] {
        pool.cluster.schedule_rent(lamports_per_byte).await;
        pool.pass_an_epoch().await;
        // In the window: the batch is open until that of the next epoch.
        pool.warp_to_window().await;
        let early = pool.request(&alice, 3 * SOL).await;
        let made = rents(&mut pool, &early.ticket, &early.batch).await;
        pool.cluster.schedule_rent(then).await;
        pool.crank_next_epoch(0).await;
        let late = pool.request(&alice, 2 * SOL).await;
        assert_eq!(late.batch_id, early.batch_id);
        let other = pool.cluster.lamports(&late.ticket).await;
        assert_ne!(other, made[0], "rent has changed");
        assert_eq!(rents(&mut pool, &early.ticket, &early.batch).await, made);
        pool.transfer(&alice, &early, &bob.pubkey()).await;
        let owner = pool.ticket(&early.ticket).await.owner;
        assert_eq!(owner, bob.pubkey());
        let before = pool.cluster.lamports(&alice.pubkey()).await;
        let settled = settle(&mut pool, early.batch_id).await;
        assert_eq!(settled, 5 * SOL);
        pool.claim(&early).await;
        pool.claim(&late).await;
        let after = pool.cluster.lamports(&alice.pubkey()).await;
        // Her own ticket's lamports, and the rents of both tickets and the batch.
        assert_eq!(after - before, 2 * SOL + made[0] + made[1] + other);
    }
}

async fn settle(pool: &mut Pool, batch: u64) -> u64 {
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    pool.batch(batch).await.paid_lamports
}

/// A validator that joins after a rise of rent beside one from before, and leaves after a fall.
#[tokio::test]
async fn validators_join_and_leave_at_any_rent_and_their_curator_gets_back_what_is_there() {
    let (mut pool, alice) = delegated_pool(&[1], 60 * SOL).await;
    pool.cluster.schedule_rent(696).await;
    pool.pass_an_epoch().await;
    let cheap = pool.add_validators(&[(0, 1)]).await[0];
    pool.cluster.schedule_rent(6_960).await;
    pool.pass_an_epoch().await;
    let dear = pool.add_validators(&[(0, 1)]).await[0];
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    pool.cluster.schedule_rent(1_322).await;
    pool.pass_an_epoch().await;
    for vote in [&cheap, &dear] {
        pool.retire(vote).await;
    }
    for _ in 0..4 {
        pool.pass_an_epoch().await;
    }
    for vote in [&cheap, &dear] {
        pool.close(vote).await;
    }
    pool.pass_an_epoch().await;
    leave(&mut pool, &alice).await;
}

async fn leave(pool: &mut Pool, alice: &Keypair) {
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    let ticket = pool.request(alice, lst).await;
    assert!(paid_within(pool, &ticket, 5).await >= lst);
}
