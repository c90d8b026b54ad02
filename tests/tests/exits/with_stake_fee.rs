//! Stake accounts out: what they cost, and when the rewards close them.

use sluice::SluiceError;
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, open_pool, opened},
};
use solana_keypair::Keypair;

#[tokio::test]
async fn the_fee_is_twice_the_reward_rate_or_what_is_configured_where_that_is_more() {
    for configured_bps in [0, 1, 20] {
        let change = |config: &mut sluice::state::PoolConfig| {
            config.stake_exit_fee_bps = configured_bps;
        };
        let (mut pool, alice) = open_pool(change).await;
        let account = pool.account().await;
        let gained = u128::from(account.last_gain_lamports) * 1_000_000_000_000;
        let rate = gained.div_ceil(u128::from(account.last_gain_stake_lamports));
        assert_eq!(
            u128::from(account.reward_rate_e12),
            rate,
            "one epoch's reward"
        );
        let redeemed = 100 * SOL;
        let prices = pool.prices().await;
        let lst =
            (u128::from(redeemed) * u128::from(prices.supply)).div_ceil(u128::from(prices.value));
        let lst = u64::try_from(lst).expect("LST");
        let exit = pool.stake_exit(lst).await;
        let floor = (u128::from(redeemed) * 2 * rate).div_ceil(1_000_000_000_000);
        let share = (u128::from(redeemed) * u128::from(configured_bps)).div_ceil(10_000);
        assert_eq!(exit.lamports.get() + exit.fee.get(), redeemed);
        assert_eq!(u128::from(exit.fee.get()), floor.max(share));
        assert_eq!(floor > share, configured_bps == 0, "which one decides");
        let pending = pool.books().await.unreleased();
        pool.take_stake(&alice, lst).await;
        assert_eq!(pool.books().await.unreleased() - pending, exit.fee.get());
    }
}

/// 20 SOL get the rewards of a whole cluster: far more than may drip in an epoch.
async fn overpaid_pool() -> (Pool, Keypair) {
    let builder = Pool::builder()
        .config(|config| config.drip_bound_bps = 10)
        .validators(&[(0, 1)]);
    opened(builder, 20 * SOL).await
}

/// Each epoch with a gain, however small, lowers the rate by an eighth.
#[tokio::test]
async fn exits_close_after_an_exorbitant_reward_and_open_again_by_decay() {
    let (mut pool, alice) = overpaid_pool().await;
    let vote = pool.vote(0);
    let bound = 10 * 100_000_000;
    let mut rate = pool.account().await.reward_rate_e12;
    let mut closed_epochs = 0;
    while rate > bound {
        let refused = pool.try_withdraw_stake(&alice, &vote, 2 * SOL).await;
        assert_refused(refused, SluiceError::RewardRateTooHigh);
        let reserve = pool.addresses.reserve;
        pool.cluster.fund(&reserve, 1).await;
        pool.crank_next_epoch(0).await;
        let decayed = (u128::from(rate) * 7).div_ceil(8);
        rate = pool.account().await.reward_rate_e12;
        assert_eq!(u128::from(rate), decayed);
        closed_epochs += 1;
    }
    assert!(closed_epochs > 0);
    pool.take_stake(&alice, 2 * SOL).await;
}

#[tokio::test]
async fn exits_are_closed_before_the_first_reward_and_open_with_it() {
    let builder = Pool::builder().validators(&[(0, 1)]);
    let mut pool = builder.epoch(1).start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 500 * SOL).await;
    let vote = pool.vote(0);
    for _ in 0..3 {
        pool.pass_an_epoch().await;
        let refused = pool.try_withdraw_stake(&alice, &vote, 2 * SOL).await;
        assert_refused(refused, SluiceError::NoRewardYet);
    }
    pool.crank_next_epoch(CREDITS).await;
    pool.take_stake(&alice, 2 * SOL).await;
}

/// An epoch without any gain says nothing of the next one: the rate stays.
#[tokio::test]
async fn the_rate_stays_where_nothing_was_earned() {
    let (mut pool, _alice) = open_pool(|_| {}).await;
    let rate = pool.account().await.reward_rate_e12;
    for _ in 0..3 {
        pool.crank_next_epoch(0).await;
        assert_eq!(pool.account().await.reward_rate_e12, rate);
    }
}
