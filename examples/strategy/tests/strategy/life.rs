//! Shares over epochs.

use sluice_tests::scenario::{CREDITS, SOL, worth};

use crate::scene::Scene;

#[tokio::test]
async fn shares_grow_by_the_rewards_of_the_pool() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    assert_eq!(
        scene.shares(&anna).await,
        100 * SOL - 1_000,
        "the first leaves some"
    );
    let had = scene.pool.prices().await;
    for _ in 0..3 {
        scene.pool.live_an_epoch(CREDITS).await;
    }
    let number = scene.request(&anna, 50 * SOL).await.unwrap();
    assert_eq!(scene.exit(number).await.lst, 50 * SOL, "a share is an LST");
    let batch = scene.batch_of(number).await;
    scene.settle().await;
    let prices = scene.pool.prices().await;
    assert!(worth(SOL, prices.value, prices.supply) > worth(SOL, had.value, had.supply));
    let before = scene.lamports(&anna).await;
    scene.pay(number, batch).await.unwrap();
    let paid = scene.lamports(&anna).await - before;
    assert!(paid > 50 * SOL + 50 * SOL / 1_000, "{paid}");
}

#[tokio::test]
async fn who_comes_later_gets_shares_at_the_price_of_then() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    scene.pool.live_an_epoch(CREDITS).await;
    let (had, before) = (scene.shares(&ben).await, scene.holdings().await);
    scene.deposit(&ben, 10 * SOL).await.unwrap();
    let got = scene.shares(&ben).await - had;
    let lst = scene.holdings().await.lst - before.lst;
    assert!(got < 10 * SOL && got == lst, "{got} of {lst}");
}
