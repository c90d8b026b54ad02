//! Attacks on addresses of tickets and batches, and on messages that wait or are old.

use sluice::{SluiceError, state::PoolConfig};
use sluice_client::{TicketAccounts, UnstakeRequest, transfer_ticket};
use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::{SOL, assert_refused, cheap_pool, replace_account, staked_pool},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A message that waits for signatures: it may join any of the next batches.
async fn pending(pool: &mut Pool, user: &Keypair, lst: u64) -> UnstakeRequest {
    UnstakeRequest {
        later_batches: 8,
        ..pool.own_request(&user.pubkey(), lst).await
    }
}

#[tokio::test]
async fn w1_nobody_takes_the_address_that_a_pending_message_needs() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    let message = pending(&mut pool, &holder, SOL).await;
    let needed = pool.addresses.ticket(&holder.pubkey(), message.number);
    pool.cluster.fund(&needed, 3 * SOL).await;
    // The same number at the holder's address, signed by somebody else.
    let other = UnstakeRequest {
        number: message.number,
        ..pool.own_request(&mallory.pubkey(), 1).await
    };
    let own_address = pool.addresses.ticket(&mallory.pubkey(), message.number);
    pool.deposit(&mallory, SOL).await;
    let mut taken = pool.addresses.request_unstake(&other);
    replace_account(&mut taken, &own_address, needed);
    let refused = pool.send(&[taken], &[&mallory]).await;
    assert_refused(refused, SluiceError::WrongTicketAddress);

    // Dust tickets in the holder's name have addresses of their requester.
    let mut dust = Vec::new();
    for _ in 0..20 {
        let request = UnstakeRequest {
            owner: holder.pubkey(),
            ..pool.own_request(&mallory.pubkey(), 1).await
        };
        let sent = [pool.addresses.request_unstake(&request)];
        let sent = pool.must_send(&sent, &[&mallory]).await;
        dust.push(pool.made_by(&sent));
    }
    let sent = [pool.addresses.request_unstake(&message)];
    let sent = pool.must_send(&sent, &[&holder]).await;
    let ticket = pool.made_by(&sent);
    assert_eq!(ticket.ticket, needed);
    pool.pass_an_epoch().await;
    let rents = pool.cluster.lamports(&mallory.pubkey()).await;
    for dust in &dust {
        pool.claim(dust).await;
    }
    assert!(pool.cluster.lamports(&mallory.pubkey()).await > rents);
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn w2_nobody_blocks_the_address_of_a_batch_to_come() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    pool.deposit(&mallory, 2 * SOL).await;
    let message = pending(&mut pool, &holder, SOL).await;
    for later in 0..=8 {
        let address = pool.addresses.batch(message.batch + later);
        pool.cluster.fund(&address, SOL * (later + 1)).await;
    }
    // A batch is created in its turn alone, whatever a request names.
    let ahead = UnstakeRequest {
        batch: message.batch + 1,
        ..pool.own_request(&mallory.pubkey(), 1).await
    };
    let refused = [pool.addresses.request_unstake(&ahead)];
    let refused = pool.send(&refused, &[&mallory]).await;
    assert_refused(refused, SluiceError::WrongBatch);

    // Opened by a stranger, emptied again, locked and followed by one that a stranger opened.
    let dust = pool.request(&mallory, 1).await;
    pool.cancel(&mallory, &dust).await;
    assert_eq!(pool.batch(dust.batch_id).await.opener, mallory.pubkey());
    pool.request(&mallory, 1).await;
    pool.pass_an_epoch().await;
    let opening = pool.request(&mallory, 1).await;
    assert_eq!(opening.batch_id, message.batch + 1);
    let rent = pool.cluster.lamports(&opening.batch).await;
    let sent = [pool.addresses.request_unstake(&message)];
    let sent = pool.must_send(&sent, &[&holder]).await;
    let ticket = pool.made_by(&sent);
    assert_eq!(ticket.batch_id, opening.batch_id);
    pool.pass_an_epoch().await;
    pool.claim(&ticket).await;
    let before = pool.cluster.lamports(&mallory.pubkey()).await;
    pool.claim(&opening).await;
    let after = pool.cluster.lamports(&mallory.pubkey()).await;
    assert!(after >= before + rent, "who opened it gets its rent back");
}

