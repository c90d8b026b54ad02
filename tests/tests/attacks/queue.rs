//! Attacks through the queue.

use sluice::SluiceError;
use sluice_tests::scenario::{SOL, assert_refused, cheap_pool};
use solana_signer::Signer;

#[tokio::test]
async fn open_batches_are_no_free_instant_exit() {
    let (mut pool, _holder, mallory) = cheap_pool(0).await;
    pool.deposit(&mallory, 50 * SOL).await;
    for in_window in [false, true] {
        if in_window {
            pool.warp_to_window().await;
        }
        let ticket = pool.request(&mallory, 10 * SOL).await;
        let settle = pool.addresses.settle_batch(ticket.batch_id);
        assert_refused(pool.send(&[settle], &[]).await, SluiceError::BatchNotDue);
        let claimed = pool.try_claim(&ticket).await;
        assert_refused(claimed, SluiceError::NothingToClaim);
    }
}

#[tokio::test]
async fn open_tickets_are_no_free_way_to_unstake_the_pool() {
    let (mut pool, _holder, mallory) = cheap_pool(0).await;
    pool.deposit(&mallory, 400 * SOL).await;
    pool.pass_an_epoch().await;
    for _ in 0..3 {
        pool.warp_to_window().await;
        // Locks in the next epoch's window only, and is gone by then.
        let ticket = pool.request(&mallory, 400 * SOL).await;
        pool.crank_epoch().await;
        assert_eq!(pool.account().await.deactivating_lamports, 0);
        pool.crank_next_epoch(0).await;
        pool.cancel(&mallory, &ticket).await;
    }
}

#[tokio::test]
async fn one_giant_or_one_slow_validator_holds_nobody_up() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    pool.deposit(&mallory, 400 * SOL).await;
    pool.pass_an_epoch().await;
    let small = pool.request(&holder, 40 * SOL).await;
    pool.request(&mallory, 380 * SOL).await;
    pool.warp_to_window().await;
    let fast = pool.vote(0);
    // Nobody cranks the other validator.
    pool.undelegate(&fast).await;
    pool.crank_next_epoch(0).await;
    let before = pool.wallet(&holder).await;
    pool.claim(&small).await;
    let first = pool.wallet(&holder).await - before;
    assert!(first > 15 * SOL, "a part of all is a part of each: {first}");
    pool.pass_an_epoch().await;
    pool.claim(&small).await;
}

#[tokio::test]
async fn row_26_exits_go_on_when_the_keepers_were_away() {
    let (mut pool, holder, _mallory) = cheap_pool(0).await;
    let ticket = pool.request(&holder, 300 * SOL).await;
    for _ in 0..4 {
        pool.cluster.next_epoch().await;
    }
    // The holder turns the cranks herself.
    pool.crank_epoch().await;
    pool.pass_an_epoch().await;
    pool.claim(&ticket).await;
    assert!(pool.cluster.try_account(&ticket.ticket).await.is_none());
}

#[tokio::test]
async fn row_27_many_dust_batches_are_settled_one_per_epoch_and_hold_nobody_up() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    pool.deposit(&mallory, SOL).await;
    let mut tickets = Vec::new();
    for _ in 0..5 {
        for _ in 0..3 {
            tickets.push(pool.request(&mallory, 1).await);
        }
        pool.cluster.next_epoch().await;
    }
    let account = pool.account().await;
    assert!(account.open_batch <= 5, "one batch locks per epoch");
    let ticket = pool.request(&holder, 100 * SOL).await;
    pool.crank_epoch().await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    for dust in tickets {
        pool.claim(&dust).await;
    }
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn row_32_nobody_claims_or_cancels_in_anothers_name() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    let ticket = pool.request(&holder, SOL).await;
    let to_mallory = pool.lst_account(&mallory.pubkey());
    let as_mallory = ticket.of(&mallory.pubkey());
    let cancel = pool.addresses.cancel_ticket(&as_mallory, to_mallory);
    let refused = pool.send(&[cancel], &[&mallory]).await;
    assert_refused(refused, SluiceError::NotTicketOwner);
    let as_holder = ticket.of(&holder.pubkey());
    let mut unsigned = pool.addresses.cancel_ticket(&as_holder, to_mallory);
    for account in &mut unsigned.accounts {
        account.is_signer = false;
    }
    pool.send(&[unsigned], &[])
        .await
        .expect_err("the owner must sign");
    pool.cancel(&holder, &ticket).await;
}
