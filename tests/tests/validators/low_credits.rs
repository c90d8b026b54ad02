//! Credits far below the cluster's mean are a breach; a halt lowers the mean.

use sluice::{
    SluiceError::NoBreach,
    state::{Breach, Parameter, StakeAccountKind},
};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, breach, voting_pool},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_vote_interface::state::VoteStateVersions;

#[tokio::test]
async fn in_a_halt_in_which_nobody_earns_credits_nobody_can_be_ejected() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 1]).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[], CREDITS).await;
    for number in 0..3 {
        let vote = pool.vote(number);
        assert_refused(pool.try_eject(&vote).await, NoBreach);
    }
}

#[tokio::test]
async fn what_others_earned_before_or_since_does_not_count() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (accused, other) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[], CREDITS).await;
    pool.cluster.earn_credits(&other, 50).await;
    assert_refused(pool.try_eject(&accused).await, NoBreach);
    pool.crank_next_epoch_of(&[], CREDITS).await;
    let sent = pool.eject(&accused).await;
    assert_eq!(
        breach(&sent),
        Breach::LowCredits,
        "now that epoch is the last one"
    );
}

/// A pool of two beside other stake, all of which voted in the last epoch; `lazy` had one vote.
async fn pool_with_a_lazy_one() -> (Pool, Pubkey) {
    let builder = Pool::builder()
        .cluster(|cluster| cluster.cluster_stake_lamports(2_000_000 * SOL))
        .epoch(3)
        .validators(&[(0, 1), (0, 1)]);
    let mut pool = builder.start().await;
    let others = pool.cluster.keypair("other stake's vote account").pubkey();
    let (lazy, other) = (pool.vote(0), pool.vote(1));
    let alice = pool.user("alice", 210 * SOL).await;
    pool.deposit(&alice, 200 * SOL).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[others, other, lazy], CREDITS)
        .await;
    pool.crank_window().await;
    pool.cluster.earn_credits(&lazy, 1).await;
    pool.crank_next_epoch_of(&[others, other], CREDITS).await;
    assert_refused(pool.try_eject(&other).await, NoBreach);
    (pool, lazy)
}

/// E8, A8: one vote in an epoch is one credit.
#[tokio::test]
async fn e8_one_vote_in_an_epoch_is_not_enough() {
    let (mut pool, lazy) = pool_with_a_lazy_one().await;
    assert_eq!(breach(&pool.eject(&lazy).await), Breach::LowCredits);
}

#[tokio::test]
async fn exactly_the_configured_share_of_the_mean_is_enough() {
    let (mut pool, lazy) = pool_with_a_lazy_one().await;
    let last = pool.cluster.epoch().await - 1;
    let points = pool.cluster.epoch_rewards().await.total_points;
    let history = pool.cluster.stake_history().await;
    let effective = u128::from(history.get(last).expect("the last epoch").effective);
    // Half of the mean, which is all points over all stake.
    let enough = points.div_ceil(2 * effective) as u64;
    assert!(enough > 200, "{enough}");
    for (credits, is_enough) in [(enough, true), (enough - 1, false)] {
        let earn = |state: &mut VoteStateVersions| match state {
            VoteStateVersions::V4(state) => {
                let (epoch, after, before) = state.epoch_credits.last_mut().expect("it voted");
                assert_eq!(*epoch, last);
                *after = *before + credits;
            }
            other => panic!("{other:?}"),
        };
        pool.cluster.change_vote(&lazy, earn).await;
        assert_eq!(pool.try_eject(&lazy).await.is_err(), is_enough, "{credits}");
    }
}

/// E8: whoever is alone in a pool is measured by the cluster.
#[tokio::test]
async fn e8_a_pool_of_one_validator_can_eject_it() {
    let (mut pool, _alice) = voting_pool(&[1]).await;
    let alone = pool.vote(0);
    let operator = pool.user("operator", 300 * SOL).await;
    let other = pool.cluster.create_validator("of others", 0).await;
    let cluster = &mut pool.cluster;
    cluster
        .create_delegated_stake("stake of others", &operator, 200 * SOL, &other)
        .await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[other], CREDITS).await;
    assert_eq!(breach(&pool.eject(&alone).await), Breach::LowCredits);
}

