//! The whole life of a stake, with the watcher looking on.

use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool};
use solana_signer::Signer;

#[tokio::test]
async fn a_stake_grows_for_epochs_and_leaves_with_its_rewards() {
    let mut pool = Pool::builder()
        .epoch(3)
        .validators(&[(0, 1), (500, 2), (1_000, 1)])
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.crank_window().await;
    let mut before = pool.prices().await;
    pool.live_an_epoch(1_000).await;
    for _ in 0..3 {
        pool.live_an_epoch(1_000).await;
        let now = pool.prices().await;
        let cross = |one: u64, other: u64| u128::from(one) * u128::from(other);
        assert!(cross(now.full, before.supply) > cross(before.full, now.supply));
        assert!(cross(now.value, before.supply) > cross(before.value, now.supply));
        before = now;
    }
    pool.withdraw(&alice, SOL).await;
    let ticket = pool.request(&alice, 400 * SOL).await;
    let vote = pool.vote(2);
    pool.retire(&vote).await;
    for _ in 0..3 {
        pool.live_an_epoch(1_000).await;
    }
    let had = pool.cluster.lamports(&alice.pubkey()).await;
    pool.claim(&ticket).await;
    let paid = pool.cluster.lamports(&alice.pubkey()).await - had;
    assert!(paid > 400 * SOL, "{paid}");
    pool.close(&vote).await;
    pool.pay_fees().await;
    let treasury = pool.treasury().pubkey();
    assert!(pool.lst_balance(&treasury).await > 0);
}
