//! Validators are judged by what they paid: a commission can be hidden, what it took cannot.

use sluice::{
    SluiceError::NoBreach,
    state::{Breach, Parameter, Slot},
};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, breach, voting_pool},
};
use solana_pubkey::Pubkey;

/// The last slots of an epoch with this commission and the first of the next with none, in which
/// the pool is then priced. The runtime pays the rewards of the next epoch by it.
async fn pass_a_boundary_with(pool: &mut Pool, greedy: &Pubkey, commission_bps: u16) {
    pool.crank_window().await;
    pool.cluster.set_commission(greedy, commission_bps).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.cluster.set_commission(greedy, 0).await;
    pool.crank_epoch().await;
}

/// A pool of two, whose first validator hid a commission over the last three boundaries: by that
/// of the first, the last one paid.
async fn pool_with_hidden_commission(commission_bps: u16) -> (Pool, Pubkey, Pubkey) {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (greedy, honest) = (pool.vote(0), pool.vote(1));
    for _ in 0..3 {
        assert_refused(pool.try_eject(&greedy).await, NoBreach);
        pass_a_boundary_with(&mut pool, &greedy, commission_bps).await;
    }
    (pool, greedy, honest)
}

async fn slots(pool: &mut Pool, votes: [&Pubkey; 2]) -> [Slot; 2] {
    [pool.slot_of(votes[0]).await, pool.slot_of(votes[1]).await]
}

/// E1.
#[tokio::test]
async fn e1_a_validator_that_hides_its_commission_around_boundaries_is_ejected_for_what_it_paid() {
    let (mut pool, greedy, honest) = pool_with_hidden_commission(10_000).await;
    let [hidden, shown] = slots(&mut pool, [&greedy, &honest]).await;
    assert!(hidden.rewarded_lamports > 90 * SOL);
    assert_eq!(hidden.paid_lamports, 0, "it keeps everything");
    assert!(shown.paid_lamports > 100_000, "{}", shown.paid_lamports);
    println!(
        "a hidden commission of all took {} lamports in an epoch",
        shown.paid_lamports
    );
    assert_refused(pool.try_eject(&honest).await, NoBreach);
    assert_eq!(breach(&pool.eject(&greedy).await), Breach::LowYield);
}

/// E1.
#[tokio::test]
async fn e1_one_basis_point_above_the_highest_commission_is_seen_and_the_highest_is_none() {
    for (commission_bps, is_seen) in [(1_000, false), (1_001, true)] {
        let (mut pool, greedy, _) = pool_with_hidden_commission(commission_bps).await;
        let verdict = pool.try_eject(&greedy).await;
        if is_seen {
            assert_eq!(breach(&verdict.expect("a breach")), Breach::LowYield);
        } else {
            assert_refused(verdict, NoBreach);
        }
    }
}

/// E1: whoever merges stake into main changes what it has, not what was paid for it.
#[tokio::test]
async fn e1_dust_in_its_own_slot_in_every_epoch_is_no_excuse() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let greedy = pool.vote(0);
    let operator = pool.user("operator", 100 * SOL).await;
    let mut dust = Vec::new();
    for number in 0..4 {
        let name = format!("dust {number}");
        let cluster = &mut pool.cluster;
        let stake = cluster
            .create_delegated_stake(&name, &operator, SOL, &greedy)
            .await;
        dust.push(stake);
    }
    pass_a_boundary_with(&mut pool, &greedy, 0).await;
    for (number, stake) in dust.iter().enumerate() {
        if number == 3 {
            assert_eq!(pool.slot_of(&greedy).await.paid_lamports, 0);
        }
        pool.deposit_stake(&operator, stake, &greedy).await;
        pass_a_boundary_with(&mut pool, &greedy, 10_000).await;
    }
    assert_eq!(breach(&pool.eject(&greedy).await), Breach::LowYield);
}

/// E1: before a boundary is priced nothing is paid out by it, but its commission can be seen.
#[tokio::test]
async fn e1_the_slots_in_which_the_pool_is_not_priced_are_no_shelter() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 2]).await;
    let (greedy, gone) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.cluster.set_commission(&greedy, 10_000).await;
    pool.cluster.remove_account(&gone).await;
    assert_eq!(breach(&pool.eject(&greedy).await), Breach::Commission);
    assert_eq!(breach(&pool.eject(&gone).await), Breach::VoteAccountGone);
    pool.crank_epoch().await;
    assert_eq!(
        pool.account().await.total_weight,
        2,
        "observing undoes nothing"
    );
    pool.crank_window().await;
    assert_eq!(pool.delegated(&greedy).await, SOL, "and it drains");
}

#[tokio::test]
async fn gifts_neither_excuse_nor_accuse() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (greedy, honest) = (pool.vote(0), pool.vote(1));
    for _ in 0..3 {
        pass_a_boundary_with(&mut pool, &greedy, 10_000).await;
        for vote in [greedy, honest] {
            let main = pool.slot_of(&vote).await.main;
            pool.cluster.fund(&main, SOL).await;
        }
    }
    let [hidden, shown] = slots(&mut pool, [&greedy, &honest]).await;
    assert_eq!(hidden.paid_lamports, 0);
    assert!(shown.paid_lamports < SOL, "the gift is no reward");
    assert_refused(pool.try_eject(&honest).await, NoBreach);
    assert_eq!(breach(&pool.eject(&greedy).await), Breach::LowYield);
}