#[tokio::test]
async fn a_share_of_nothing_ejects_nobody_for_its_credits() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (silent, other) = (pool.vote(0), pool.vote(1));
    pool.schedule_change(Parameter::LeastCreditsBps, 0).await;
    for _ in 0..2 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[other], CREDITS).await;
    assert_refused(pool.try_eject(&silent).await, NoBreach);
}

#[tokio::test]
async fn a_validator_whose_stake_was_not_active_for_all_of_the_last_epoch_is_not_judged() {
    let (mut pool, alice) = voting_pool(&[1]).await;
    let witness = pool.vote(0);
    let late = pool.add_validators(&[(0, 1)]).await[0];
    // Added in this epoch: it has weight from the next one on.
    assert_refused(pool.try_eject(&late).await, NoBreach);
    pool.crank_next_epoch(CREDITS).await;
    pool.deposit(&alice, 90 * SOL).await;
    pool.crank_window().await;
    assert!(pool.delegated(&late).await > 50 * SOL);
    // Delegated in the last epoch: it was activating then. Merged or not makes no difference.
    pool.next_epoch_with_votes_of(&[witness], 1_000).await;
    pool.price().await;
    assert_refused(pool.try_eject(&late).await, NoBreach);
    pool.collect_all().await;
    assert_refused(pool.try_eject(&late).await, NoBreach);
    pool.crank_window().await;
    // Active for all of the last epoch: now it counts.
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    assert_eq!(breach(&pool.eject(&late).await), Breach::LowCredits);
}

#[tokio::test]
async fn a_validator_whose_stake_a_stranger_took_away_is_not_judged_for_the_time_after() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (accused, witness) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    pool.deactivate_by_force(&accused, StakeAccountKind::Main)
        .await;
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    // The epoch of its deactivation it was still active to the end: that one counts.
    let main = pool.slot_of(&accused).await.main;
    let drained = pool.cluster.stake_activation(&main).await.effective;
    assert_eq!(drained, 0);
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    assert_refused(pool.try_eject(&accused).await, NoBreach);
}

#[tokio::test]
async fn in_epoch_0_nobody_can_have_earned_nothing_in_the_last_epoch() {
    let mut pool = sluice_tests::scenario::empty_pool(&[1, 1]).await;
    let (accused, witness) = (pool.vote(0), pool.vote(1));
    pool.cluster.earn_credits(&witness, 1_000).await;
    assert_eq!(pool.cluster.epoch().await, 0);
    assert_refused(pool.try_eject(&accused).await, NoBreach);
}

/// Points of stake that six boundaries had passed over made the mean three times what anybody had
/// earned in the epoch, and an honest validator was ejected.
#[tokio::test]
async fn credits_that_are_paid_late_convict_nobody() {
    let builder = Pool::builder()
        .cluster(|cluster| cluster.cluster_stake_lamports(2_000_000 * SOL))
        .epoch(14)
        .validators(&[(0, 1); 2]);
    let mut pool = builder.start().await;
    let honest = pool.vote(0);
    let others = pool.cluster.keypair("other stake's vote account").pubkey();
    let alice = pool.user("alice", 500 * SOL).await;
    pool.deposit(&alice, 400 * SOL).await;
    let slots = pool.cluster.epoch_schedule().get_slots_in_epoch(14);
    let credits = 16 * slots;
    for step in 0..8 {
        pool.crank_window().await;
        pool.cluster.set_bls_key(&others, step == 7).await;
        pool.cluster.earn_credits(&others, credits).await;
        pool.crank_next_epoch(credits).await;
    }
    let last = pool.cluster.epoch().await - 1;
    let rewards = pool.cluster.epoch_rewards().await;
    let history = pool.cluster.stake_history().await;
    let stake = history
        .get(last)
        .expect("an epoch of the history")
        .effective;
    assert!(rewards.total_points > 2 * u128::from(credits) * u128::from(stake));
    assert_refused(pool.try_eject(&honest).await, NoBreach);
}
