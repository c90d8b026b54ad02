//! Attacks on the reserve.

use sluice::SluiceError;
use sluice_tests::{
    pool::Pool,
    scenario::{SOL, assert_refused},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::{instruction as system, program::ID as SYSTEM_PROGRAM};

async fn idle_pool() -> (Pool, Keypair) {
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 0)
        .validators(&[(0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 30 * SOL).await;
    (pool, alice)
}

async fn assert_keeps_rent(pool: &mut Pool) {
    let reserve = pool.addresses.reserve;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let account = pool.cluster.account(&reserve).await;
    assert!(account.lamports >= rent, "{} of {rent}", account.lamports);
    assert_eq!((account.owner, account.data.len()), (SYSTEM_PROGRAM, 0));
}

#[tokio::test]
async fn v2_and_row_10_reserve_is_never_drained_below_its_rent() {
    let (mut pool, alice) = idle_pool().await;
    pool.withdraw(&alice, 30 * SOL - 5).await;
    assert_keeps_rent(&mut pool).await;
    pool.deposit(&alice, 30 * SOL).await;
    // Delegation takes all that is there, and a settlement what came back.
    pool.crank_window().await;
    assert_keeps_rent(&mut pool).await;
    pool.crank_next_epoch(0).await;
    let lst = pool.lst_balance(&alice.pubkey()).await;
    pool.request(&alice, lst).await;
    pool.pass_an_epoch().await;
    assert_keeps_rent(&mut pool).await;
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
}

#[tokio::test]
async fn v2_nobody_assigns_or_allocates_the_reserve() {
    let (mut pool, alice) = idle_pool().await;
    let it = pool.addresses;
    let mallory = pool.cluster.address("mallory");
    for target in [it.reserve, it.claims_vault, it.stake_authority] {
        let attempts = [
            system::assign(&target, &mallory),
            system::allocate(&target, 8),
            system::transfer(&target, &mallory, 1),
        ];
        for attempt in attempts {
            let mut attempt = attempt;
            attempt.accounts[0].is_signer = false;
            pool.send(&[attempt], &[&alice])
                .await
                .expect_err("only the program signs for it");
        }
    }
}

#[tokio::test]
async fn v6_an_instant_exit_takes_all_of_the_buffer_and_not_a_lamport_more() {
    let (mut pool, alice) = idle_pool().await;
    pool.crank_window().await;
    pool.deposit(&alice, 2 * SOL).await;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let buffer = pool.account().await.reserve_lamports - rent;
    assert!(buffer < 4 * SOL);
    let refused = pool.try_withdraw(&alice, buffer + 1).await;
    assert_refused(refused, SluiceError::InsufficientReserve);
    pool.withdraw(&alice, buffer).await;
    assert_keeps_rent(&mut pool).await;
}

#[tokio::test]
async fn v46_a_rent_top_up_is_paid_once() {
    let builder = Pool::builder().config(|config| config.reserve_target_bps = 500);
    let mut pool = builder.start().await;
    pool.cluster.schedule_rent(696).await;
    pool.crank_next_epoch(0).await;
    pool.add_validators(&[(0, 1), (0, 1)]).await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 60 * SOL).await;
    pool.crank_window().await;
    pool.cluster.schedule_rent(6_960).await;
    pool.crank_next_epoch(0).await;
    let stakes: Vec<Pubkey> = {
        let places = pool.places().await;
        places
            .iter()
            .flat_map(|place| [place.main, place.transient])
            .collect()
    };
    let before = pool.cluster.snapshot(&stakes).await;
    for _ in 0..3 {
        pool.collect_all().await;
    }
    before.assert_identical(&pool.cluster.snapshot(&stakes).await);
    let rent = pool
        .cluster
        .rent_exempt_lamports(sluice_tests::cluster::STAKE_ACCOUNT_BYTES)
        .await;
    for stake in stakes {
        assert_eq!(pool.cluster.free_lamports(&stake).await, 0);
        assert!(pool.cluster.lamports(&stake).await >= rent);
    }
}
