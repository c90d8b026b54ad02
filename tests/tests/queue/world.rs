//! A pool whose deposits are staked.

use {
    sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool},
    solana_keypair::Keypair,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// A pool with 600 SOL of alice and 300 SOL of bob, active on three validators but for the
/// reserve's 1%. It is finalized, and the window of the epoch is still ahead. Losses up to 5%
/// hold up no payment.
pub async fn staked_pool() -> (Pool, Keypair, Keypair) {
    let builder = Pool::builder()
        .config(|config| config.breaker_bound_bps = 500)
        .validators(&[(0, 1), (0, 2), (0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    let bob = pool.user("bob", 1_000 * SOL).await;
    pool.deposit(&alice, 600 * SOL).await;
    pool.deposit(&bob, 300 * SOL).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    next_epoch(&mut pool).await;
    (pool, alice, bob)
}

/// Goes to the next epoch without rewards and cranks what is due at its start.
pub async fn next_epoch(pool: &mut Pool) {
    pool.next_epoch_with_rewards(0).await;
    pool.crank_epoch().await;
}

/// Goes to the window and cranks what is due there.
pub async fn window(pool: &mut Pool) {
    pool.warp_to_window().await;
    pool.crank_epoch().await;
}
