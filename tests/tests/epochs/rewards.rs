//! What stake accounts earn is what the prices gain.

use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, earning_pool},
};

#[tokio::test]
async fn rewards_with_different_commissions_reach_the_full_price_to_the_lamport() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    for _ in 0..3 {
        let votes = [pool.vote(0), pool.vote(1), pool.vote(2)];
        let mut before = Vec::new();
        for vote in &votes {
            before.push(pool.stake_lamports(vote).await);
        }
        let full = pool.prices().await.full;
        pool.next_epoch_with_rewards(CREDITS).await;
        let mut rewards = Vec::new();
        for (vote, lamports) in votes.iter().zip(before) {
            rewards.push(pool.stake_lamports(vote).await - lamports);
        }
        assert!(rewards.iter().all(|reward| *reward > 0), "{rewards:?}");

        pool.price().await;
        let gain: u64 = rewards.iter().sum();
        assert_eq!(pool.prices().await.full, full + gain);
        let history = pool.history().await;
        let last = history.iter().last().expect("an epoch was booked");
        assert_eq!(last.gain_lamports, gain);
        assert_eq!(last.full_lamports, full + gain);
        assert_eq!(last.lst_supply, pool.account().await.lst_supply);
        pool.crank_window().await;
    }
}

#[tokio::test]
async fn a_validator_with_a_higher_commission_brings_exactly_that_much_less() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let mut earned = Vec::new();
    let commissions_bps = [0, 500, 1_000];
    for number in 0..3 {
        let main = pool.slot_of(&pool.vote(number)).await.main;
        let stake = pool.cluster.delegation(&main).await.stake;
        earned.push((main, stake, pool.cluster.lamports(&main).await));
    }
    pool.next_epoch_with_rewards(CREDITS).await;
    let mut per_sol = Vec::new();
    for ((main, stake, before), commission_bps) in earned.into_iter().zip(commissions_bps) {
        let reward = u128::from(pool.cluster.lamports(&main).await - before);
        let before_commission = reward * 10_000 / (10_000 - commission_bps);
        per_sol.push(before_commission * 1_000_000_000 / u128::from(stake));
    }
    let (least, most) = (per_sol.iter().min(), per_sol.iter().max());
    let spread = most.expect("three") - least.expect("three");
    assert!(per_sol[0] > 100_000, "{per_sol:?}");
    assert!(
        spread <= 2,
        "lamports per SOL before commission: {per_sol:?}"
    );
}

#[tokio::test]
async fn the_treasury_gets_five_percent_of_the_rewards_and_holders_the_rest() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let before = pool.prices().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    let (after, fees_lst) = (pool.prices().await, pool.books().await.fees_lst);
    let gain = after.full - before.full;
    let fee = gain.div_ceil(20);
    let expected = u128::from(fee) * u128::from(before.supply) / u128::from(after.full - fee);
    assert!(fees_lst > 0);
    assert_eq!(u128::from(fees_lst), expected);
    assert_eq!(after.supply, before.supply + fees_lst);
    assert_eq!(after.value, before.value + fee, "the rest drips");
    assert_eq!(pool.books().await.unreleased(), gain - fee);
}

#[tokio::test]
async fn an_epoch_without_votes_moves_no_price() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let before = pool.prices().await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    let after = pool.prices().await;
    assert_eq!(
        (after.full, after.value, after.supply),
        (before.full, before.value, before.supply)
    );
}

#[tokio::test]
async fn a_commission_raised_later_costs_the_holders_only_from_the_epoch_it_acts() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let vote = pool.vote(0);
    pool.cluster.set_commission(&vote, 10_000).await;
    let mut gains = Vec::new();
    for _ in 0..4 {
        let before = pool.stake_lamports(&vote).await;
        pool.next_epoch_with_rewards(CREDITS).await;
        gains.push(pool.stake_lamports(&vote).await - before);
        let full = pool.prices().await.full;
        let others = full - pool.prices().await.full;
        pool.crank_epoch().await;
        assert!(pool.prices().await.full > full + others);
    }
    assert!(gains[0] > 0 && gains[1] > 0, "{gains:?}");
    assert_eq!(
        gains[3], 0,
        "a commission of 100% leaves nothing: {gains:?}"
    );
}

/// A rate of gain is measured on stake that earned it: none, once the last validator has left.
#[tokio::test]
async fn a_gain_after_the_last_validator_has_left_was_earned_by_no_stake() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    assert!(pool.account().await.last_gain_stake_lamports > 800 * SOL);
    for number in 0..3 {
        let vote = pool.vote(number);
        pool.retire(&vote).await;
    }
    for _ in 0..5 {
        pool.live_an_epoch(0).await;
    }
    for number in 0..3 {
        let vote = pool.vote(number);
        pool.close(&vote).await;
    }
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, SOL).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    let account = pool.account().await;
    assert_eq!(account.last_gain_lamports, SOL);
    assert_eq!(account.last_gain_stake_lamports, 0);
}
