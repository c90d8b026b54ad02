//! Rent falls and rises while stake is on its way.

use sluice::{
    SluiceError,
    state::{PoolConfig, PoolLimits, StakeAccountKind::Transient},
};
use sluice_tests::{
    cluster::{Cluster, STAKE_ACCOUNT_BYTES},
    pool::Pool,
    scenario::{SOL, assert_refused, delegated_pool},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Stake on its way in and out, so that rent changes in the middle of both.
async fn busy_pool() -> (Pool, Keypair) {
    let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    pool.deposit(&alice, 6 * SOL).await;
    pool.pass_an_epoch().await;
    pool.request(&alice, 9 * SOL).await;
    (pool, alice)
}

/// The rest of the pool's life: everybody leaves, the validators retire, their slots close.
async fn wind_up(pool: &mut Pool, alice: &Keypair) {
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let ticket = pool.request(alice, lst).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.retire(&vote).await;
    }
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.close(&vote).await;
    }
    pool.pass_an_epoch().await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.claim(&ticket).await;
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
    assert_eq!(account.staked_lamports, 0);
}

#[tokio::test]
async fn rent_that_falls_midway_is_swept_and_changes_no_price() {
    for lamports_per_byte in [6_333, 696] {
        let (mut pool, alice) = busy_pool().await;
        let full = pool.prices().await.full;
        pool.cluster.schedule_rent(lamports_per_byte).await;
        pool.pass_an_epoch().await;
        let paid = pool.account().await.claims_lamports;
        assert_eq!(pool.prices().await.full + paid, full);
        for place in pool.places().await {
            assert_eq!(pool.cluster.free_lamports(&place.main).await, 0);
        }
        wind_up(&mut pool, &alice).await;
    }
}

#[tokio::test]
async fn rent_that_rises_midway_is_topped_up_from_the_reserve_and_changes_no_price() {
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 200)
        .validators(&[]);
    let mut pool = builder.start().await;
    pool.cluster.schedule_rent(696).await;
    pool.crank_next_epoch(0).await;
    pool.add_validators(&[(0, 1), (0, 1)]).await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 60 * SOL).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    pool.request(&alice, 9 * SOL).await;
    let full = pool.prices().await.full;
    pool.cluster.schedule_rent(6_960).await;
    pool.pass_an_epoch().await;
    let paid = pool.account().await.claims_lamports;
    assert_eq!(pool.prices().await.full + paid, full);
    pool.deposit(&alice, 4 * SOL).await;
    wind_up(&mut pool, &alice).await;
}

#[tokio::test]
async fn rent_that_falls_and_rises_again_every_epoch_loses_no_lamport() {
    let (mut pool, alice) = busy_pool().await;
    for lamports_per_byte in [5_080, 1_322, 6_960] {
        pool.cluster.schedule_rent(lamports_per_byte).await;
        let owned = pool.owned_lamports().await + pool.account().await.claims_lamports;
        pool.pass_an_epoch().await;
        let after = pool.owned_lamports().await + pool.account().await.claims_lamports;
        assert_eq!(after, owned);
        pool.assert_minimum_delegations().await;
    }
    wind_up(&mut pool, &alice).await;
}

/// A pool without a reserve target, made while rent was at its least, whose reserve holds nothing
/// but rent: 60 SOL are active with one validator. Rent rises tenfold at the next boundary.
async fn pool_without_a_spare_lamport() -> (Pool, Keypair) {
    let mut cluster = Cluster::start().await;
    cluster.schedule_rent(696).await;
    cluster.next_epoch().await;
    let mut config = PoolConfig::RECOMMENDED;
    config.reserve_target_bps = 0;
    let mut pool = Pool::create(cluster, "pool", config, PoolLimits::NONE).await;
    pool.add_validators(&[(0, 1)]).await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 60 * SOL).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    assert_eq!(pool.account().await.reserve_lamports, rent);
    pool.cluster.schedule_rent(6_960).await;
    (pool, alice)
}

