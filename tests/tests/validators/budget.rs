//! At most one validator, or a tenth of the weights and of the stake, is ejected in an epoch.

use sluice::{
    SluiceError::{self, EjectionBudgetSpent},
    state::SlotState,
};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, empty_pool, empty_pool_with},
};
use solana_pubkey::Pubkey;

/// A pool whose validators have these weights, and all of them take too much.
async fn greedy_pool(weights: &[u16]) -> (Pool, Vec<Pubkey>) {
    let mut pool = empty_pool(weights).await;
    let mut votes = Vec::new();
    for number in 0..weights.len() {
        let vote = pool.vote(number as u64);
        pool.cluster.set_commission(&vote, 5_000).await;
        votes.push(vote);
    }
    (pool, votes)
}

#[tokio::test]
async fn one_validator_per_epoch_whatever_its_weight() {
    let (mut pool, votes) = greedy_pool(&[1, 60, 1, 1]).await;
    assert_eq!(
        pool.cluster.epoch().await,
        0,
        "also in the very first epoch"
    );
    pool.eject(&votes[1]).await;
    assert_refused(pool.try_eject(&votes[0]).await, EjectionBudgetSpent);
    pool.crank_next_epoch(CREDITS).await;
    pool.eject(&votes[0]).await;
    assert_refused(pool.try_eject(&votes[2]).await, EjectionBudgetSpent);
    assert_eq!(pool.slot_state(&votes[2]).await, SlotState::Active);
    assert_eq!(pool.account().await.total_weight, 2);
}

#[tokio::test]
async fn several_small_ones_up_to_a_tenth_of_the_weights() {
    let (mut pool, votes) = greedy_pool(&[1; 30]).await;
    for vote in &votes[..3] {
        pool.eject(vote).await;
    }
    assert_refused(pool.try_eject(&votes[3]).await, EjectionBudgetSpent);
    let account = pool.account().await;
    assert_eq!((account.ejected_weight, account.total_weight), (3, 27));
    // Of what is left, a tenth is two.
    pool.crank_next_epoch(CREDITS).await;
    for vote in &votes[3..5] {
        pool.eject(vote).await;
    }
    assert_refused(pool.try_eject(&votes[5]).await, EjectionBudgetSpent);
}

#[tokio::test]
async fn one_lamport_of_weight_above_a_tenth_is_too_much() {
    let (mut pool, votes) = greedy_pool(&[50, 50, 51, 849]).await;
    pool.eject(&votes[0]).await;
    assert_refused(pool.try_eject(&votes[2]).await, EjectionBudgetSpent);
    pool.eject(&votes[1]).await;
    assert_eq!(pool.account().await.ejected_weight, 100);
}

#[tokio::test]
async fn vanished_vote_accounts_are_outside_the_budget() {
    let (mut pool, votes) = greedy_pool(&[1, 5, 1, 1, 1]).await;
    for vote in [votes[1], votes[2]] {
        pool.cluster.remove_account(&vote).await;
    }
    pool.eject(&votes[1]).await;
    assert_eq!(
        pool.account().await.ejected_weight,
        0,
        "it spends nothing of it"
    );
    pool.eject(&votes[0]).await;
    assert_refused(pool.try_eject(&votes[3]).await, EjectionBudgetSpent);
    pool.eject(&votes[2]).await;
    assert_eq!(pool.account().await.ejected_weight, 1);
}

#[tokio::test]
async fn validators_without_weight_spend_nothing_of_the_budget() {
    let (mut pool, votes) = greedy_pool(&[0, 0, 8, 0, 2]).await;
    pool.eject(&votes[0]).await;
    pool.eject(&votes[1]).await;
    pool.eject(&votes[2]).await;
    assert_refused(pool.try_eject(&votes[4]).await, EjectionBudgetSpent);
    // A spent budget holds for them too: they may still have stake.
    assert_refused(pool.try_eject(&votes[3]).await, EjectionBudgetSpent);
}

#[tokio::test]
async fn a_breach_of_one_that_drains_already_spends_nothing() {
    let (mut pool, votes) = greedy_pool(&[1; 10]).await;
    pool.eject(&votes[0]).await;
    pool.crank_next_epoch(CREDITS).await;
    pool.eject(&votes[0]).await;
    assert_eq!(pool.account().await.total_weight, 9);
    pool.eject(&votes[1]).await;
    let due = pool.slot_of(&votes[0]).await.due_epoch;
    assert_eq!(
        due,
        pool.slot_of(&votes[1]).await.due_epoch,
        "both start anew"
    );
}

#[tokio::test]
async fn all_can_go_in_the_end_and_the_pool_goes_on() {
    let (mut pool, votes) = greedy_pool(&[1, 2, 3]).await;
    for vote in &votes {
        pool.eject(vote).await;
        pool.crank_next_epoch(CREDITS).await;
    }
    let account = pool.account().await;
    assert_eq!((account.total_weight, account.spread_weight), (0, 0));
    let alice = pool.user("alice", 1_000_000_000_000).await;
    pool.deposit(&alice, 500_000_000_000).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    let again = pool.try_eject(&votes[0]).await;
    again.expect("while the breach lasts");
    let good = pool.add_validators(&[(0, 1)]).await[0];
    pool.crank_window().await;
    assert!(pool.delegated(&good).await > 490_000_000_000);
    assert_refused(pool.try_eject(&good).await, SluiceError::NoBreach);
}

/// Who has no weight may still have stake. Ten validators of a hundred SOL, nine of which had just lost
/// their weight, were all ejected in one epoch: 990 of 1,000 SOL left their validators in one window.
#[tokio::test]
async fn ejections_of_an_epoch_take_at_most_one_validators_stake_or_a_tenth_of_all() {
    let mut pool = empty_pool_with(&[1; 10], |config| {
        config.share_cap_bps = 2_000;
        config.movement_cap_bps = 1_000;
        config.reserve_target_bps = 0;
    })
    .await;
    let alice = pool.user("alice", 2_000 * SOL).await;
    pool.deposit(&alice, 1_000 * SOL).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    for number in 1..10 {
        let vote = pool.vote(number);
        pool.set_weight(&vote, 0).await;
    }
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    let mut ejected = 0;
    for number in 0..10 {
        let vote = pool.vote(number);
        pool.cluster.set_commission(&vote, 2_000).await;
        match pool.try_eject(&vote).await {
            Ok(_) => ejected += 1,
            refused => assert_refused(refused, EjectionBudgetSpent),
        }
    }
    assert_eq!(ejected, 1);
    let booked = pool.account().await.ejected_lamports;
    let before: u64 = pool.delegations().await.iter().sum();
    pool.crank_window().await;
    let after: u64 = pool.delegations().await.iter().sum();
    // The ejected one's, and the movement cap for those that lost their weight.
    let capped = before / 10;
    assert!(before - after <= booked + capped, "{before} -> {after}");
}
