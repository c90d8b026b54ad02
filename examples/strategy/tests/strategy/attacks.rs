//! Attacks on the strategy, and accounts that are not what they should be.

use sluice_tests::scenario::{SOL, replace_account};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use strategy::{StrategyError, holdings::LOCKED_SHARES};

use crate::scene::{Scene, assert_refused};

/// The first share is made dear, so that the next one's SOL round away.
#[tokio::test]
async fn a_first_depositor_cannot_make_shares_too_dear_for_the_next() {
    let mut scene = Scene::empty().await;
    let (mallory, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    scene.deposit(&mallory, SOL).await.unwrap();
    assert_eq!(scene.shares(&mallory).await, SOL - LOCKED_SHARES);
    // Gifts to the accounts count for nobody.
    let before = scene.holdings().await;
    scene.pool.cluster.fund(&scene.at.till, 50 * SOL).await;
    scene.pool.deposit(&mallory, 50 * SOL).await;
    let from = scene.pool.lst_account(&mallory.pubkey());
    let give = spl_token_interface::instruction::transfer(
        &spl_token_interface::ID,
        &from,
        &scene.at.vault,
        &mallory.pubkey(),
        &[],
        50 * SOL,
    );
    scene.send(give.unwrap(), &[&mallory]).await.unwrap();
    assert_eq!(scene.holdings().await, before);
    scene.deposit(&ben, SOL).await.unwrap();
    assert_eq!(scene.shares(&ben).await, SOL);
}

#[tokio::test]
async fn going_round_in_one_epoch_pays_nothing() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    scene.fill_the_till().await;
    scene.pool.crank_next_epoch(1_000).await;
    for lamports in [SOL, 1_234_567_891, 3 * SOL + 7] {
        let (had, shares) = (scene.lamports(&ben).await, scene.shares(&ben).await);
        scene.deposit(&ben, lamports).await.unwrap();
        let got = scene.shares(&ben).await - shares;
        scene.exit_now(&ben, got).await.unwrap();
        assert!(scene.lamports(&ben).await <= had, "{lamports}");
    }
}

#[tokio::test]
async fn an_unreadable_pool_another_pool_and_a_wrong_ticket_are_refused() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    let number = scene.request(&anna, SOL).await.unwrap();
    let before = scene.strategy().await;
    let exit = scene.exit(number).await;
    let batch = scene.pool.addresses.batch(0);
    let mut other = exit.clone();
    other.ticket = scene.pool.cluster.address("nothing");
    let pay = scene.at.pay_exit(&other, batch, anna.pubkey());
    assert_refused(scene.send(pay, &[]).await, StrategyError::WrongTicket);
    let mut other = exit;
    other.owner = ben.pubkey();
    let pay = scene.at.pay_exit(&other, batch, anna.pubkey());
    assert_refused(scene.send(pay, &[]).await, StrategyError::WrongRecipient);

    let pool = scene.pool.addresses.pool;
    let leave = scene.at.exit_now(anna.pubkey(), SOL, 0);
    let mut elsewhere = leave.clone();
    replace_account(&mut elsewhere, &pool, scene.pool.addresses.history);
    assert_refused(
        scene.send(elsewhere, &[&anna]).await,
        StrategyError::WrongPool,
    );
    let good = scene.pool.cluster.account(&pool).await;
    let mut foreign = good.clone();
    foreign.owner = Pubkey::new_from_array([7; 32]);
    let mut old = good.clone();
    old.data[8] = 0;
    let mut short = good.clone();
    short.data.truncate(1_100);
    for account in [foreign, old, short] {
        scene.pool.cluster.set_account(&pool, account);
        let sent = scene.send_unchecked(leave.clone(), &[&anna]).await;
        assert_refused(sent, StrategyError::NoPrice);
    }
    scene.pool.cluster.set_account(&pool, good);
    assert_eq!(scene.strategy().await, before);
}
