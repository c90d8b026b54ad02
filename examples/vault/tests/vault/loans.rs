//! Loans from opening to closing.

use sluice_tests::scenario::{CREDITS, SOL};
use solana_signer::Signer;
use vault::{VaultError, events::LoanChanged, terms};

use crate::scene::{LENT, Scene, assert_refused, code};

#[tokio::test]
async fn a_loan_up_to_the_limit_is_lent_and_a_lamport_more_is_not() {
    let mut scene = Scene::start().await;
    let limit = terms::limit(scene.worth(100 * SOL).await).unwrap();
    assert_eq!(limit, 70 * SOL);
    let refused = scene.open(0, 100 * SOL, limit + 1).await;
    assert_eq!(refused, Err(code(VaultError::AboveLimit)));
    let least = terms::LEAST_LOAN_LAMPORTS - 1;
    let refused = scene.open(0, 100 * SOL, least).await;
    assert_eq!(refused, Err(code(VaultError::AmountTooSmall)));
    let borrower = scene.borrower.pubkey();
    let had = scene.pool.cluster.lamports(&borrower).await;
    let loan = scene.open(0, 100 * SOL, limit).await.unwrap();
    let rent = scene.pool.cluster.lamports(&loan).await;
    let has = scene.pool.cluster.lamports(&borrower).await;
    assert_eq!(has, had + limit - rent);
    assert_eq!(scene.pool.lst_balance(&borrower).await, 100 * SOL);
    let book = scene.book().await;
    assert_eq!(book.owed_lamports, limit);
    assert_eq!(book.cash_lamports, LENT + terms::SEED_LAMPORTS - limit);
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn interest_is_owed_by_slots_paid_by_the_borrower_and_owned_by_the_lenders() {
    let mut scene = Scene::start().await;
    let loan = scene.open(0, 100 * SOL, 50 * SOL).await.unwrap();
    let other = scene.open(1, 20 * SOL, 5 * SOL).await.unwrap();
    let before = scene.book().await;
    scene.pool.crank_next_epoch(CREDITS).await;
    let slots = scene.pool.cluster.slot().await - before.slot;
    let interest = terms::interest(55 * SOL, slots).unwrap();
    assert!(interest > 0);

    scene.repay(loan, 10 * SOL).await.unwrap();
    let book = scene.book().await;
    assert_eq!(book.owed_lamports, 45 * SOL + interest);
    let owned = before.owned_lamports().unwrap() + interest;
    assert_eq!(book.owned_lamports().unwrap(), owned);
    assert_refused(scene.close(0).await, VaultError::LoanOwed);

    let owed = scene.loan(&loan).await.debt_parts;
    let owed = book.owed_by(owed).unwrap();
    let exact = 40 * SOL + terms::interest(50 * SOL, slots).unwrap();
    assert!(owed == exact || owed == exact + 1, "rounded up");
    scene.repay(loan, u64::MAX).await.unwrap();
    scene.check(&[loan, other]).await;
    scene.close(0).await.unwrap();
    let borrower = scene.borrower.pubkey();
    assert_eq!(scene.pool.lst_balance(&borrower).await, 180 * SOL);
    assert_eq!(scene.pool.cluster.try_account(&loan).await, None);
    scene.repay(other, u64::MAX).await.unwrap();
    assert_eq!(scene.book().await.owed_lamports, 0);
    assert_refused(scene.repay(other, 1).await, VaultError::ZeroAmount);
}

#[tokio::test]
async fn anybody_adds_lst_to_a_loan_and_pays_it_back_while_the_price_is_stale() {
    let mut scene = Scene::start().await;
    let loan = scene.open(0, 100 * SOL, 50 * SOL).await.unwrap();
    scene.pool.next_epoch_with_rewards(CREDITS).await;
    let keeper = scene.keeper.insecure_clone();
    let repay = scene.at.repay(loan, keeper.pubkey(), SOL);
    scene.send(&keeper, repay).await.unwrap();
    let borrower = scene.borrower.insecure_clone();
    let add = scene.at.add_collateral(loan, borrower.pubkey(), 5 * SOL);
    let sent = scene.send(&borrower, add).await.unwrap();
    let told = sent.events::<LoanChanged>().remove(0);
    let book = scene.book().await;
    assert_eq!(book.slot, scene.pool.cluster.slot().await);
    assert_eq!(told.owed_lamports, book.owed_lamports, "with all interest");
    assert_eq!(scene.loan(&loan).await.lst, 105 * SOL);
    let nothing = scene.at.add_collateral(loan, borrower.pubkey(), 0);
    assert_refused(scene.send(&borrower, nothing).await, VaultError::ZeroAmount);
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn nothing_new_is_lent_at_a_stale_price_or_behind_a_tripped_breaker() {
    let mut scene = Scene::start().await;
    scene.pool.next_epoch_with_rewards(CREDITS).await;
    let refused = scene.open(0, 100 * SOL, SOL).await;
    assert_eq!(refused, Err(code(VaultError::PriceStale)));
    scene.pool.crank_epoch().await;
    scene.open(0, 100 * SOL, SOL).await.unwrap();
    scene.lose(600).await;
    let refused = scene.open(1, 50 * SOL, SOL).await;
    assert_eq!(refused, Err(code(VaultError::BreakerTripped)));
}
