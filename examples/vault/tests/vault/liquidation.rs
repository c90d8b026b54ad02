//! Liquidations by both ways.

use sluice_tests::scenario::{CREDITS, SOL};
use solana_instruction::AccountMeta;
use solana_signer::Signer;
use vault::{VaultError, events::LoanLiquidated, terms};

use crate::scene::{HAS_LST, Scene, assert_refused};

#[tokio::test]
async fn an_instant_exit_pays_the_debt_and_leaves_the_rest_to_the_borrower() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    assert_refused(scene.liquidate_now(loan).await, VaultError::LoanHealthy);
    scene.lose(1_200).await;
    let before = scene.book().await;
    let sent = scene.liquidate_now(loan).await.unwrap();
    let told = sent.events::<LoanLiquidated>().remove(0);
    assert!(told.booked_lamports >= told.owed_lamports);
    assert!(told.seized_lst < 100 * SOL);
    let book = scene.book().await;
    assert_eq!((book.owed_lamports, book.debt_parts), (0, 0));
    assert_eq!(
        book.cash_lamports,
        before.cash_lamports + told.booked_lamports
    );
    let left = scene.loan(&loan).await;
    assert_eq!(
        (left.lst, left.debt_parts),
        (100 * SOL - told.seized_lst, 0)
    );
    scene.check(&[loan]).await;
    assert_refused(scene.liquidate_now(loan).await, VaultError::LoanHealthy);
    scene.close(0).await.unwrap();
    let borrower = scene.borrower.pubkey();
    let has = scene.pool.lst_balance(&borrower).await;
    assert_eq!(has, HAS_LST - told.seized_lst);
}

#[tokio::test]
async fn the_queue_pays_the_debt_and_the_keeper_gets_the_rents_back() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    let keeper = scene.keeper.pubkey();
    let had = scene.pool.cluster.lamports(&keeper).await;
    let before = scene.book().await;
    let (number, ticket) = scene.liquidate_by_queue(loan).await.unwrap();
    let seizure = scene.seizure(number).await;
    let book = scene.book().await;
    let owed = book.queued_lamports;
    assert_eq!(seizure.expected_lamports, owed);
    let interest = terms::interest(before.owed_lamports, book.slot - before.slot).unwrap();
    assert_eq!(owed, before.owed_lamports + interest);
    assert_eq!(ticket.lst, 100 * SOL - scene.loan(&loan).await.lst);
    assert_refused(scene.collect(number).await, VaultError::NothingToCollect);

    // The batch locks in the next window, and is paid an epoch later.
    scene.pool.pass_an_epoch().await;
    scene.pool.pass_an_epoch().await;
    scene.pool.claim(&ticket).await;
    scene.collect(number).await.unwrap();
    let after = scene.book().await;
    assert_eq!(after.queued_lamports, 0);
    let paid = after.cash_lamports - book.cash_lamports;
    assert!(paid >= owed, "{paid} of {owed}");
    assert_eq!(scene.pool.cluster.lamports(&keeper).await, had);
    let gone = scene
        .pool
        .cluster
        .try_account(&scene.at.seizure(number))
        .await;
    assert_eq!(gone, None);
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn a_loan_is_liquidated_by_its_last_price_while_that_is_stale() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    scene.pool.next_epoch_with_rewards(CREDITS).await;
    let failure = scene.liquidate_now(loan).await.unwrap_err();
    let stale = sluice::SluiceError::PoolStale;
    assert_eq!(failure.custom_code, Some(stale.into()), "{failure}");
    scene.liquidate_by_queue(loan).await.unwrap();
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn an_instant_exit_that_the_reserve_cannot_pay_is_refused_and_the_queue_takes_it() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    // Nearly all that waited in the reserve is delegated.
    scene.pool.live_an_epoch(0).await;
    scene.lose(1_200).await;
    let before = scene.book().await;
    let failure = scene.liquidate_now(loan).await.unwrap_err();
    let short = sluice::SluiceError::InsufficientReserve;
    assert_eq!(failure.custom_code, Some(short.into()), "{failure}");
    assert_eq!(scene.book().await, before);
    scene.liquidate_by_queue(loan).await.unwrap();
}

#[tokio::test]
async fn payments_in_parts_are_collected_one_by_one() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 200 * SOL, 140 * SOL).await.unwrap();
    scene.pool.live_an_epoch(0).await;
    scene.lose(1_200).await;
    let (number, ticket) = scene.liquidate_by_queue(loan).await.unwrap();
    let before = scene.book().await;
    scene.pool.crank_next_epoch(0).await;
    scene.pool.warp_to_window().await;
    // Nobody cranks the window, so no stake comes back; the reserve has what a depositor brings.
    scene.pool.next_epoch_with_rewards(0).await;
    scene.pool.price().await;
    let lender = scene.lender.insecure_clone();
    scene.pool.deposit(&lender, 50 * SOL).await;
    scene.pool.settle().await;
    scene.pool.claim(&ticket).await;
    scene.collect(number).await.unwrap();
    let first = scene.book().await;
    let paid = first.cash_lamports - before.cash_lamports;
    assert!(paid > 0 && first.queued_lamports > 0);
    assert_eq!(first.queued_lamports, before.queued_lamports - paid);
    assert_refused(scene.collect(number).await, VaultError::NothingToCollect);

    scene.pool.pass_an_epoch().await;
    scene.pool.claim(&ticket).await;
    scene.collect(number).await.unwrap();
    let last = scene.book().await;
    assert_eq!(last.queued_lamports, 0);
    assert!(last.owned_lamports().unwrap() >= before.owned_lamports().unwrap());
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn a_liquidation_that_waits_past_the_lock_takes_the_next_batch_if_that_follows() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    let (borrower, keeper) = (
        scene.borrower.insecure_clone(),
        scene.keeper.insecure_clone(),
    );
    let earlier = scene.pool.request(&borrower, SOL).await;
    let (number, mut queue) = scene.queue_instruction(loan).await;
    scene.pool.crank_next_epoch(0).await;
    scene.pool.warp_to_window().await;
    let failure = scene.past_the_watcher(queue.clone(), &[&keeper]).await;
    let failure = failure.unwrap_err();
    let locked = sluice::SluiceError::WrongBatch;
    assert_eq!(failure.custom_code, Some(locked.into()), "{failure}");

    let next = scene.pool.addresses.batch(earlier.batch_id + 1);
    queue.accounts.push(AccountMeta::new(next, false));
    let sent = scene.past_the_watcher(queue, &[&keeper]).await.unwrap();
    let ticket = scene.pool.made_by(&sent);
    assert_eq!(ticket.batch, next);
    scene.pool.know_ticket(&ticket.ticket);
    scene.pool.check().await;
    assert_eq!(scene.seizure(number).await.ticket, ticket.ticket);
    scene.check(&[loan]).await;
}
