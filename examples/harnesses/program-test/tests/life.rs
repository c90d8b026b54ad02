//! The whole life of a stake over epochs that pay rewards, with the harness of Sluice's own tests: a pool
//! with a verb for every instruction, whose invariants are checked after each transaction.

use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool};
use solana_signer::Signer;

/// What the validators of this pool earn in an epoch by voting.
const CREDITS: u64 = 1_000;

#[tokio::test]
async fn a_stake_earns_and_the_queue_pays_it() {
    let pool = Pool::builder().validators(&[(0, 1), (500, 1)]);
    let mut pool = pool.epoch(4).start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.crank_window().await;
    pool.live_an_epoch(0).await; // the stake becomes active
    pool.live_an_epoch(CREDITS).await; // and earns
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let price = pool.prices().await;
    assert!(price.value > price.supply, "it earned: {price:?}");

    let ticket = pool.request(&alice, lst / 3).await;
    pool.live_an_epoch(CREDITS).await; // the batch locks, and stake leaves for it
    pool.crank_next_epoch(CREDITS).await; // it is here, and pays
    let poor = pool.cluster.lamports(&alice.pubkey()).await;
    pool.claim(&ticket).await;
    let rich = pool.cluster.lamports(&alice.pubkey()).await;
    assert!(rich - poor > 300 * SOL, "{}", rich - poor);
}
