//! The till: SOL for those who are in a hurry.

use sluice_rate::PoolRate;
use sluice_tests::scenario::{CREDITS, SOL};
use strategy::StrategyError;

use crate::scene::{Scene, assert_refused};

#[tokio::test]
async fn a_refill_brings_the_till_to_its_share_and_changes_no_share() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    assert_refused(
        scene.exit_now(&anna, SOL).await,
        StrategyError::NotEnoughSol,
    );
    let before = scene.holdings().await;
    scene.fill_the_till().await;
    let filled = scene.holdings().await;
    assert_eq!(filled.till_lamports, 15 * SOL, "a twentieth");
    assert_eq!((filled.queued_lst, filled.shares), (0, before.shares));
    assert_eq!(filled.lst + 15 * SOL, before.lst);
    assert_refused(scene.refill().await, StrategyError::Balanced);
    let surplus = scene.at.stake_surplus();
    assert_refused(scene.send(surplus, &[]).await, StrategyError::Balanced);

    let had = scene.lamports(&anna).await;
    scene.exit_now(&anna, 10 * SOL).await.unwrap();
    assert_eq!(scene.lamports(&anna).await, had + 10 * SOL);
    assert_refused(
        scene.exit_now(&anna, 6 * SOL).await,
        StrategyError::NotEnoughSol,
    );
}

#[tokio::test]
async fn a_till_that_has_become_too_large_is_staked_down_to_its_share() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    scene.fill_the_till().await;
    scene.request(&ben, 190 * SOL).await.unwrap();
    let before = scene.holdings().await;
    let surplus = scene.at.stake_surplus();
    scene.send(surplus, &[]).await.unwrap();
    let after = scene.holdings().await;
    // 95 and 15 are left: a twentieth is 5.5.
    assert_eq!(before.till_lamports, 15 * SOL);
    assert_eq!(after.till_lamports, 5 * SOL + SOL / 2);
    assert_eq!(after.lst, before.lst + 9 * SOL + SOL / 2);
    assert_eq!(after.shares, before.shares);
}

#[tokio::test]
async fn an_exit_from_the_till_pays_the_exit_price_and_rewards_stay_with_the_others() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    scene.fill_the_till().await;
    scene.pool.live_an_epoch(CREDITS).await;
    scene.pool.crank_next_epoch(CREDITS).await;
    let before = scene.holdings().await;
    let address = scene.at.of.pool;
    let account = scene.pool.cluster.account(&address).await;
    let rate = PoolRate::read(&account.owner.to_bytes(), &account.data).unwrap();
    let slot = scene.pool.cluster.slot().await;
    let had = scene.lamports(&anna).await;
    scene.exit_now(&anna, SOL).await.unwrap();
    let paid = scene.lamports(&anna).await - had;
    let lst = { before }.leave(SOL, &rate).unwrap();
    assert_eq!(paid, rate.collateral_lamports(lst, slot).unwrap());
    let dearer = rate.deposit_lamports(lst).unwrap();
    assert!(paid < dearer, "what drips is not paid");
    let after = scene.holdings().await;
    assert_eq!(before.till_lamports - after.till_lamports, paid);
}

#[tokio::test]
async fn a_refill_in_parts_is_booked_part_by_part() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    scene.pool.live_an_epoch(0).await;
    // In one batch with a large exit, so it is paid in parts as that is.
    scene.request(&ben, 190 * SOL).await.unwrap();
    let number = scene.refill().await.unwrap();
    let batch = scene.batch_of(number).await;
    let waiting = scene.holdings().await.queued_lst;
    assert_eq!(waiting, 5 * SOL + SOL / 2, "a twentieth of 110");
    scene.pool.crank_next_epoch(0).await;
    scene.pool.warp_to_window().await;
    // Nobody cranks the window, so no stake comes back; the reserve has what a depositor brings.
    scene.pool.next_epoch_with_rewards(0).await;
    scene.pool.price().await;
    scene.deposit(&anna, 60 * SOL).await.unwrap();
    scene.pool.settle().await;
    scene.pay(number, batch).await.unwrap();
    let part = scene.holdings().await;
    assert!(part.till_lamports > 0 && part.queued_lst > 0);
    // An LST is a SOL here.
    assert_eq!(part.till_lamports + part.queued_lst, waiting);
    assert_eq!(scene.exit(number).await.lst, part.queued_lst);
    assert_refused(scene.refill().await, StrategyError::Balanced);

    scene.pool.pass_an_epoch().await;
    scene.pay(number, batch).await.unwrap();
    let paid = scene.holdings().await;
    assert_eq!((paid.till_lamports, paid.queued_lst), (waiting, 0));
    assert_eq!((paid.lst, paid.shares), (part.lst, part.shares));
    let exit = scene.at.exit(number);
    assert_eq!(scene.pool.cluster.try_account(&exit).await, None);
}
