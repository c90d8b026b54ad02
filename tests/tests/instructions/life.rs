//! The whole life of a stake through the fixture.

use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool};

#[tokio::test]
async fn a_stake_lives_through_epochs_and_leaves_with_its_rewards() {
    let mut pool = Pool::builder()
        .epoch(9)
        .validators(&[(0, 1), (500, 2), (1_000, 1)])
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    let start = pool.prices().await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    for _ in 0..4 {
        pool.live_an_epoch(1_000).await;
    }
    let grown = pool.prices().await;
    assert!(
        u128::from(grown.full) * u128::from(start.supply)
            > u128::from(start.full) * u128::from(grown.supply)
    );
    pool.withdraw(&alice, SOL).await;
    let ticket = pool.request(&alice, 400 * SOL).await;
    let vote = pool.vote(2);
    pool.retire(&vote).await;
    for _ in 0..3 {
        pool.live_an_epoch(1_000).await;
    }
    let before = pool
        .cluster
        .lamports(&solana_signer::Signer::pubkey(&alice))
        .await;
    pool.claim(&ticket).await;
    let paid = pool
        .cluster
        .lamports(&solana_signer::Signer::pubkey(&alice))
        .await
        - before;
    assert!(paid > 400 * SOL, "{paid}");
    pool.close(&vote).await;
    pool.pay_fees().await;
    let treasury = solana_signer::Signer::pubkey(&pool.treasury());
    assert!(pool.lst_balance(&treasury).await > 0);
}
