//! Who gets how much, and that it ends.

use sluice_tests::{
    pool::Pool,
    scenario::{MINIMUM_DELEGATION, SOL, delegated_pool},
};

#[tokio::test]
async fn every_validator_gets_its_weight_and_one_without_weight_gets_nothing() {
    let builder = Pool::builder().validators(&[(0, 1), (0, 2), (0, 4), (0, 0)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 700 * SOL).await;
    pool.crank_window().await;
    let expected = pool.targets().await;
    assert_eq!(expected[3], 0);
    assert!(expected[0] > 98 * SOL && expected[2] > 395 * SOL);
    assert_eq!(pool.delegations().await, expected);
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.delegations().await, expected);
    pool.assert_stake_rests().await;
}

#[tokio::test]
async fn three_sol_on_five_validators_are_staked_and_can_leave() {
    let (mut pool, alice) = delegated_pool(&[1; 5], 3 * SOL).await;
    let delegated = pool.delegations().await;
    assert_eq!(delegated, [SOL, SOL, SOL, 0, 0]);
    let targets = pool.targets().await;
    for (has, target) in delegated.iter().zip(&targets) {
        assert!(*has <= target + MINIMUM_DELEGATION);
    }
    pool.assert_stake_rests().await;
    let ticket = pool.request(&alice, 3 * SOL).await;
    pool.pass_an_epoch().await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    assert_eq!(pool.delegations().await, [0; 5]);
}

#[tokio::test]
async fn a_small_exit_from_a_hundred_small_validators_is_paid_in_an_epoch() {
    let (mut pool, alice) = delegated_pool(&[1; 100], 150 * SOL).await;
    for has in pool.delegations().await {
        assert!((SOL..2 * SOL).contains(&has), "{has}");
    }
    // Each validator is above its target by a hundredth of this.
    for lst in [SOL / 2, 7 * SOL] {
        let ticket = pool.request(&alice, lst).await;
        pool.pass_an_epoch().await;
        assert!(pool.batch(ticket.batch_id).await.is_settled(), "{lst}");
        pool.assert_minimum_delegations().await;
    }
}

#[tokio::test]
async fn a_deposit_goes_to_those_below_their_targets() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    let vote = pool.vote(1);
    pool.set_weight(&vote, 3).await;
    pool.crank_next_epoch(0).await;
    let before = pool.delegations().await;
    pool.deposit(&alice, 9 * SOL).await;
    pool.crank_window().await;
    let after = pool.delegations().await;
    assert!(after[1] > before[1] + 8 * SOL, "{before:?} -> {after:?}");
    assert!(after[0] < before[0], "{before:?} -> {after:?}");
}

#[tokio::test]
async fn rebalancing_stays_within_the_movement_cap_of_each_epoch_and_ends_at_the_targets() {
    let (mut pool, _alice) = delegated_pool(&[1, 1, 1], 300 * SOL).await;
    pool.change_pool(|pool| pool.config.movement_cap_bps = 1_000)
        .await;
    let vote = pool.vote(0);
    pool.set_weight(&vote, 8).await;
    pool.crank_next_epoch(0).await;
    let cap = pool.prices().await.full / 10;
    for _ in 0..12 {
        let before = pool.delegations().await;
        pool.crank_window().await;
        let after = pool.delegations().await;
        let left: u64 = before
            .iter()
            .zip(&after)
            .map(|(old, new)| old.saturating_sub(*new))
            .sum();
        assert!(left <= cap, "{before:?} -> {after:?}");
        pool.assert_minimum_delegations().await;
        pool.crank_next_epoch(0).await;
    }
    let (has, targets) = (pool.delegations().await, pool.targets().await);
    for (has, target) in has.iter().zip(&targets) {
        let off = has.abs_diff(*target);
        assert!(
            off <= (target / 20).max(SOL + SOL / 4),
            "{has} for {target}"
        );
    }
    pool.assert_stake_rests().await;
}

#[tokio::test]
async fn with_all_weights_zero_nothing_is_delegated_and_what_was_comes_back() {
    let (mut pool, alice) = delegated_pool(&[1, 2], 30 * SOL).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.set_weight(&vote, 0).await;
    }
    for _ in 0..14 {
        pool.pass_an_epoch().await;
        pool.assert_minimum_delegations().await;
    }
    assert_eq!(pool.targets().await, [0, 0]);
    for has in pool.delegations().await {
        assert!(has < SOL + SOL / 4, "{has}");
    }
    pool.assert_stake_rests().await;
    pool.deposit(&alice, 5 * SOL).await;
    pool.assert_stake_rests().await;
    pool.withdraw(&alice, 20 * SOL).await;
}

#[tokio::test]
async fn an_emptied_instant_buffer_is_filled_again() {
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 1_000)
        .validators(&[(0, 1), (0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 200 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    pool.pass_an_epoch().await;
    pool.withdraw(&alice, 9 * SOL + SOL / 2).await;
    pool.pass_an_epoch().await;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let account = pool.account().await;
    let target = pool.prices().await.full / 10;
    let spendable = account.reserve_lamports - rent;
    assert!(spendable >= target, "{spendable} of {target}");
    assert!(spendable <= target + SOL);
    pool.assert_stake_rests().await;
}

#[tokio::test]
async fn tips_on_a_stake_account_are_booked_then_swept_and_staked() {
    let (mut pool, _alice) = delegated_pool(&[1], 50 * SOL).await;
    let vote = pool.vote(0);
    let main = pool.slot_of(&vote).await.main;
    let full = pool.prices().await.full;
    pool.cluster.fund(&main, 5 * SOL + 7).await;
    pool.collect(&vote).await;
    assert_eq!(pool.prices().await.full, full, "not booked, not moved");
    assert_eq!(pool.cluster.free_lamports(&main).await, 5 * SOL + 7);
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.prices().await.full, full + 5 * SOL + 7);
    assert_eq!(pool.cluster.free_lamports(&main).await, 0);
    let before = pool.delegated(&vote).await;
    pool.crank_window().await;
    assert_eq!(pool.delegated(&vote).await, before + 5 * SOL + 7);
}
