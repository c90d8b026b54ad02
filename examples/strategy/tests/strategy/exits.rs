//! Exits by the queue.

use sluice::SluiceError;
use sluice_tests::{
    pool::TicketAddress,
    scenario::{CREDITS, SOL},
};
use solana_instruction::AccountMeta;
use solana_signer::Signer;
use strategy::StrategyError;

use crate::scene::{Scene, assert_refused};

#[tokio::test]
async fn two_who_leave_are_paid_their_own_money_each() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    let first = scene.request(&anna, 10 * SOL).await.unwrap();
    let second = scene.request(&ben, 70 * SOL).await.unwrap();
    let batch = scene.batch_of(first).await;
    let failure = scene.pay(first, batch).await.unwrap_err();
    let early = SluiceError::NothingToClaim;
    assert_eq!(failure.custom_code, Some(early.into()), "{failure}");
    scene.settle().await;
    let rents = scene.rents(second).await;
    let had = (scene.lamports(&anna).await, scene.lamports(&ben).await);
    scene.pay(second, batch).await.unwrap();
    assert_eq!(scene.lamports(&anna).await, had.0);
    assert_eq!(scene.lamports(&ben).await, had.1 + 70 * SOL + rents);
    scene.pay(first, batch).await.unwrap();
    assert!(scene.lamports(&anna).await > had.0 + 10 * SOL, "and rents");
    assert_eq!(
        scene.pool.cluster.try_account(&scene.at.exit(first)).await,
        None
    );
}

#[tokio::test]
async fn an_exit_that_the_keeper_forgets_is_claimed_by_anybody_and_then_paid() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    let number = scene.request(&anna, 10 * SOL).await.unwrap();
    let batch_id = scene.batch_of(number).await;
    let exit = scene.exit(number).await;
    scene.settle().await;
    let ticket = TicketAddress {
        batch_id,
        batch: scene.pool.addresses.batch(batch_id),
        ticket: exit.ticket,
        payer: exit.payer,
        lst: exit.lst,
    };
    scene.pool.claim(&ticket).await;
    assert_eq!(scene.pool.cluster.try_account(&exit.ticket).await, None);
    let had = scene.lamports(&anna).await;
    let rent = scene.pool.cluster.lamports(&scene.at.exit(number)).await - 10 * SOL;
    scene.pay(number, batch_id).await.unwrap();
    assert_eq!(scene.lamports(&anna).await, had + 10 * SOL + rent);
}

#[tokio::test]
async fn an_exit_that_is_cancelled_gives_the_shares_back_until_its_batch_locks() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    let (shares, lamports) = (scene.shares(&anna).await, scene.lamports(&anna).await);
    let before = scene.holdings().await;
    let number = scene.request(&anna, 10 * SOL).await.unwrap();
    let batch = scene.batch_of(number).await;
    let batch = scene.pool.addresses.batch(batch);
    let exit = scene.exit(number).await;
    let cancel = scene.at.cancel_exit(&exit, batch);
    let mut stolen = exit.clone();
    stolen.owner = ben.pubkey();
    let steal = scene.at.cancel_exit(&stolen, batch);
    assert_refused(
        scene.send(steal, &[&ben]).await,
        StrategyError::WrongRecipient,
    );
    scene.send(cancel, &[&anna]).await.unwrap();
    assert_eq!(scene.holdings().await, before);
    assert_eq!(scene.shares(&anna).await, shares);
    let opened = scene.pool.cluster.lamports(&batch).await;
    assert_eq!(
        scene.lamports(&anna).await,
        lamports - opened,
        "an empty batch stays"
    );

    let number = scene.request(&anna, 10 * SOL).await.unwrap();
    scene.pool.pass_an_epoch().await;
    scene.pool.crank_window().await;
    let exit = scene.exit(number).await;
    let cancel = scene.at.cancel_exit(&exit, batch);
    let failure = scene.send(cancel, &[&anna]).await.unwrap_err();
    let locked = SluiceError::BatchLocked;
    assert_eq!(failure.custom_code, Some(locked.into()), "{failure}");
}

#[tokio::test]
async fn an_exit_in_parts_is_paid_part_by_part() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    scene.pool.live_an_epoch(0).await;
    let number = scene.request(&ben, 190 * SOL).await.unwrap();
    let batch = scene.batch_of(number).await;
    scene.pool.crank_next_epoch(0).await;
    scene.pool.warp_to_window().await;
    // Nobody cranks the window, so no stake comes back; the reserve has what a depositor brings.
    scene.pool.next_epoch_with_rewards(0).await;
    scene.pool.price().await;
    scene.deposit(&anna, 60 * SOL).await.unwrap();
    scene.pool.settle().await;
    let had = scene.lamports(&ben).await;
    scene.pay(number, batch).await.unwrap();
    let first = scene.lamports(&ben).await - had;
    assert!(first > 0 && first < 190 * SOL);
    let failure = scene.pay(number, batch).await.unwrap_err();
    let early = SluiceError::NothingToClaim;
    assert_eq!(failure.custom_code, Some(early.into()), "{failure}");
    scene.pool.pass_an_epoch().await;
    let opened = scene.pool.addresses.batch(batch);
    let rents = scene.rents(number).await + scene.pool.cluster.lamports(&opened).await;
    scene.pay(number, batch).await.unwrap();
    assert_eq!(scene.lamports(&ben).await, had + 190 * SOL + rents);
}

#[tokio::test]
async fn an_exit_by_the_queue_is_open_while_the_price_is_stale() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    scene.pool.next_epoch_with_rewards(CREDITS).await;
    let failure = scene.deposit(&anna, SOL).await.unwrap_err();
    let stale = SluiceError::PoolStale;
    assert_eq!(failure.custom_code, Some(stale.into()), "{failure}");
    assert_refused(scene.exit_now(&anna, SOL).await, StrategyError::PriceStale);
    scene.request(&anna, SOL).await.unwrap();
}

#[tokio::test]
async fn a_request_that_waits_past_the_lock_takes_the_next_batch_if_that_follows() {
    let mut scene = Scene::start().await;
    let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
    let earlier = scene.request(&anna, SOL).await.unwrap();
    let locked = scene.batch_of(earlier).await;
    let (number, batch, ticket) = scene.next().await;
    let (at, who) = (scene.at, ben.pubkey());
    let leave = at.request_exit(who, SOL, number, batch, ticket);
    let after = scene.pool.addresses.ticket(&at.strategy, number + 1);
    let refill = at.refill(who, number + 1, batch, after);
    scene.pool.crank_next_epoch(0).await;
    scene.pool.warp_to_window().await;
    let next = scene.pool.addresses.batch(locked + 1);
    for (number, mut request) in [(number, leave), (number + 1, refill)] {
        let alone = scene.send(request.clone(), &[&ben]).await;
        let failure = alone.unwrap_err();
        let wrong = SluiceError::WrongBatch;
        assert_eq!(failure.custom_code, Some(wrong.into()), "{failure}");
        request.accounts.push(AccountMeta::new(next, false));
        scene.send(request, &[&ben]).await.unwrap();
        assert_eq!(scene.batch_of(number).await, locked + 1);
    }
}
