//! Pools whose first rewards are booked: exits with stake are open.

use {
    sluice::state::PoolConfig,
    sluice_tests::{
        cluster::LAMPORTS_PER_SOL,
        pool::{Pool, PoolBuilder, Watch},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Credits that a validator earns in an epoch of a test.
pub const CREDITS: u64 = 1_000;

/// Two validators, a third of 900 SOL of alice with the first and the rest with the second, all
/// active, and a first reward of some basis points booked, so that an LST is dearer than a SOL.
pub async fn open_pool() -> (Pool, Keypair) {
    open_pool_with(|_| {}).await
}

/// [`open_pool`] with other settings.
pub async fn open_pool_with(change: impl FnOnce(&mut PoolConfig)) -> (Pool, Keypair) {
    let builder = Pool::builder().config(change);
    opened(builder.validators(&[(0, 1), (0, 2)]), 900 * SOL).await
}

/// A pool with this stake of alice, and a first reward.
pub async fn opened(builder: PoolBuilder, lamports: u64) -> (Pool, Keypair) {
    let mut pool = builder.epoch(1).start().await;
    let alice = pool.user("alice", lamports + 1_000 * SOL).await;
    pool.deposit(&alice, lamports).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    next_epoch(&mut pool).await;
    (pool, alice)
}

/// Goes to the next epoch with rewards and cranks what is due at its start.
pub async fn next_epoch(pool: &mut Pool) {
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
}

/// Writes the least rate of rewards past the program: the configured fee decides.
pub async fn forget_rewards(pool: &mut Pool) {
    pool.change_pool(|account| account.reward_rate = 1).await;
}

/// An active stake account of this size, made as a fixture.
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

/// Lamports of a page of validators that nobody watches one by one.
pub fn unwatched(builder: PoolBuilder) -> PoolBuilder {
    builder.watch(Watch::Books)
}
