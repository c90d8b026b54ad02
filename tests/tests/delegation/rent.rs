//! Rent falls and rises while stake is on its way.

use {
    crate::world::{SOL, delegated_pool, epoch, next_epoch, window},
    sluice_tests::pool::Pool,
    solana_keypair::Keypair,
    solana_signer::Signer,
};

/// Stake on its way in and out, so that rent changes in the middle of both.
async fn busy_pool() -> (Pool, Keypair) {
    let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    pool.deposit(&alice, 6 * SOL).await;
    window(&mut pool).await;
    next_epoch(&mut pool).await;
    pool.request(&alice, 9 * SOL).await;
    (pool, alice)
}

/// The rest of the pool's life: everybody leaves, the validators retire, their slots close.
async fn wind_up(pool: &mut Pool, alice: &Keypair) {
    for _ in 0..2 {
        epoch(pool).await;
    }
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let ticket = pool.request(alice, lst).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.retire(&vote).await;
    }
    for _ in 0..3 {
        epoch(pool).await;
    }
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.close(&vote).await;
    }
    epoch(pool).await;
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
        window(&mut pool).await;
        next_epoch(&mut pool).await;
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
    next_epoch(&mut pool).await;
    pool.add_validators(&[(0, 1), (0, 1)]).await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 60 * SOL).await;
    for _ in 0..2 {
        epoch(&mut pool).await;
    }
    pool.request(&alice, 9 * SOL).await;
    let full = pool.prices().await.full;
    pool.cluster.schedule_rent(6_960).await;
    window(&mut pool).await;
    next_epoch(&mut pool).await;
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
        window(&mut pool).await;
        next_epoch(&mut pool).await;
        let after = pool.owned_lamports().await + pool.account().await.claims_lamports;
        assert_eq!(after, owned);
        pool.assert_minimum_delegations().await;
    }
    wind_up(&mut pool, &alice).await;
}
