//! Pools that delegate, and how their epochs pass.

use {
    sluice_tests::{
        cluster::LAMPORTS_PER_SOL,
        pool::{Pool, Watch},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// A pool without a reserve target, whose validators have these weights, with `lamports` of
/// alice delegated in the window of epoch 0 and active in epoch 1, where this returns.
pub async fn delegated_pool(weights: &[u16], lamports: u64) -> (Pool, Keypair) {
    let validators: Vec<(u16, u16)> = weights.iter().map(|weight| (0, *weight)).collect();
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 0)
        .watch(if weights.len() > 5 {
            Watch::Books
        } else {
            Watch::Full
        })
        .validators(&validators);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", lamports + 10 * SOL).await;
    pool.deposit(&alice, lamports).await;
    window(&mut pool).await;
    next_epoch(&mut pool).await;
    (pool, alice)
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

/// The rest of this epoch and the start of the next.
pub async fn epoch(pool: &mut Pool) {
    window(pool).await;
    next_epoch(pool).await;
}

/// What is delegated to each of the validators and stays.
pub async fn delegations(pool: &mut Pool) -> Vec<u64> {
    let mut all = Vec::new();
    for place in pool.places().await {
        all.push(pool.delegated(&place.vote).await);
    }
    all
}

/// What the pool aims at for each of the validators, computed here from its books alone.
pub async fn targets(pool: &mut Pool) -> Vec<u64> {
    let books = pool.books().await;
    let prices = books.prices();
    let reserve_target = prices.full * u64::from(books.pool.config.reserve_target_bps) / 10_000;
    let queue = (u128::from(books.pool.locked_lst) * u128::from(prices.value))
        .div_ceil(u128::from(prices.supply));
    let stakeable = u128::from(prices.full - reserve_target) - queue;
    let total: u128 = books.slots().map(|slot| u128::from(slot.weight)).sum();
    let target = |weight: u16| {
        (stakeable * u128::from(weight))
            .checked_div(total)
            .unwrap_or(0)
    };
    let targets = books.slots().map(|slot| target(slot.weight) as u64);
    targets.collect()
}

/// Asserts that whole epochs of cranks change no stake account and move no lamport.
pub async fn assert_at_rest(pool: &mut Pool) {
    let stakes: Vec<Pubkey> = {
        let places = pool.places().await;
        places
            .iter()
            .flat_map(|place| [place.main, place.transient])
            .collect()
    };
    let before = pool.cluster.snapshot(&stakes).await;
    let full = pool.prices().await.full;
    for _ in 0..3 {
        epoch(pool).await;
        before.assert_identical(&pool.cluster.snapshot(&stakes).await);
    }
    assert_eq!(pool.prices().await.full, full);
}