#[tokio::test]
async fn an_exit_is_paid_after_rent_has_risen_above_what_the_whole_pool_can_spare() {
    let (mut pool, alice) = pool_without_a_spare_lamport().await;
    pool.pass_an_epoch().await;
    let ticket = pool.request(&alice, 10 * SOL).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    wind_up_one(&mut pool, &alice).await;
}

#[tokio::test]
async fn an_exit_is_paid_though_activated_stake_cannot_be_merged_after_a_rise_of_rent() {
    let (mut pool, alice) = pool_without_a_spare_lamport().await;
    pool.deposit(&alice, 5 * SOL).await;
    pool.pass_an_epoch().await;
    let ticket = pool.request(&alice, 10 * SOL).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    wind_up_one(&mut pool, &alice).await;
}

#[tokio::test]
async fn a_stake_account_reset_below_a_risen_rent_blocks_no_exit_and_is_reclaimed_once_it_has_rent()
{
    let (mut pool, alice) = pool_without_a_spare_lamport().await;
    let vote = pool.vote(0);
    pool.cluster.next_epoch().await;
    let transient = pool.slot_of(&vote).await.transient;
    pool.reset_to_uninitialized(&vote, Transient).await;
    pool.crank_epoch().await;
    let ticket = pool.request(&alice, 10 * SOL).await;
    pool.pass_an_epoch().await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());

    let reclaimed = pool.try_reclaim(&vote, Transient).await;
    reclaimed.expect_err("the stake program wants rent");
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let missing = rent - pool.cluster.lamports(&transient).await;
    pool.cluster.fund(&transient, missing).await;
    pool.reclaim(&vote, Transient).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    assert!(pool.delegated(&vote).await >= 50 * SOL);
    wind_up_one(&mut pool, &alice).await;
}

#[tokio::test]
async fn a_few_lamports_are_collected_though_the_reserve_is_below_a_risen_rent() {
    let (mut pool, _alice) = pool_without_a_spare_lamport().await;
    let vote = pool.vote(0);
    let main = pool.slot_of(&vote).await.main;
    // More than the rise of rent, so that something is free above it.
    pool.cluster.fund(&main, 2_100_000).await;
    let reserve = pool.account().await.reserve_lamports;
    pool.pass_an_epoch().await;
    assert_eq!(pool.cluster.free_lamports(&main).await, 0);
    let more = pool.account().await.reserve_lamports;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    assert!(reserve < more && more < rent, "{reserve} < {more} < {rent}");
    pool.pass_an_epoch().await;
}

/// The rest of the life of a pool with one validator: everybody leaves, its slot closes.
async fn wind_up_one(pool: &mut Pool, alice: &Keypair) {
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let ticket = pool.request(alice, lst).await;
    for _ in 0..4 {
        pool.pass_an_epoch().await;
    }
    pool.close(&vote).await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
    assert_eq!(account.staked_lamports, 0);
}

/// The vault was funded for twice the rent of its creation; rent rises tenfold. What is owed is
/// paid except for the rent that the runtime wants there, and all of it once somebody sends that.
#[tokio::test]
async fn a_claim_is_paid_after_rent_has_risen_above_what_the_vault_was_funded_for() {
    let (mut pool, alice) = pool_without_a_spare_lamport().await;
    let tickets = [
        pool.request(&alice, 10 * SOL).await,
        pool.request(&alice, 3 * SOL).await,
    ];
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    pool.claim(&tickets[0]).await;
    pool.claim(&tickets[1]).await;
    let vault = pool.addresses.claims_vault;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    assert_eq!(pool.cluster.lamports(&vault).await, rent);
    let owed = pool.account().await.claims_lamports;
    assert!(0 < owed && owed < rent, "{owed}");
    let nothing = pool.try_claim(&tickets[1]).await;
    assert_refused(nothing, SluiceError::NothingToClaim);

    pool.cluster.fund(&vault, rent).await;
    pool.claim(&tickets[1]).await;
    assert_eq!(pool.account().await.claims_lamports, 0);
    assert!(pool.cluster.try_account(&tickets[1].ticket).await.is_none());
    assert!(pool.cluster.try_account(&tickets[1].batch).await.is_none());
}