#[tokio::test]
async fn w3_an_old_transfer_moves_no_later_ticket_of_the_same_address() {
    let (mut pool, alice, bob) = staked_pool().await;
    let request = pool.own_request(&alice.pubkey(), SOL).await;
    let make = |pool: &Pool, request: &UnstakeRequest| [pool.addresses.request_unstake(request)];
    let first = make(&pool, &request);
    let sent = pool.must_send(&first, &[&alice]).await;
    let ticket = pool.made_by(&sent);
    let old = [transfer_ticket(
        &ticket.of(&alice.pubkey()),
        bob.pubkey(),
        ticket.lst,
    )];
    pool.cancel(&alice, &ticket).await;

    // The same number again, for more.
    let more = UnstakeRequest {
        lst: 5 * SOL,
        ..request
    };
    let second = make(&pool, &more);
    pool.must_send(&second, &[&alice]).await;
    let refused = pool.send(&old, &[&alice]).await;
    assert_refused(refused, SluiceError::AnotherTicket);
    let ticket = TicketAddress {
        lst: 5 * SOL,
        ..ticket
    };
    pool.cancel(&alice, &ticket).await;

    // And for as much, in a later batch.
    pool.request(&bob, SOL).await;
    pool.pass_an_epoch().await;
    let later = UnstakeRequest {
        batch: request.batch + 1,
        ..request
    };
    let third = make(&pool, &later);
    pool.must_send(&third, &[&alice]).await;
    let refused = pool.send(&old, &[&alice]).await;
    assert_refused(refused, SluiceError::AnotherTicket);
    assert_eq!(pool.ticket(&ticket.ticket).await.owner, alice.pubkey());
}

/// Two pools with a ticket of Alice in the first batch of each, both settled.
async fn two_settled_pools() -> (Pool, Keypair, [TicketAddress; 2]) {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 500 * SOL).await;
    let mut tickets = Vec::new();
    for name in ["pool", "second"] {
        if name != "pool" {
            pool.found(name, PoolConfig::RECOMMENDED).await;
            pool.user("alice", 500 * SOL).await;
        }
        pool.deposit(&alice, 50 * SOL).await;
        tickets.push(pool.request(&alice, 3 * SOL).await);
    }
    pool.warp_to_window().await;
    pool.cluster.next_epoch().await;
    for name in ["pool", "second"] {
        pool.turn_to(name);
        pool.crank_epoch().await;
    }
    pool.turn_to("pool");
    let [ours, theirs] = tickets[..] else {
        panic!("two tickets")
    };
    assert_eq!(ours.batch_id, theirs.batch_id);
    (pool, alice, [ours, theirs])
}

#[tokio::test]
async fn w4_batch_and_ticket_of_another_pool_are_refused_together_and_each_alone() {
    let (mut pool, alice, [ours, theirs]) = two_settled_pools().await;
    let owner = alice.pubkey();
    let both = theirs.of(&owner);
    let ticket_alone = TicketAccounts {
        batch: ours.batch,
        ..both
    };
    let batch_alone = TicketAccounts {
        ticket: ours.ticket,
        ..both
    };
    let lst = pool.lst_account(&owner);
    for wrong in [both, ticket_alone, batch_alone] {
        let claim = pool.addresses.claim(&wrong, owner);
        let cancel = pool.addresses.cancel_ticket(&wrong, lst);
        for instruction in [claim, cancel] {
            let refused = pool.send(&[instruction], &[&alice]).await;
            assert_refused(refused, SluiceError::ForeignAccount);
        }
    }
    for wrong in [ticket_alone, batch_alone] {
        let transfer: Instruction = transfer_ticket(&wrong, owner, ours.lst);
        let refused = pool.send(&[transfer], &[&alice]).await;
        assert_refused(refused, SluiceError::AnotherTicket);
    }
    pool.claim(&ours).await;
    pool.turn_to("second");
    pool.claim(&theirs).await;
}
