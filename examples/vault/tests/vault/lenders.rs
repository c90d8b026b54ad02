//! What lenders put in and take out.

use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, earning_pool},
};
use solana_signer::Signer;
use vault::{VaultError, terms};

use crate::scene::{LENT, Scene, assert_refused, with_vault};

#[tokio::test]
async fn lenders_get_their_part_of_the_interest_as_far_as_there_is_cash() {
    let mut scene = Scene::start().await;
    let loan = scene.open(0, 200 * SOL, 140 * SOL).await.unwrap();
    scene.pool.crank_next_epoch(CREDITS).await;
    let lender = scene.lender.insecure_clone();
    let refused = scene.withdraw(&lender, LENT).await;
    assert_refused(refused, VaultError::NotEnoughCash);
    scene.repay(loan, u64::MAX).await.unwrap();
    let book = scene.book().await;
    let interest = book.cash_lamports - LENT - terms::SEED_LAMPORTS;
    assert!(interest > 0);
    let had = scene.pool.cluster.lamports(&lender.pubkey()).await;
    let too_much = scene.at.withdraw(lender.pubkey(), LENT, LENT + interest);
    let refused = scene.send(&lender, too_much).await;
    assert_refused(refused, VaultError::BelowMinimum);
    scene.withdraw(&lender, LENT).await.unwrap();
    let paid = scene.pool.cluster.lamports(&lender.pubkey()).await - had;
    let all = u128::from(LENT) * u128::from(book.cash_lamports);
    assert_eq!(u128::from(paid), all / u128::from(book.shares));
    assert!(paid > LENT, "interest");
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn amounts_of_zero_and_less_than_the_minimum_are_refused() {
    let mut scene = Scene::start().await;
    let lender = scene.lender.insecure_clone();
    let before = scene.market().await;
    assert_refused(scene.lend(&lender, 0).await, VaultError::ZeroAmount);
    assert_refused(scene.withdraw(&lender, 0).await, VaultError::ZeroAmount);
    let lend = scene.at.lend(lender.pubkey(), SOL, SOL + 1);
    assert_refused(scene.send(&lender, lend).await, VaultError::BelowMinimum);
    assert_eq!(scene.market().await, before);
}

#[tokio::test]
async fn amounts_that_do_not_fit_are_refused() {
    let mut scene = Scene::start().await;
    let loan = scene.open(0, 100 * SOL, 50 * SOL).await.unwrap();
    let (lender, borrower) = (
        scene.lender.insecure_clone(),
        scene.borrower.insecure_clone(),
    );
    let refused = scene.lend(&lender, u64::MAX).await;
    assert_refused(refused, VaultError::Overflow);
    let add = scene.at.add_collateral(loan, borrower.pubkey(), u64::MAX);
    assert_refused(scene.send(&borrower, add).await, VaultError::Overflow);
    let for_ever = terms::interest(SOL, u64::MAX);
    assert_eq!(for_ever, Err(VaultError::Overflow.into()));
}

/// Share inflation by the first lender: the first share is made dear, so that the next lender's money
/// rounds away. Here it would have to be paid to the seed.
#[tokio::test]
async fn a_first_lender_cannot_make_shares_too_dear_for_the_next() {
    let builder = Pool::builder().cluster(with_vault);
    let (pool, _alice) = earning_pool(builder).await;
    let mut scene = Scene::empty(pool).await;
    let (mallory, lender) = (scene.keeper.insecure_clone(), scene.lender.insecure_clone());
    scene.lend(&mallory, 1).await.unwrap();
    // Given to the account, it counts for nobody.
    let before = scene.book().await;
    scene.pool.cluster.fund(&scene.at.market, 5 * SOL).await;
    assert_eq!(scene.book().await, before);
    scene.lend(&lender, SOL).await.unwrap();
    scene.withdraw(&mallory, 1).await.unwrap();
    let had = scene.pool.cluster.lamports(&lender.pubkey()).await;
    scene.withdraw(&lender, SOL).await.unwrap();
    let paid = scene.pool.cluster.lamports(&lender.pubkey()).await - had;
    assert_eq!(paid, SOL, "all of it");
    assert_eq!(scene.book().await.cash_lamports, terms::SEED_LAMPORTS);
}
