//! The SOL-value calculator: what Infinity is told about the LST of a pool.

mod answers;
mod refusals;
mod substitution;
mod upgrades;

use sluice_sol_value::ValueError;
use sluice_tests::{
    cluster::{ClusterBuilder, TransactionFailure},
    pool::{Pool, Watch},
    scenario::{CREDITS, earning_pool},
};
use solana_keypair::Keypair;

/// A pool whose rewards drip, with the calculator, which is confirmed; and its holder.
async fn valued() -> (Pool, Keypair) {
    let (mut pool, alice) = unconfirmed().await;
    pool.confirmed_sol_value().await;
    (pool, alice)
}

/// The same before the calculator is confirmed.
async fn unconfirmed() -> (Pool, Keypair) {
    let builder = Pool::builder().config(|config| config.breaker_bound_bps = 5_000);
    let builder = builder.cluster(ClusterBuilder::sol_value).watch(Watch::Off);
    let (mut pool, alice) = earning_pool(builder).await;
    pool.crank_next_epoch(CREDITS).await;
    (pool, alice)
}

/// Panics unless it was refused with this error, and its sentence.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, TransactionFailure>, error: ValueError) {
    let failure = outcome.expect_err("answered, but should be refused");
    assert_eq!(failure.custom_code, Some(error as u32), "{failure}");
    let logged = format!("Program log: {}", error.message());
    assert!(failure.logs.contains(&logged), "{failure}");
}
