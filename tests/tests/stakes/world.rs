//! What the tests of stake accounts share.

use {
    sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool, scenario::CREDITS},
    solana_pubkey::Pubkey,
    solana_stake_interface::state::{Lockup, StakeStateV2},
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Goes to the next epoch with rewards and cranks what is due at its start.
pub async fn next_epoch(pool: &mut Pool) {
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
}

/// Writes the least rate of rewards past the program: the configured fee decides.
pub async fn forget_rewards(pool: &mut Pool) {
    pool.change_pool(|account| account.reward_rate = 1).await;
}

/// An active stake account of this size that was paid for all credits of its validator so far,
/// stored as a fixture.
pub async fn active_stake(
    pool: &mut Pool,
    name: &str,
    owner: &Pubkey,
    lamports: u64,
    vote: &Pubkey,
) -> Pubkey {
    let cluster = &mut pool.cluster;
    let stake = cluster
        .inject_active_stake(name, owner, lamports, vote)
        .await;
    let credits = pool.cluster.vote_state(vote).await.epoch_credits;
    let paid = credits.last().map_or(0, |(_, credits, _)| *credits);
    set_credits_observed(pool, &stake, paid).await;
    stake
}

/// Locks a delegated stake account up past the stake program.
pub async fn lock_up(pool: &mut Pool, stake: &Pubkey, lockup: Lockup) {
    let lock = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(meta, _, _) => meta.lockup = lockup,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, lock).await;
}

/// Writes up to which credits of its validator a stake account was paid.
pub async fn set_credits_observed(pool: &mut Pool, stake: &Pubkey, credits: u64) {
    let set = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(_, stake, _) => stake.credits_observed = credits,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, set).await;
}

/// Sets a delegation past the stake program; what it loses becomes idle, and what it gains must be.
pub async fn set_delegation(pool: &mut Pool, stake: &Pubkey, lamports: u64) {
    let set = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(_, stake, _) => stake.delegation.stake = lamports,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, set).await;
}
