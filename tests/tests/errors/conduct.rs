//! Validators that are not ejected, or not taken back.

use sluice_tests::pool::Pool;
use solana_pubkey::Pubkey;

use super::Outcome;

async fn pool_of_three() -> Pool {
    let validators = [(0, 1), (0, 1), (0, 1)];
    Pool::builder().validators(&validators).start().await
}

/// Raises the validator's commission above the pool's maximum.
async fn grow_greedy(pool: &mut Pool, number: u64) -> Pubkey {
    let vote = pool.vote(number);
    pool.cluster.set_commission(&vote, 2_000).await;
    vote
}

pub async fn a_validator_that_keeps_the_rules_is_not_ejected() -> Outcome {
    let mut pool = pool_of_three().await;
    let vote = pool.vote(0);
    pool.try_eject(&vote).await
}

pub async fn a_second_validator_is_not_ejected_in_the_same_epoch() -> Outcome {
    let mut pool = pool_of_three().await;
    let first = grow_greedy(&mut pool, 0).await;
    let second = grow_greedy(&mut pool, 1).await;
    pool.eject(&first).await;
    pool.try_eject(&second).await
}

pub async fn a_validator_that_was_not_observed_is_no_reference() -> Outcome {
    let mut pool = pool_of_three().await;
    let (vote, reference) = (pool.vote(0), pool.vote(1));
    pool.cluster.next_epoch().await;
    pool.try_eject_beside(&vote, &reference).await
}

pub async fn an_ejected_validator_is_not_taken_back_at_once() -> Outcome {
    let mut pool = pool_of_three().await;
    let vote = grow_greedy(&mut pool, 0).await;
    pool.eject(&vote).await;
    pool.cluster.set_commission(&vote, 0).await;
    pool.try_set_weight(&vote, 1).await
}

pub async fn the_slot_of_an_ejected_validator_is_not_closed_before_it_may_come_back() -> Outcome {
    let mut pool = pool_of_three().await;
    let vote = pool.vote(0);
    pool.cluster.remove_account(&vote).await;
    pool.eject(&vote).await;
    pool.try_close(&vote).await
}
