//! A pool that earns.

use {
    sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool, scenario},
    solana_keypair::Keypair,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Credits that a validator earns in an epoch of a test.
pub const CREDITS: u64 = 1_000;

/// The pool of [`scenario::earning_pool`] with the default settings.
pub async fn earning_pool() -> (Pool, Keypair) {
    scenario::earning_pool(Pool::builder()).await
}
