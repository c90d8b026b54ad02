//! A pool to attack, and an attacker.

use {
    sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool},
    solana_keypair::Keypair,
    solana_signer::Signer,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Fees at the least that the program allows: nothing but the price rules stop an attacker.
pub async fn cheap_pool(epoch: u64) -> (Pool, Keypair, Keypair) {
    let builder = Pool::builder()
        .epoch(epoch)
        .config(|config| {
            config.instant_fee_min_bps = 1;
            config.instant_fee_max_bps = 1;
            config.reserve_target_bps = 2_000;
            // A small loss closes no exit.
            config.breaker_bound_bps = 500;
        })
        .validators(&[(0, 1), (0, 1)]);
    let mut pool = builder.start().await;
    let holder = pool.user("holder", 1_000 * SOL).await;
    let mallory = pool.user("mallory", 10_000 * SOL).await;
    pool.deposit(&holder, 500 * SOL).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    next_epoch(&mut pool, 0).await;
    (pool, holder, mallory)
}

/// Goes to the next epoch and cranks what is due at its start.
pub async fn next_epoch(pool: &mut Pool, credits: u64) {
    pool.next_epoch_with_rewards(credits).await;
    pool.crank_epoch().await;
}

/// The rest of this epoch and the start of the next.
pub async fn epoch(pool: &mut Pool) {
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    next_epoch(pool, 0).await;
}

/// Lamports in a wallet.
pub async fn wallet(pool: &mut Pool, owner: &Keypair) -> u64 {
    pool.cluster.lamports(&owner.pubkey()).await
}
