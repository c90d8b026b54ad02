//! How a pool comes back from what happened behind its back: by cranks alone, in any order, without
//! losing a lamport and without a price that falls.

mod rest;

use rand::{rngs::StdRng, seq::SliceRandom};
pub use rest::assert_at_rest;
use sluice::state::StakeAccountKind::{Main, Transient};
use sluice_client::SlotAddress;
use solana_stake_interface::state::StakeStateV2;

use crate::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::{Books, Pool, Prices},
    scenario::CREDITS,
};

/// Turns of all cranks at one moment, at most.
const TURNS: usize = 6;

/// Cranks alone, for some epochs, in the first `earning` of which all validators earn. Then the
/// pool is at rest, and the value of an LST has never fallen.
pub async fn recover(pool: &mut Pool, epochs: usize, earning: usize, rng: &mut StdRng) {
    turn_cranks(pool, rng).await;
    for epoch in 0..epochs {
        let before = pool.prices().await;
        pool.warp_to_window().await;
        turn_cranks(pool, rng).await;
        let credits = if epoch < earning { CREDITS } else { 0 };
        pool.next_epoch_with_rewards(credits).await;
        reclaim(pool).await;
        turn_once(pool, rng).await;
        assert_no_fall(&before, &pool.prices().await);
    }
    assert_at_rest(pool, rng).await;
}

fn assert_no_fall(before: &Prices, now: &Prices) {
    let worth = |of: &Prices, other: &Prices| u128::from(of.value) * u128::from(other.supply);
    assert!(
        worth(now, before) >= worth(before, now),
        "the value fell: {before:?} -> {now:?}"
    );
}

/// Turns every crank, in any order, until none changes anything. They move lamports only between
/// accounts of the pool.
pub async fn turn_cranks(pool: &mut Pool, rng: &mut StdRng) {
    reclaim(pool).await;
    for _ in 0..TURNS {
        if !turn_once(pool, rng).await {
            return;
        }
    }
    panic!("the cranks of one moment never end");
}

/// Turns every crank once; whether that changed anything.
async fn turn_once(pool: &mut Pool, rng: &mut StdRng) -> bool {
    let before = pool.books().await;
    send_cranks(pool, rng).await;
    let after = pool.books().await;
    let owned = owned_lamports(&before);
    assert_eq!(owned_lamports(&after), owned, "cranks lose nothing");
    after != before
}

async fn send_cranks(pool: &mut Pool, rng: &mut StdRng) {
    let clock = pool.cluster.clock().await;
    if !pool.account().await.is_fresh(clock.epoch) {
        pool.price().await;
    }
    let addresses = pool.addresses;
    for place in shuffled(pool, rng).await {
        pool.must_send(&[addresses.collect(&place)], &[]).await;
    }
    pool.settle().await;
    if clock.slot < pool.window_slot().await {
        return;
    }
    for place in shuffled(pool, rng).await {
        pool.must_send(&[addresses.undelegate(&place)], &[]).await;
    }
    for place in shuffled(pool, rng).await {
        pool.must_send(&[addresses.delegate(&place)], &[]).await;
    }
}

/// The slots of all validators in any order.
pub async fn shuffled(pool: &mut Pool, rng: &mut StdRng) -> Vec<SlotAddress> {
    let mut places = pool.places().await;
    places.shuffle(rng);
    places
}

/// Gives every reset account the pool's authority again. Who reclaims one below today's rent adds
/// what it lacks: the stake program initializes no other.
async fn reclaim(pool: &mut Pool) {
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    for place in pool.places().await {
        for kind in [Main, Transient] {
            let stake = place.stake(kind);
            if pool.cluster.stake_state(&stake).await != StakeStateV2::Uninitialized {
                continue;
            }
            let lamports = pool.cluster.lamports(&stake).await;
            if lamports < rent {
                pool.cluster.fund(&stake, rent - lamports).await;
            }
            pool.reclaim(&place.vote, kind).await;
        }
    }
}

/// Lamports in reserve, claims vault and stake accounts.
fn owned_lamports(books: &Books) -> u64 {
    let stakes: u64 = books.stakes.values().map(|stake| stake.lamports).sum();
    books.reserve_lamports + books.vault_lamports + stakes
}
