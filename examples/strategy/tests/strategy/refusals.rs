//! Amounts and states in which an instruction is refused. Nothing changes then.

use sluice_rate::PoolRate;
use sluice_tests::scenario::SOL;
use solana_signer::Signer;
use strategy::{
    StrategyError::{
        AmountTooSmall, BelowMinimum, BreakerTripped, NotEnoughLst, Overflow, ZeroAmount,
    },
    holdings::{Holdings, LOCKED_SHARES},
};

use crate::scene::{Scene, assert_refused};

#[tokio::test]
async fn amounts_of_zero_and_results_below_the_minimum_are_refused() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    assert_refused(scene.exit_now(&anna, 0).await, ZeroAmount);
    assert_refused(scene.request(&anna, 0).await, ZeroAmount);
    let deposit = scene.at.deposit(anna.pubkey(), SOL, SOL + 1);
    assert_refused(scene.send(deposit, &[&anna]).await, BelowMinimum);
    scene.fill_the_till().await;
    let exit = scene.at.exit_now(anna.pubkey(), SOL, SOL + 1);
    assert_refused(scene.send(exit, &[&anna]).await, BelowMinimum);
    scene.deposit(&anna, SOL).await.unwrap();
    scene.exit_now(&anna, SOL).await.unwrap();
}

#[tokio::test]
async fn a_first_deposit_that_leaves_its_owner_no_share_is_refused() {
    let mut scene = Scene::empty().await;
    let anna = scene.anna.insecure_clone();
    let dust = scene.deposit(&anna, LOCKED_SHARES).await;
    assert_refused(dust, AmountTooSmall);
    scene.deposit(&anna, LOCKED_SHARES + 1).await.unwrap();
    assert_eq!(scene.shares(&anna).await, 1);
}

#[tokio::test]
async fn more_lst_than_the_vault_has_are_not_queued() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    scene.fill_the_till().await;
    scene.request(&anna, 90 * SOL).await.unwrap();
    // 15 of the 210 that are left are SOL in the till.
    assert_refused(scene.request(&ben, 200 * SOL).await, NotEnoughLst);
    scene.request(&ben, 190 * SOL).await.unwrap();
}

#[tokio::test]
async fn the_till_pays_nothing_behind_a_tripped_breaker_and_the_queue_takes_it() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    scene.fill_the_till().await;
    let vote = scene.pool.vote(1);
    scene.pool.slash(&vote, 100 * SOL).await;
    scene.pool.report_loss(&vote).await;
    assert_refused(scene.exit_now(&anna, SOL).await, BreakerTripped);
    scene.request(&anna, SOL).await.unwrap();
}

#[tokio::test]
async fn more_shares_than_there_are_and_amounts_that_do_not_fit_are_refused() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    assert_refused(scene.exit_now(&anna, u64::MAX).await, Overflow);
    assert_refused(scene.request(&anna, u64::MAX).await, Overflow);

    let account = scene.pool.cluster.account(&scene.at.of.pool).await;
    let rate = PoolRate::read(&account.owner.to_bytes(), &account.data).unwrap();
    let most = Holdings {
        lst: u64::MAX,
        till_lamports: SOL,
        shares: SOL,
        ..Holdings::default()
    };
    assert_eq!(most.all_up(&rate), Err(Overflow.into()));
    assert_eq!(most.all_down(&rate), Err(Overflow.into()));
    assert_eq!(most.missing_lst(&rate), Err(Overflow.into()));
    assert_eq!(most.surplus_lamports(&rate), Err(Overflow.into()));
    assert_eq!({ most }.enter(1, &rate), Err(Overflow.into()));
    let refilled = { most }.refilled(u64::MAX, 0, true, &rate);
    assert_eq!(refilled, Err(Overflow.into()));
}
