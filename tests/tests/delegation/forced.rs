//! Strangers deactivate the pool's stake.

use sluice::state::{
    Breach,
    StakeAccountKind::{Main, Transient},
};
use sluice_tests::{
    pool::Pool,
    scenario::{SOL, breach, delegated_pool, empty_pool},
};
use solana_stake_interface::instruction::deactivate_delinquent_stake;

/// The pool owns what it owned, and a few epochs later it is all staked by target again.
async fn assert_recovers(pool: &mut Pool, owned: u64) {
    for _ in 0..3 {
        pool.pass_an_epoch().await;
        assert_eq!(pool.owned_lamports().await, owned);
    }
    let (has, targets) = (pool.delegations().await, pool.targets().await);
    for (has, target) in has.iter().zip(&targets) {
        assert!(has.abs_diff(*target) <= SOL, "{has} for {target}");
    }
}

#[tokio::test]
async fn main_deactivated_by_a_stranger_comes_back_and_is_delegated_again() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    let (vote, owned) = (pool.vote(0), pool.owned_lamports().await);
    let full = pool.prices().await.full;
    pool.deactivate_by_force(&vote, Main).await;
    pool.pass_an_epoch().await;
    assert_eq!(pool.prices().await.full, full);
    let slot = pool.slot_of(&vote).await;
    assert!(slot.main_lamports <= slot.rent_lamports.into(), "collected");
    assert_recovers(&mut pool, owned).await;
}

#[tokio::test]
async fn a_transient_deactivated_while_it_activates_comes_back_and_is_delegated_again() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    pool.deposit(&alice, 8 * SOL).await;
    pool.crank_window().await;
    let (vote, owned) = (pool.vote(0), pool.owned_lamports().await);
    pool.deactivate_by_force(&vote, Transient).await;
    // In the very same window, and again an epoch later.
    pool.crank_epoch().await;
    pool.deactivate_by_force(&vote, Transient).await;
    pool.crank_next_epoch(0).await;
    assert_recovers(&mut pool, owned).await;
}

#[tokio::test]
async fn a_transient_deactivated_after_it_became_active_comes_back() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    pool.deposit(&alice, 8 * SOL).await;
    pool.crank_window().await;
    let (vote, owned) = (pool.vote(0), pool.owned_lamports().await);
    pool.next_epoch_with_rewards(0).await;
    pool.deactivate_by_force(&vote, Transient).await;
    pool.deactivate_by_force(&vote, Main).await;
    pool.crank_epoch().await;
    assert_recovers(&mut pool, owned).await;
}

#[tokio::test]
async fn an_exit_is_paid_though_a_stranger_deactivates_main_before_every_crank() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    let ticket = pool.request(&alice, 60 * SOL).await;
    let votes = [pool.vote(0), pool.vote(1)];
    let mut epochs = 0;
    while !pool.batch(ticket.batch_id).await.is_settled() {
        for vote in &votes {
            if pool.delegated(vote).await > 0 {
                let main = pool.slot_of(vote).await.main;
                let state = pool.cluster.stake_state(&main).await;
                if state.delegation().is_some() {
                    pool.deactivate_by_force(vote, Main).await;
                }
            }
        }
        pool.pass_an_epoch().await;
        epochs += 1;
        assert!(epochs <= 3);
    }
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn stake_on_a_delinquent_validator_deactivated_by_the_real_instruction_is_not_lost() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    let (silent, voting) = (pool.vote(0), pool.vote(1));
    for _ in 0..5 {
        pool.cluster.earn_credits(&voting, 10).await;
        pool.cluster.next_epoch().await;
    }
    pool.cluster.earn_credits(&voting, 10).await;
    pool.crank_epoch().await;
    let lamports = pool.stake_lamports(&silent).await;
    let main = pool.slot_of(&silent).await.main;
    let deactivate = deactivate_delinquent_stake(&main, &silent, &voting);
    pool.must_send(&[deactivate], &[]).await;
    let deactivated = pool.cluster.delegation(&main).await.deactivation_epoch;
    assert_eq!(deactivated, pool.cluster.epoch().await);
    pool.next_epoch_with_rewards(0).await;
    assert_eq!(pool.stake_lamports(&silent).await, lamports);
    let reserve = pool.account().await.reserve_lamports;
    pool.crank_epoch().await;
    let slot = pool.slot_of(&silent).await;
    let rents = u64::from(slot.rent_lamports);
    assert_eq!(pool.stake_lamports(&silent).await, rents);
    let collected = pool.account().await.reserve_lamports - reserve;
    assert_eq!(collected, lamports - rents);
    // The curator sees to it that it does not keep the stake that it gets once more.
    pool.retire(&silent).await;
    for _ in 0..4 {
        pool.pass_an_epoch().await;
    }
    assert!(pool.delegated(&voting).await >= 100 * SOL);
    pool.close(&silent).await;
}

/// The next epoch, where no vote account is touched: one of them does not exist.
async fn next_epoch_without_credits(pool: &mut Pool) {
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
}

#[tokio::test]
async fn a_vote_account_that_is_gone_gets_no_stake_and_gives_its_own_back() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    let (gone, owned) = (pool.vote(0), pool.owned_lamports().await);
    pool.cluster.remove_account(&gone).await;
    pool.deposit(&alice, 8 * SOL).await;
    pool.crank_window().await;
    next_epoch_without_credits(&mut pool).await;
    assert_eq!(pool.owned_lamports().await, owned + 8 * SOL);
    let ticket = pool.request(&alice, 90 * SOL).await;
    pool.crank_window().await;
    next_epoch_without_credits(&mut pool).await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.retire(&gone).await;
    for _ in 0..3 {
        pool.crank_window().await;
        next_epoch_without_credits(&mut pool).await;
    }
    pool.close(&gone).await;
}

/// A7. Anybody could deactivate what was delegated to a validator that had not voted for five epochs,
/// in the last slot of every epoch: its part of the pool never earned, and nobody could eject it.
#[tokio::test]
async fn a_validator_whose_stake_anybody_can_deactivate_gets_none_and_is_ejected_at_once() {
    let mut pool = empty_pool(&[1, 1]).await;
    let (silent, voting) = (pool.vote(0), pool.vote(1));
    for _ in 0..5 {
        pool.cluster.earn_credits(&voting, 10).await;
        pool.cluster.next_epoch().await;
    }
    pool.cluster.earn_credits(&voting, 10).await;
    pool.crank_epoch().await;
    let alice = pool.user("alice", 200 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    pool.warp_to_window().await;
    pool.delegate_all().await;
    assert_eq!(pool.delegated(&silent).await, 0);
    assert!(pool.delegated(&voting).await > 49 * SOL);
    let sent = pool.eject(&silent).await;
    assert_eq!(breach(&sent), Breach::Delinquent);
    pool.crank_next_epoch_of(&[voting], 10).await;
    pool.crank_window().await;
    assert!(pool.delegated(&voting).await > 98 * SOL, "it has all of it");
}
