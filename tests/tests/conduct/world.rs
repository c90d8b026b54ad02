//! Pools whose validators vote.

use {
    sluice::{
        events::{LossReported, ValidatorEjected},
        state::{Breach, PoolConfig, SlotState},
    },
    sluice_tests::{
        cluster::{LAMPORTS_PER_SOL, Sent},
        pool::{Pool, Watch},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Credits that a validator earns in an epoch.
pub const CREDITS: u64 = 1_000;

/// Most validators of a pool that is watched in full.
const FEW: usize = 6;

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
    window(&mut pool).await;
    pool.live_an_epoch(CREDITS).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
    (pool, alice)
}

/// Goes to the window and cranks what is due there.
pub async fn window(pool: &mut Pool) {
    pool.warp_to_window().await;
    pool.crank_epoch().await;
}

/// Goes to the next epoch, in which these validators alone have voted, and prices it.
pub async fn epoch_of(pool: &mut Pool, votes: &[Pubkey]) {
    pool.next_epoch_with_votes_of(votes, CREDITS).await;
    pool.crank_epoch().await;
}

/// Goes to the next epoch, in which all have voted, and prices it.
pub async fn epoch(pool: &mut Pool) {
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
}

/// What the event says that an ejection was for.
pub fn breach(sent: &Sent) -> Breach {
    sent.events::<ValidatorEjected>().remove(0).breach
}

/// The loss that was reported, if there was one.
pub fn reported(sent: &Sent) -> Option<LossReported> {
    sent.events::<LossReported>().pop()
}

/// The state of a validator's slot.
pub async fn state(pool: &mut Pool, vote: &Pubkey) -> SlotState {
    let slot = pool.slot_of(vote).await;
    slot.state().expect("a known state")
}
