//! Limits on deposits: what they stop, and that they stop no exit.

use SluiceError::{DepositCapReached, DepositTooSmall, ParameterOutOfBounds};
use sluice::{
    SluiceError,
    state::{Parameter, PoolLimits},
};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::Pool,
    scenario::{assert_refused, opened},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

async fn limited_pool(cap: u64, minimum: u64) -> (Pool, Keypair) {
    let limits = PoolLimits {
        deposit_cap_lamports: cap,
        minimum_deposit_lamports: minimum,
    };
    let builder = Pool::builder().limits(limits).validators(&[(0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    (pool, alice)
}

#[tokio::test]
async fn deposits_fill_the_pool_to_its_cap_and_not_a_lamport_further() {
    let (mut pool, alice) = limited_pool(100 * SOL, 0).await;
    let room = 100 * SOL - pool.prices().await.full;
    assert_refused(pool.try_deposit(&alice, room + 1).await, DepositCapReached);
    pool.deposit(&alice, room).await;
    assert_eq!(pool.prices().await.full, 100 * SOL);
    assert_refused(pool.try_deposit(&alice, 1).await, DepositCapReached);
    let quote = pool.addresses.quote_deposit(1);
    assert_refused(pool.send(&[quote], &[]).await, DepositCapReached);
    let lst = pool.lst_balance(&alice.pubkey()).await;
    pool.request(&alice, lst / 2).await;
    pool.withdraw(&alice, SOL / 10).await;
    pool.deposit(&alice, SOL / 20).await;
}

#[tokio::test]
async fn deposits_are_at_least_the_minimum() {
    let (mut pool, alice) = limited_pool(u64::MAX, SOL).await;
    assert_refused(pool.try_deposit(&alice, SOL - 1).await, DepositTooSmall);
    let quote = pool.addresses.quote_deposit(SOL - 1);
    assert_refused(pool.send(&[quote], &[]).await, DepositTooSmall);
    pool.deposit(&alice, SOL).await;
    // Nothing that leaves has a minimum.
    pool.withdraw(&alice, 1_000).await;
    pool.request(&alice, 1).await;
}

#[tokio::test]
async fn stake_that_comes_in_keeps_to_cap_and_minimum_too() {
    let limits = PoolLimits {
        deposit_cap_lamports: 110 * SOL,
        minimum_deposit_lamports: 2 * SOL,
    };
    let builder = Pool::builder().limits(limits).validators(&[(0, 1)]);
    let (mut pool, alice) = opened(builder, 100 * SOL).await;
    let vote = pool.vote(0);
    for (name, lamports, refusal) in [
        ("small", SOL, Some(DepositTooSmall)),
        ("large", 20 * SOL, Some(DepositCapReached)),
        ("fits", 5 * SOL, None),
    ] {
        let owner = alice.pubkey();
        let stake = pool.active_stake(name, &owner, lamports, &vote).await;
        let deposited = pool.try_deposit_stake(&alice, &stake, &vote).await;
        match refusal {
            Some(error) => assert_refused(deposited, error),
            None => assert!(deposited.is_ok(), "{name}"),
        }
    }
}

#[tokio::test]
async fn no_minimum_is_above_a_hundred_sol_and_a_cap_can_be_anything() {
    let (mut pool, _) = limited_pool(u64::MAX, 0).await;
    let minimum = Parameter::MinimumDepositLamports;
    let refused = pool.try_schedule_change(minimum, 100 * SOL + 1).await;
    assert_refused(refused, ParameterOutOfBounds);
    pool.schedule_change(minimum, 100 * SOL).await;
    pool.schedule_change(Parameter::DepositCapLamports, 0).await;
}

/// An admin who could open deposits for one transaction would have them for itself.
#[tokio::test]
async fn deposits_cannot_be_opened_for_less_than_two_epochs() {
    let (mut pool, alice) = limited_pool(0, 0).await;
    let cap = Parameter::DepositCapLamports;
    let admin = pool.admin();
    let recipient = pool.lst_account(&alice.pubkey());
    let it = pool.addresses;
    let private = [
        it.schedule_change(admin.pubkey(), cap, u64::MAX, 0),
        it.deposit_sol(alice.pubkey(), recipient, SOL, 0),
        it.schedule_change(admin.pubkey(), cap, 0, u64::MAX),
    ];
    let refused = pool.send(&private, &[&admin, &alice]).await;
    assert_refused(refused, DepositCapReached);

    pool.schedule_change(cap, u64::MAX).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.schedule_change(cap, 0).await;
    for _ in 0..2 {
        pool.deposit(&alice, SOL).await;
        pool.cluster.next_epoch().await;
        pool.price().await;
    }
    assert_refused(pool.try_deposit(&alice, SOL).await, DepositCapReached);
}
