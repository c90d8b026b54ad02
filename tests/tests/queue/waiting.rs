//! Requests whose messages wait for signatures.

use anchor_lang::error::ErrorCode;
use sluice::{
    SluiceError,
    state::{MAX_BATCH_CANDIDATES, PoolConfig},
};
use sluice_client::UnstakeRequest;
use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::{SOL, assert_refused, staked_pool},
};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Epochs that a message can wait at most.
const MOST_EPOCHS: u64 = MAX_BATCH_CANDIDATES as u64 - 1;

/// A request that names as many batches as it can, with a number of the client's choice.
async fn sign(pool: &mut Pool, user: &Keypair, number: usize, lst: u64) -> UnstakeRequest {
    let epoch = pool.cluster.clock().await.epoch;
    let mut numbers = pool.addresses.ticket_numbers(user.pubkey(), epoch);
    UnstakeRequest {
        number: numbers.nth(number).expect("an epoch has many").value,
        later_batches: MOST_EPOCHS,
        ..pool.own_request(&user.pubkey(), lst).await
    }
}

async fn execute(pool: &mut Pool, request: &UnstakeRequest, user: &Keypair) -> TicketAddress {
    let instruction = pool.addresses.request_unstake(request);
    let sent = pool.must_send(&[instruction], &[user]).await;
    pool.made_by(&sent)
}

#[tokio::test]
async fn a_message_signed_in_one_epoch_executes_in_the_next_eight_and_is_paid() {
    let (mut pool, alice, bob) = staked_pool().await;
    let mut signed = Vec::new();
    for number in 0..MOST_EPOCHS {
        let lst = SOL + number;
        signed.push(sign(&mut pool, &alice, number as usize, lst).await);
    }
    let mut tickets = Vec::new();
    for request in &signed {
        // Somebody leaves in every epoch, so that a batch locks in each.
        tickets.push(pool.request(&bob, SOL).await);
        pool.pass_an_epoch().await;
        tickets.push(execute(&mut pool, request, &alice).await);
    }
    let batches: Vec<u64> = tickets.iter().map(|ticket| ticket.batch_id).collect();
    let first = signed[0].batch;
    assert_eq!(batches.last(), Some(&(first + MOST_EPOCHS)));
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    for (ticket, request) in tickets.iter().skip(1).step_by(2).zip(&signed) {
        let before = pool.cluster.lamports(&alice.pubkey()).await;
        let rent = pool.cluster.lamports(&ticket.ticket).await;
        let claim = pool.claim_instruction(ticket).await;
        pool.must_send(&[claim], &[]).await;
        let after = pool.cluster.lamports(&alice.pubkey()).await;
        assert!(
            after - before >= request.lst + rent,
            "no rewards, no losses"
        );
    }
}

#[tokio::test]
async fn a_message_that_waited_for_too_long_changes_nothing() {
    let (mut pool, alice, bob) = staked_pool().await;
    let request = sign(&mut pool, &alice, 0, SOL).await;
    for _ in 0..MOST_EPOCHS {
        pool.request(&bob, SOL).await;
        pool.pass_an_epoch().await;
    }
    pool.request(&bob, SOL).await;
    pool.warp_to_window().await;
    let before = pool.lst_balance(&alice.pubkey()).await;
    let instruction = pool.addresses.request_unstake(&request);
    let late = pool
        .send(std::slice::from_ref(&instruction), &[&alice])
        .await;
    assert_refused(late, SluiceError::WrongBatch);
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, before);
    // One more batch is named, but not looked at.
    let tenth = AccountMeta::new(pool.addresses.batch(request.batch + MOST_EPOCHS + 1), false);
    let mut with_tenth = instruction;
    with_tenth.accounts.push(tenth);
    let refused = pool.send(&[with_tenth], &[&alice]).await;
    assert_refused(refused, SluiceError::WrongBatch);
}

#[tokio::test]
async fn a_message_makes_one_ticket_in_whichever_batch_it_is_repeated() {
    let (mut pool, alice, bob) = staked_pool().await;
    let request = sign(&mut pool, &alice, 0, SOL).await;
    let ticket = execute(&mut pool, &request, &alice).await;
    let before = pool.lst_balance(&alice.pubkey()).await;
    let again = [pool.addresses.request_unstake(&request)];
    let refused = pool.send(&again, &[&alice]).await;
    assert_refused(refused, SluiceError::TicketNumberTaken);
    pool.warp_to_window().await;
    pool.request(&bob, SOL).await;
    let refused = pool.send(&again, &[&alice]).await;
    assert_refused(refused, SluiceError::TicketNumberTaken);
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, before);
    assert_eq!(pool.ticket(&ticket.ticket).await.batch, ticket.batch_id);
}

