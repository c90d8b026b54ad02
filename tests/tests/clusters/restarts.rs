//! A cluster that starts again from a state which others have chosen: stake accounts can be as they never were.

use sluice::state::StakeAccountKind::{self, Main, Transient};
use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::{SOL, delegated_pool},
};
use solana_keypair::Keypair;
use solana_stake_interface::state::StakeStateV2;

use crate::{owned_and_owed, paid_within};

/// 60 SOL with two validators, 8 SOL more activating and 9 SOL deactivating for a ticket that is locked.
async fn moving_pool() -> (Pool, Keypair, TicketAddress) {
    let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    let ticket = pool.request(&alice, 9 * SOL).await;
    pool.crank_window().await;
    pool.deposit(&alice, 8 * SOL).await;
    pool.crank_window().await;
    (pool, alice, ticket)
}

/// Both accounts of both validators.
const ALL: [(u64, StakeAccountKind); 4] = [(0, Main), (0, Transient), (1, Main), (1, Transient)];

/// Everything is staked again, at the same price, and both tickets are paid.
async fn assert_recovers(mut pool: Pool, alice: Keypair, ticket: TicketAddress, before: u64) {
    let late = pool.request(&alice, 5 * SOL).await;
    for _ in 0..4 {
        pool.pass_an_epoch().await;
        assert_eq!(owned_and_owed(&mut pool).await, before);
    }
    assert_eq!(paid_within(&mut pool, &ticket, 0).await, 9 * SOL);
    assert_eq!(paid_within(&mut pool, &late, 2).await, 5 * SOL);
    let (has, targets) = (pool.delegations().await, pool.targets().await);
    for (has, target) in has.iter().zip(&targets) {
        assert!(has.abs_diff(*target) <= SOL, "{has} for {target}");
    }
}

/// As a restart leaves delegations to validators that it takes the stake of.
#[tokio::test]
async fn all_delegations_of_a_pool_undone_at_once_are_made_anew_and_every_ticket_is_paid() {
    let (mut pool, alice, ticket) = moving_pool().await;
    let before = owned_and_owed(&mut pool).await;
    for (number, kind) in ALL {
        let vote = pool.vote(number);
        pool.reset_to_initialized(&vote, kind).await;
    }
    pool.next_epoch_with_rewards(0).await;
    pool.crank_epoch().await;
    assert_recovers(pool, alice, ticket, before).await;
}

#[tokio::test]
async fn all_stake_of_a_pool_deactivated_at_once_is_activated_again_and_every_ticket_is_paid() {
    let (mut pool, alice, ticket) = moving_pool().await;
    let before = owned_and_owed(&mut pool).await;
    let epoch = pool.cluster.epoch().await;
    for (number, kind) in ALL {
        let vote = pool.vote(number);
        let stake = pool.slot_of(&vote).await.address(kind);
        let deactivate = |state: &mut StakeStateV2| {
            if let StakeStateV2::Stake(_, stake, _) = state {
                stake.delegation.deactivation_epoch = epoch;
            }
        };
        pool.cluster.change_stake(&stake, deactivate).await;
    }
    pool.next_epoch_with_rewards(0).await;
    pool.crank_epoch().await;
    assert_recovers(pool, alice, ticket, before).await;
}

/// The vote accounts that stake is delegated to are gone: nobody votes, and nothing is delegated any more.
#[tokio::test]
async fn vote_accounts_that_are_gone_hold_up_no_exit() {
    let (mut pool, alice, ticket) = moving_pool().await;
    let before = owned_and_owed(&mut pool).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.cluster.remove_account(&vote).await;
    }
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    let late = pool.request(&alice, 5 * SOL).await;
    for _ in 0..2 {
        pool.warp_to_window().await;
        pool.crank_epoch().await;
        pool.cluster.next_epoch().await;
        pool.crank_epoch().await;
    }
    assert_eq!(owned_and_owed(&mut pool).await, before);
    assert_eq!(paid_within(&mut pool, &ticket, 0).await, 9 * SOL);
    assert_eq!(paid_within(&mut pool, &late, 0).await, 5 * SOL);
}
