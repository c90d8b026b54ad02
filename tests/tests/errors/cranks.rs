//! Cranks and the queue, too early or with the wrong accounts.

use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool};

use super::{Outcome, gates::change_pool, staked_pool};

pub async fn a_locked_ticket_cannot_be_cancelled() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    let ticket = pool.request(&alice, SOL).await;
    pool.warp_to_window().await;
    pool.try_cancel(&alice, &ticket).await
}

pub async fn a_batch_is_not_settled_in_the_epoch_in_which_it_locks() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    pool.request(&alice, SOL).await;
    pool.warp_to_window().await;
    pool.try_settle_head().await
}

pub async fn an_unsettled_ticket_has_nothing_to_claim() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    let ticket = pool.request(&alice, SOL).await;
    pool.try_claim(&ticket).await
}

pub async fn observing_a_wrong_stake_account_is_refused() -> Outcome {
    let (mut pool, _) = staked_pool().await;
    pool.cluster.next_epoch().await;
    let places = pool.places().await;
    let observe = pool.addresses.observe(0, 0, 1, &[places[1].main]);
    pool.send(&[observe], &[]).await
}

pub async fn finalize_wants_every_page() -> Outcome {
    let (mut pool, _) = staked_pool().await;
    pool.cluster.next_epoch().await;
    pool.observe_all().await;
    pool.send(&[pool.addresses.finalize_epoch(0)], &[]).await
}

pub async fn finalize_wants_every_validator_observed() -> Outcome {
    let (mut pool, _) = staked_pool().await;
    pool.cluster.next_epoch().await;
    pool.observe(0, 0, 1).await;
    pool.try_finalize().await
}

pub async fn nothing_is_delegated_before_the_window() -> Outcome {
    let (mut pool, _) = staked_pool().await;
    let vote = pool.vote(0);
    pool.try_delegate(&vote).await
}

pub async fn a_slot_with_a_reset_stake_account_cannot_be_closed() -> Outcome {
    let mut pool = Pool::builder().validators(&[(0, 0)]).start().await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    let main = pool.slot_of(&vote).await.main;
    pool.cluster
        .change_account(&main, |account| account.data.fill(0))
        .await;
    pool.try_close(&vote).await
}

/// No instruction can make such a pool.
pub async fn a_reserve_that_holds_less_than_booked_stops_everything() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    change_pool(&mut pool, |account| account.reserve_lamports += SOL).await;
    pool.try_deposit(&alice, SOL).await
}