#[tokio::test]
async fn two_proposals_of_one_vault_in_one_epoch_both_execute_in_either_order() {
    let (mut pool, alice, bob) = staked_pool().await;
    let first = sign(&mut pool, &alice, 0, SOL).await;
    let second = sign(&mut pool, &alice, 1, 2 * SOL).await;
    pool.request(&bob, SOL).await;
    pool.pass_an_epoch().await;
    let later = execute(&mut pool, &second, &alice).await;
    let earlier = execute(&mut pool, &first, &alice).await;
    assert_ne!(later.ticket, earlier.ticket);
    assert_eq!(pool.batch(later.batch_id).await.lst, 3 * SOL);
}

#[tokio::test]
async fn a_missing_batch_is_created_wherever_it_stands_among_the_candidates() {
    let (mut pool, alice, bob) = staked_pool().await;
    pool.request(&bob, SOL).await;
    let request = sign(&mut pool, &alice, 0, SOL).await;
    pool.warp_to_window().await;
    let open = pool.open_batch_id().await;
    assert_eq!(open, request.batch + 1, "the second candidate");
    let address = pool.addresses.batch(open);
    assert!(pool.cluster.try_account(&address).await.is_none());
    let ticket = execute(&mut pool, &request, &alice).await;
    assert_eq!((ticket.batch_id, ticket.batch), (open, address));
    assert_eq!(pool.batch(open).await.opener, alice.pubkey());
}

/// An instruction with this account as the first candidate, and the open batch behind it.
async fn with_candidate(pool: &mut Pool, user: &Keypair, candidate: AccountMeta) -> Instruction {
    let request = pool.own_request(&user.pubkey(), SOL).await;
    let mut instruction = pool.addresses.request_unstake(&request);
    let open = pool.addresses.batch(request.batch);
    let named = instruction.accounts.iter_mut();
    let mut named = named.filter(|meta| meta.pubkey == open);
    *named.next().expect("the named batch") = candidate;
    instruction.accounts.push(AccountMeta::new(open, false));
    instruction
}

#[tokio::test]
async fn a_candidate_is_a_batch_of_the_pool_or_nothing_yet() {
    let (mut pool, alice, bob) = staked_pool().await;
    pool.request(&bob, SOL).await;
    let ours = pool.addresses;
    pool.found("second", PoolConfig::RECOMMENDED).await;
    let carol = pool.user("carol", 100 * SOL).await;
    pool.deposit(&carol, 50 * SOL).await;
    let foreign = pool.request(&carol, SOL).await;
    pool.turn_to("pool");
    assert_eq!(pool.addresses, ours);

    let of_another_pool = AccountMeta::new(foreign.batch, false);
    let instruction = with_candidate(&mut pool, &alice, of_another_pool).await;
    let refused = pool.send(&[instruction], &[&alice]).await;
    assert_refused(refused, SluiceError::ForeignAccount);

    let page = AccountMeta::new(ours.page(0), false);
    let instruction = with_candidate(&mut pool, &alice, page).await;
    let failure = pool.send(&[instruction], &[&alice]).await.unwrap_err();
    let no_batch = ErrorCode::AccountDiscriminatorMismatch;
    assert_eq!(failure.custom_code, Some(no_batch.into()), "{failure}");

    let nothing_yet = AccountMeta::new(ours.batch(99), false);
    let instruction = with_candidate(&mut pool, &alice, nothing_yet).await;
    pool.must_send(&[instruction], &[&alice]).await;
}

#[tokio::test]
async fn the_open_batch_must_be_writable_among_the_other_candidates_too() {
    let (mut pool, alice, bob) = staked_pool().await;
    pool.request(&bob, SOL).await;
    let nothing_yet = AccountMeta::new(pool.addresses.batch(99), false);
    let mut instruction = with_candidate(&mut pool, &alice, nothing_yet).await;
    let last = instruction.accounts.last_mut().expect("the open batch");
    last.is_writable = false;
    let failure = pool.send(&[instruction], &[&alice]).await.unwrap_err();
    let read_only = ErrorCode::AccountNotMutable;
    assert_eq!(failure.custom_code, Some(read_only.into()), "{failure}");
}
