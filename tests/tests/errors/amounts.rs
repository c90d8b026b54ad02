//! Amounts that buy nothing, or too much.

use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, Watch},
};
use solana_signer::Signer;

use super::{Outcome, gates::change_pool, staked_pool};

pub async fn nothing_cannot_be_deposited() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", SOL).await;
    pool.try_deposit(&alice, 0).await
}

/// A donation has lifted the price above one lamport for one unit.
pub async fn a_deposit_must_buy_one_unit_at_least() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", SOL).await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, SOL).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.try_deposit(&alice, 1).await
}

pub async fn a_deposit_that_mints_less_than_the_minimum_is_refused() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 2 * SOL).await;
    let recipient = pool.lst_account(&alice.pubkey());
    let deposit = pool
        .addresses
        .deposit_sol(alice.pubkey(), recipient, SOL, SOL + 1);
    pool.send(&[deposit], &[&alice]).await
}

pub async fn an_instant_exit_cannot_take_more_than_the_buffer() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    pool.try_withdraw(&alice, 50 * SOL).await
}

/// The pool's breaker never trips, and all its lamports but rent are gone.
pub async fn nothing_can_be_bought_after_a_total_loss() -> Outcome {
    let mut pool = Pool::builder()
        .config(|config| config.breaker_bound_bps = 10_000)
        .start()
        .await;
    let alice = pool.user("alice", 10 * SOL).await;
    pool.deposit(&alice, SOL).await;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let reserve = pool.addresses.reserve;
    pool.cluster
        .change_account(&reserve, |account| account.lamports = rent)
        .await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    assert_eq!(pool.prices().await.full, 0);
    pool.try_deposit(&alice, SOL).await
}

pub async fn a_deposit_beyond_64_bits_is_refused() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", SOL).await;
    pool.try_deposit(&alice, u64::MAX).await
}

pub async fn an_exit_of_more_than_the_supply_is_refused() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 2 * SOL).await;
    pool.deposit(&alice, SOL).await;
    let supply = pool.account().await.lst_supply;
    pool.try_withdraw(&alice, supply + 1).await
}

/// No instruction can make such a pool.
pub async fn a_share_above_the_whole_is_refused_even_in_a_corrupt_pool() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 2 * SOL).await;
    change_pool(&mut pool, |account| account.config.deposit_fee_bps = 10_001).await;
    assert_eq!(pool.watch, Watch::Off);
    pool.try_deposit(&alice, SOL).await
}
