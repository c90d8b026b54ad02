//! The reward rate that finalize records: what effective stake earns in an epoch.

use sluice_math::{Lamports, RewardRate};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_keypair::Keypair;

const PARTS: u128 = 1_000_000_000_000;

/// A pool with 300 SOL active for an epoch, in which nothing was earned.
async fn quiet_pool() -> (Pool, Keypair) {
    let builder = Pool::builder().epoch(3).validators(&[(0, 1), (0, 2)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 300 * SOL).await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    (pool, alice)
}

async fn effective(pool: &mut Pool) -> u64 {
    let mut sum = 0;
    for place in pool.places().await {
        for stake in [place.main, place.transient] {
            sum += pool.cluster.stake_activation(&stake).await.effective;
        }
    }
    sum
}

async fn rate(pool: &mut Pool) -> u64 {
    pool.account().await.reward_rate_e12
}

#[tokio::test]
async fn no_rate_is_known_before_a_reward_is_booked() {
    let (mut pool, alice) = quiet_pool().await;
    assert_eq!(rate(&mut pool).await, 0);
    let vote = pool.vote(0);
    let closed = pool.try_withdraw_stake(&alice, &vote, 5 * SOL).await;
    sluice_tests::scenario::assert_refused(closed, sluice::SluiceError::NoRewardYet);
}

#[tokio::test]
async fn the_rate_is_the_reward_of_an_epoch_over_the_stake_that_earned_it() {
    let (mut pool, alice) = quiet_pool().await;
    // What activates in this epoch earns nothing of its reward, and is not counted.
    pool.deposit(&alice, 400 * SOL).await;
    pool.crank_epoch().await;
    let earning = effective(&mut pool).await;
    assert!(earning < 310 * SOL);
    let full = pool.prices().await.full;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    let gain = pool.prices().await.full - full;
    assert!(gain > 0);
    let account = pool.account().await;
    // It is read after the reward has joined it.
    let stake = account.last_gain_stake_lamports;
    assert_eq!(stake, earning + gain);
    assert_eq!(
        (account.last_gain_lamports, account.last_gain_epochs),
        (gain, 1)
    );
    let exact = (u128::from(gain) * PARTS).div_ceil(u128::from(stake));
    assert_eq!(u128::from(account.reward_rate_e12), exact);
}

#[tokio::test]
async fn the_rate_falls_by_an_eighth_at_most_and_rises_at_once() {
    let (mut pool, _alice) = quiet_pool().await;
    pool.crank_next_epoch(CREDITS).await;
    let mut before = rate(&mut pool).await;
    let reserve = pool.addresses.reserve;
    // An epoch without any gain leaves it where it is.
    pool.crank_next_epoch(0).await;
    assert_eq!(rate(&mut pool).await, before);
    for _ in 0..3 {
        // A gain of a lamport.
        pool.cluster.fund(&reserve, 1).await;
        pool.crank_next_epoch(0).await;
        let now = rate(&mut pool).await;
        assert_eq!(now, (before * 7).div_ceil(8));
        before = now;
    }
    pool.cluster.fund(&reserve, 30 * SOL).await;
    pool.crank_next_epoch(0).await;
    assert!(rate(&mut pool).await > before * 2);
}

#[tokio::test]
async fn the_rate_of_missed_epochs_is_that_of_one_of_them() {
    let (mut pool, _alice) = quiet_pool().await;
    pool.crank_epoch().await;
    let full = pool.prices().await.full;
    for _ in 0..3 {
        pool.next_epoch_with_rewards(CREDITS).await;
    }
    let earning = {
        pool.price().await;
        pool.account().await.last_gain_stake_lamports
    };
    let gain = pool.prices().await.full - full;
    let expected = RewardRate::default()
        .after(Lamports::new(gain), Lamports::new(earning), 3)
        .expect("it fits");
    assert_eq!(rate(&mut pool).await, expected.get());
    assert_eq!(pool.account().await.last_gain_epochs, 3);
}

/// 9% of the cluster's stake activates per epoch: of a larger delegation only a part is effective
/// in its first epoch, and only that part has earned.
#[tokio::test]
async fn of_a_delegation_that_warms_up_over_epochs_only_the_effective_part_counts() {
    let builder = Pool::builder()
        .cluster(|cluster| cluster.payer_lamports(20_000_000 * SOL))
        .epoch(3)
        .validators(&[(0, 1)]);
    let mut pool = builder.start().await;
    let whale = pool.user("whale", 400_010 * SOL).await;
    pool.deposit(&whale, 400_000 * SOL).await;
    pool.crank_window().await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        // Effective until the boundary that now comes is what its reward is earned with.
        let earning = effective(&mut pool).await;
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.price().await;
        let account = pool.account().await;
        if earning > 0 {
            let (stake, gain) = (account.last_gain_stake_lamports, account.last_gain_lamports);
            assert!(
                (earning..=earning + gain).contains(&stake),
                "{earning} {account:?}"
            );
            let exact = (u128::from(gain) * PARTS).div_ceil(u128::from(stake));
            assert!(u128::from(account.reward_rate_e12) >= exact);
        }
        seen.push(earning);
        pool.crank_epoch().await;
    }
    let all = pool.prices().await.full;
    let partial = seen
        .iter()
        .filter(|part| **part > 0 && **part < all * 9 / 10);
    assert!(partial.count() >= 2, "{seen:?}");
}