#[tokio::test]
async fn who_lowered_its_commission_to_be_admitted_is_not_judged_by_the_time_before() {
    let (mut pool, alice) = voting_pool(&[1]).await;
    let dear = pool.cluster.create_validator("dear", 10_000).await;
    for _ in 0..3 {
        pool.crank_window().await;
        pool.cluster.earn_credits(&dear, CREDITS).await;
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.cluster.set_commission(&dear, 1_000).await;
    pool.add_validator(&dear, 1).await;
    pool.deposit(&alice, 90 * SOL).await;
    for _ in 0..5 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        assert_refused(pool.try_eject(&dear).await, NoBreach);
    }
    let slot = pool.slot_of(&dear).await;
    assert!(slot.paid_lamports > 0 && slot.unjudged_epochs == 0);
}

#[tokio::test]
async fn a_lowered_maximum_ejects_nobody_who_follows_within_its_notice() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (follows, stays) = (pool.vote(0), pool.vote(1));
    for vote in [follows, stays] {
        pool.cluster.set_commission(&vote, 1_000).await;
    }
    for _ in 0..3 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.schedule_change(Parameter::MaxCommissionBps, 500).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    pool.crank_window().await;
    // In the last moment, but in time: after it the new maximum is in force.
    pool.cluster.set_commission(&follows, 500).await;
    for _ in 0..4 {
        pool.crank_next_epoch(CREDITS).await;
        assert_eq!(pool.account().await.config.max_commission_bps, 500);
        assert_refused(pool.try_eject(&follows).await, NoBreach);
        pool.crank_window().await;
    }
    assert_eq!(breach(&pool.eject(&stays).await), Breach::Commission);
}

#[tokio::test]
async fn who_hides_the_old_maximum_after_its_notice_is_judged_by_the_new_one() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let greedy = pool.vote(0);
    pool.schedule_change(Parameter::MaxCommissionBps, 500).await;
    let mut verdicts = Vec::new();
    for _ in 0..6 {
        pass_a_boundary_with(&mut pool, &greedy, 1_000).await;
        verdicts.push(pool.try_eject(&greedy).await.is_ok());
    }
    // In force with the second boundary; the third fixed the commission of the first epoch that
    // counts, which the fifth pays.
    assert_eq!(verdicts[..5], [false, false, false, false, true]);
}

#[tokio::test]
async fn a_boundary_that_was_not_observed_before_and_after_is_not_judged() {
    let (mut pool, greedy, _) = pool_with_hidden_commission(10_000).await;
    // A whole epoch without cranks.
    pool.crank_window().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
    let slot = pool.slot_of(&greedy).await;
    assert_eq!((slot.rewarded_lamports, slot.paid_lamports), (0, 0));
    assert_refused(pool.try_eject(&greedy).await, NoBreach);
}

#[tokio::test]
async fn while_nobody_is_paid_nobody_is_judged_by_it() {
    let (mut pool, greedy, _) = pool_with_hidden_commission(10_000).await;
    let mut rewards = pool.cluster.epoch_rewards().await;
    rewards.total_rewards = 0;
    pool.cluster.set_epoch_rewards(&rewards);
    assert_refused(pool.try_eject(&greedy).await, NoBreach);
}

#[tokio::test]
async fn rewards_of_a_few_thousand_lamports_are_not_judged() {
    let (mut pool, greedy, honest) = pool_with_hidden_commission(10_000).await;
    let rewards = pool.cluster.epoch_rewards().await;
    let whole = pool.slot_of(&honest).await.paid_lamports;
    for (gross, is_judged) in [(9_000, false), (11_000, true)] {
        let share = u128::from(rewards.total_rewards) * gross / u128::from(whole);
        let mut few = rewards.clone();
        few.total_rewards = share as u64;
        pool.cluster.set_epoch_rewards(&few);
        assert_eq!(pool.try_eject(&greedy).await.is_ok(), is_judged, "{gross}");
    }
}

#[tokio::test]
async fn in_the_epoch_after_rent_rose_nobody_is_judged_by_a_delegation_that_the_runtime_cut() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (greedy, honest) = (pool.vote(0), pool.vote(1));
    for lamports_per_byte in [5_080, 2_575] {
        pool.cluster.schedule_rent(lamports_per_byte).await;
        pass_a_boundary_with(&mut pool, &greedy, 10_000).await;
        assert!(
            pool.slot_of(&greedy).await.rewarded_lamports > 0,
            "lower rent cuts nothing"
        );
    }
    pool.cluster.schedule_rent(6_960).await;
    pass_a_boundary_with(&mut pool, &greedy, 10_000).await;
    for vote in [greedy, honest] {
        assert_eq!(pool.slot_of(&vote).await.rewarded_lamports, 0);
        assert_refused(pool.try_eject(&vote).await, NoBreach);
    }
    pass_a_boundary_with(&mut pool, &greedy, 10_000).await;
    assert_refused(pool.try_eject(&honest).await, NoBreach);
    assert_eq!(breach(&pool.eject(&greedy).await), Breach::LowYield);
}

#[tokio::test]
async fn a_boundary_that_passes_a_validator_over_accuses_nobody_and_the_next_one_pays_for_both() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (outside, other) = (pool.vote(0), pool.vote(1));
    pass_a_boundary_with(&mut pool, &outside, 0).await;
    // Outside of the admitted ones, as if it were not among the 2,000 with most stake.
    pool.cluster.set_bls_key(&outside, false).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
    let slot = pool.slot_of(&outside).await;
    assert!(slot.rewarded_lamports > 0 && slot.paid_lamports == 0 && slot.unjudged_epochs == 0);
    assert_refused(pool.try_eject(&outside).await, NoBreach);
    pool.cluster.set_bls_key(&outside, true).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    let [late, other] = slots(&mut pool, [&outside, &other]).await;
    assert!(late.paid_lamports > other.paid_lamports);
    assert_refused(pool.try_eject(&outside).await, NoBreach);
}
