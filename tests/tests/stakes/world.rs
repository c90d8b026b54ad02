//! What the tests of stake accounts share.

use {
    sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool, scenario::CREDITS},
    solana_pubkey::Pubkey,
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

/// An active stake account of this size, stored as a fixture.
pub async fn active_stake(
    pool: &mut Pool,
    name: &str,
    owner: &Pubkey,
    lamports: u64,
    vote: &Pubkey,
) -> Pubkey {
    let cluster = &mut pool.cluster;
    cluster
        .inject_active_stake(name, owner, lamports, vote)
        .await
}
