//! Attacks on the vault.

use sluice_rate::PoolRate;
use sluice_tests::scenario::{CREDITS, SOL, replace_account};
use solana_signer::Signer;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::transfer};
use vault::{VaultError, terms};

use crate::scene::{Scene, assert_refused, code};

#[tokio::test]
async fn a_deposit_in_the_same_transaction_does_not_lift_what_may_be_borrowed() {
    let mut scene = Scene::start().await;
    scene.pool.crank_next_epoch(CREDITS).await;
    let limit = terms::limit(scene.worth(200 * SOL).await).unwrap();
    let (whale, borrower) = (
        scene.lender.insecure_clone(),
        scene.borrower.insecure_clone(),
    );
    let to = scene.pool.lst_account(&whale.pubkey());
    let addresses = scene.pool.addresses;
    let deposit = addresses.deposit_sol(whale.pubkey(), to, 700 * SOL, 0);
    let open = scene
        .at
        .open_loan(borrower.pubkey(), 0, 200 * SOL, limit + 1);
    let both = [deposit.clone(), open];
    let refused = scene.send_all(&both, &[&whale, &borrower]).await;
    assert_refused(refused, VaultError::AboveLimit);

    // By the exit price of that moment alone, it would have been lent.
    scene.pool.send(&[deposit], &[&whale]).await.unwrap();
    let account = scene.pool.cluster.account(&addresses.pool).await;
    let rate = PoolRate::read(&account.owner.to_bytes(), &account.data).unwrap();
    let slot = scene.pool.cluster.slot().await;
    let lifted = rate.exit_lamports(200 * SOL, slot).unwrap();
    assert!(terms::limit(lifted).unwrap() > limit);
    let refused = scene.open(0, 200 * SOL, limit + 1).await;
    assert_eq!(refused, Err(code(VaultError::AboveLimit)));
    scene.open(0, 200 * SOL, limit).await.unwrap();
}

#[tokio::test]
async fn donated_lst_secure_no_loan_and_change_no_book() {
    let mut scene = Scene::start().await;
    let loan = scene.open(0, 10 * SOL, 5 * SOL).await.unwrap();
    let before = scene.market().await;
    let borrower = scene.borrower.insecure_clone();
    let from = scene.pool.lst_account(&borrower.pubkey());
    let owner = borrower.pubkey();
    let vault = scene.at.vault;
    let donate = transfer(&TOKEN_PROGRAM, &from, &vault, &owner, &[], 100 * SOL);
    scene.send(&borrower, donate.unwrap()).await.unwrap();
    assert_eq!(scene.market().await, before);
    assert_eq!(scene.loan(&loan).await.lst, 10 * SOL);
    let refused = scene.open(1, 10 * SOL, 8 * SOL).await;
    assert_eq!(refused, Err(code(VaultError::AboveLimit)));
    // The donation is nobody's: only the loan's LST come back.
    scene.repay(loan, u64::MAX).await.unwrap();
    scene.close(0).await.unwrap();
    assert_eq!(scene.pool.cluster.token_balance(&vault).await, 100 * SOL);
}

/// Anybody can create a pool, and make its LST dear.
#[tokio::test]
async fn another_pools_price_and_another_pools_lst_are_refused() {
    let mut scene = Scene::start().await;
    let own = scene.at.pool;
    let borrower = scene.borrower.insecure_clone();
    let from = scene.pool.lst_account(&borrower.pubkey());
    let config = scene.pool.account().await.config;
    scene.pool.found("other", config).await;
    let other = scene.pool.addresses;
    let its_lst = scene
        .pool
        .cluster
        .create_token_account(&other.mint, &borrower.pubkey())
        .await;
    scene.pool.deposit(&borrower, 10 * SOL).await;

    let open = scene.at.open_loan(borrower.pubkey(), 0, 9 * SOL, SOL);
    let mut with_its_price = open.clone();
    replace_account(&mut with_its_price, &own, other.pool);
    let refused = scene.send(&borrower, with_its_price).await;
    assert_refused(refused, VaultError::WrongPool);

    let mut with_its_lst = open.clone();
    replace_account(&mut with_its_lst, &from, its_lst);
    let refused = scene.send(&borrower, with_its_lst).await;
    assert_refused(refused, VaultError::WrongMint);

    let mut into_its_own = open;
    replace_account(&mut into_its_own, &scene.at.vault, its_lst);
    let refused = scene.send(&borrower, into_its_own).await;
    assert_refused(refused, VaultError::WrongVault);
}

#[tokio::test]
async fn a_healthy_loan_is_liquidated_by_neither_way() {
    let mut scene = Scene::start().await;
    let limit = terms::limit(scene.worth(200 * SOL).await).unwrap();
    let loan = scene.open(0, 200 * SOL, limit).await.unwrap();
    let before = scene.market().await;
    assert_refused(scene.liquidate_now(loan).await, VaultError::LoanHealthy);
    let queue = scene.liquidate_by_queue(loan).await;
    assert_refused(queue, VaultError::LoanHealthy);
    // What a liquidator could do in the same slot lowers no price.
    let keeper = scene.keeper.insecure_clone();
    scene.pool.deposit(&keeper, 5 * SOL).await;
    scene.pool.withdraw(&keeper, 2 * SOL).await;
    assert_refused(scene.liquidate_now(loan).await, VaultError::LoanHealthy);
    assert_eq!(scene.market().await, before);
}
