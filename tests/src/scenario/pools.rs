//! The pools that tests start from.

use sluice::state::PoolConfig;
use solana_keypair::Keypair;

use super::{CREDITS, SOL};
use crate::pool::{Pool, PoolBuilder, Watch};

/// Rewards of an epoch are some hundredths of a pool of 900 SOL in these epochs.
const FIRST_EPOCH: u64 = 4;

/// Most validators of a pool that is watched in full.
const FEW: usize = 6;

/// A pool with 900 SOL of alice, all of it but the reserve's share active on three validators
/// with commissions of 0%, 5% and 10%. It is the window of an epoch, everything is cranked, and
/// nothing has been earned.
pub async fn earning_pool(builder: PoolBuilder) -> (Pool, Keypair) {
    let validators = [(0, 1), (500, 2), (1_000, 1)];
    let mut pool = builder
        .epoch(FIRST_EPOCH)
        .validators(&validators)
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    (pool, alice)
}

/// A pool with two validators of weights 1 and 2 whose first rewards are booked, some basis points
/// of the 900 SOL that its holder has in it: exits with stake are open, and an LST is dearer than
/// a SOL. All but the reserve's share is active. With the largest tolerance that there is, an exit can
/// take most of what a validator has.
pub async fn open_pool(change: impl FnOnce(&mut PoolConfig)) -> (Pool, Keypair) {
    let builder = Pool::builder().config(|config| {
        config.tolerance_bps = 5_000;
        change(config);
    });
    opened(builder.validators(&[(0, 1), (0, 2)]), 900 * SOL).await
}

/// A pool whose holder has deposited `lamports`, which are active, and has 1,000 SOL more; its
/// first rewards are booked.
pub async fn opened(builder: PoolBuilder, lamports: u64) -> (Pool, Keypair) {
    let mut pool = builder.epoch(1).start().await;
    let holder = pool.user("alice", lamports + 1_000 * SOL).await;
    pool.deposit(&holder, lamports).await;
    pool.crank_window().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    pool.crank_next_epoch(CREDITS).await;
    (pool, holder)
}

/// A pool with 600 SOL of alice and 300 SOL of bob, active on three validators except
/// for the reserve's 1%. It is finalized, and the window of the epoch is still ahead.
pub async fn staked_pool() -> (Pool, Keypair, Keypair) {
    let builder = Pool::builder()
        // Losses of a few percent hold up no payment.
        .config(|config| config.breaker_bound_bps = 500)
        .validators(&[(0, 1), (0, 2), (0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    let bob = pool.user("bob", 1_000 * SOL).await;
    pool.deposit(&alice, 600 * SOL).await;
    pool.deposit(&bob, 300 * SOL).await;
    pool.pass_an_epoch().await;
    (pool, alice, bob)
}

/// A pool without a reserve target, whose validators have these weights, with `lamports` of
/// alice delegated in the window of epoch 0 and active in epoch 1, where this returns.
pub async fn delegated_pool(weights: &[u16], lamports: u64) -> (Pool, Keypair) {
    let mut pool = empty_pool_with(weights, |config| config.reserve_target_bps = 0).await;
    let alice = pool.user("alice", lamports + 10 * SOL).await;
    pool.deposit(&alice, lamports).await;
    pool.pass_an_epoch().await;
    (pool, alice)
}

/// A pool with an attacker. Fees are the least that the program allows: nothing but the price rules
/// stop the attacker. Returns the pool, its holder of 500 SOL, and the attacker.
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
    pool.pass_an_epoch().await;
    (pool, holder, mallory)
}

/// A pool in epoch 0 without stake whose validators, `v0`, `v1`, ..., have these weights.
pub async fn empty_pool(weights: &[u16]) -> Pool {
    empty_pool_with(weights, |_| {}).await
}

/// The same with other rates.
pub async fn empty_pool_with(weights: &[u16], change: impl FnOnce(&mut PoolConfig)) -> Pool {
    let validators: Vec<(u16, u16)> = weights.iter().map(|weight| (0, *weight)).collect();
    let watch = if weights.len() > FEW {
        Watch::Books
    } else {
        Watch::Full
    };
    let builder = Pool::builder().config(change).watch(watch);
    builder.validators(&validators).start().await
}

/// A pool with 100 SOL of alice per unit of weight. It is priced at the start of an epoch, before
/// which all of it was active for a whole epoch, in which every validator voted.
pub async fn voting_pool(weights: &[u16]) -> (Pool, Keypair) {
    voting_pool_with(weights, |_| {}).await
}

/// The same with other rates.
pub async fn voting_pool_with(
    weights: &[u16],
    change: impl FnOnce(&mut PoolConfig),
) -> (Pool, Keypair) {
    let mut pool = empty_pool_with(weights, change).await;
    let lamports = weights.iter().map(|weight| u64::from(*weight)).sum::<u64>() * 100 * SOL;
    let alice = pool.user("alice", lamports + 100 * SOL).await;
    pool.deposit(&alice, lamports).await;
    pool.crank_window().await;
    pool.live_an_epoch(CREDITS).await;
    pool.crank_next_epoch(CREDITS).await;
    (pool, alice)
}
