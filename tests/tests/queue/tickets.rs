//! Cancelling, transferring and claiming.

use sluice::SluiceError;
use sluice_client::TicketAccounts;
use sluice_tests::scenario::{SOL, assert_refused, staked_pool};
use solana_signer::Signer;

#[tokio::test]
async fn a_cancelled_ticket_gives_back_lst_and_rent_to_the_unit() {
    let (mut pool, alice, bob) = staked_pool().await;
    let keeps_it_open = pool.request(&bob, SOL).await;
    let lamports = pool.cluster.lamports(&alice.pubkey()).await;
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let ticket = pool.request(&alice, 7 * SOL + 1).await;
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, lst - 7 * SOL - 1);
    pool.cancel(&alice, &ticket).await;
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, lst);
    assert_eq!(pool.cluster.lamports(&alice.pubkey()).await, lamports);
    assert_eq!(pool.account().await.open_lst, SOL);
    let batch = pool.batch(keeps_it_open.batch_id).await;
    assert_eq!((batch.lst, batch.tickets), (SOL, 1));
    assert!(batch.lock_slot > 0, "the other ticket's lock stays");
}

#[tokio::test]
async fn a_ticket_belongs_to_its_new_owner_after_a_transfer() {
    let (mut pool, alice, bob) = staked_pool().await;
    let ticket = pool.request(&alice, 5 * SOL).await;
    let refused = pool.try_transfer(&bob, &ticket, &bob.pubkey()).await;
    assert_refused(refused, SluiceError::NotTicketOwner);
    pool.transfer(&alice, &ticket, &bob.pubkey()).await;
    for attempt in [
        pool.try_cancel(&alice, &ticket).await,
        pool.try_transfer(&alice, &ticket, &alice.pubkey()).await,
    ] {
        assert_refused(attempt, SluiceError::NotTicketOwner);
    }
    let lst = pool.lst_balance(&bob.pubkey()).await;
    pool.cancel(&bob, &ticket).await;
    assert_eq!(pool.lst_balance(&bob.pubkey()).await, lst + 5 * SOL);
}

#[tokio::test]
async fn a_claim_pays_the_present_owner_whoever_calls_and_only_once() {
    let (mut pool, alice, bob) = staked_pool().await;
    let ticket = pool.request(&alice, 5 * SOL).await;
    pool.crank_window().await;
    pool.transfer(&alice, &ticket, &bob.pubkey()).await;
    let early = pool.try_claim(&ticket).await;
    assert_refused(early, SluiceError::NothingToClaim);
    pool.crank_next_epoch(0).await;
    let before = (
        pool.cluster.lamports(&alice.pubkey()).await,
        pool.cluster.lamports(&bob.pubkey()).await,
    );
    let claim = pool.claim_instruction(&ticket).await;
    let rents = [
        pool.cluster.lamports(&ticket.ticket).await,
        pool.cluster.lamports(&ticket.batch).await,
    ];
    pool.must_send(std::slice::from_ref(&claim), &[]).await;
    let after = (
        pool.cluster.lamports(&alice.pubkey()).await,
        pool.cluster.lamports(&bob.pubkey()).await,
    );
    assert_eq!(after.1 - before.1, 5 * SOL);
    let paid_by_alice = rents[0] + rents[1];
    assert_eq!(after.0 - before.0, paid_by_alice, "ticket and batch");
    pool.send(&[claim], &[]).await.expect_err("it is gone");
}

#[tokio::test]
async fn a_claim_to_somebody_else_is_refused() {
    let (mut pool, alice, bob) = staked_pool().await;
    let ticket = pool.request(&alice, 5 * SOL).await;
    pool.pass_an_epoch().await;
    let opener = pool.batch(ticket.batch_id).await.opener;
    let to_bob = pool.addresses.claim(&ticket.of(&bob.pubkey()), opener);
    let refused = pool.send(&[to_bob], &[&bob]).await;
    assert_refused(refused, SluiceError::NotTicketOwner);
    let of_alice = ticket.of(&alice.pubkey());
    let batch_rent_to_bob = pool.addresses.claim(&of_alice, bob.pubkey());
    let ticket_rent_to_bob = TicketAccounts {
        payer: bob.pubkey(),
        ..of_alice
    };
    let ticket_rent_to_bob = pool.addresses.claim(&ticket_rent_to_bob, opener);
    for rent_to_bob in [batch_rent_to_bob, ticket_rent_to_bob] {
        let refused = pool.send(&[rent_to_bob], &[&bob]).await;
        assert_refused(refused, SluiceError::ForeignAccount);
    }
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn a_ticket_cannot_go_to_an_account_that_could_never_be_paid() {
    let (mut pool, alice, _bob) = staked_pool().await;
    let ticket = pool.request(&alice, SOL).await;
    let pool_address = pool.addresses.pool;
    let refused = pool.try_transfer(&alice, &ticket, &pool_address).await;
    assert_refused(refused, SluiceError::OwnerUnpayable);
}

#[tokio::test]
async fn a_ticket_of_an_owner_without_lamports_is_paid_too() {
    let (mut pool, alice, _bob) = staked_pool().await;
    let ticket = pool.request(&alice, 5).await;
    let nobody = pool.cluster.address("nobody");
    pool.transfer(&alice, &ticket, &nobody).await;
    pool.pass_an_epoch().await;
    let wallet_rent = pool.cluster.rent_exempt_lamports(0).await;
    pool.claim(&ticket).await;
    assert_eq!(pool.cluster.lamports(&nobody).await, wallet_rent);
}

#[tokio::test]
async fn a_hundred_tickets_of_a_batch_share_what_it_was_paid() {
    let (mut pool, alice, bob) = staked_pool().await;
    let mut tickets = Vec::new();
    for number in 0..100 {
        let owner = if number % 3 == 0 { &alice } else { &bob };
        tickets.push(pool.request(owner, SOL / 7 + number).await);
    }
    pool.pass_an_epoch().await;
    let batch = pool.batch(0).await;
    assert!(batch.is_settled());
    for ticket in tickets.iter().rev() {
        pool.claim(ticket).await;
    }
    let account = pool.account().await;
    assert_eq!(account.claims_lamports, 0);
    assert!(
        account.pending_lamports < 100,
        "{}",
        account.pending_lamports
    );
}
