//! A pool that earns.

use {
    sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool},
    solana_keypair::Keypair,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Credits that a validator earns in an epoch of a test.
pub const CREDITS: u64 = 1_000;

/// Rewards of an epoch are some hundredths of a pool of 900 SOL in these epochs.
pub const FIRST_EPOCH: u64 = 4;

/// A pool with 900 SOL of alice, all of it but the reserve's share active on three validators
/// with commissions of 0%, 5% and 10%. It is the window of an epoch, everything is cranked, and
/// nothing has been earned.
pub async fn earning_pool() -> (Pool, Keypair) {
    let builder = Pool::builder()
        .epoch(FIRST_EPOCH)
        .validators(&[(0, 1), (500, 2), (1_000, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    pool.live_an_epoch(0).await;
    (pool, alice)
}
