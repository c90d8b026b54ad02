//! Accounts that are not what they should be. Each is refused and nothing changes.

use sluice_tests::scenario::{SOL, replace_account};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use vault::{
    VaultError::{self, WrongMint, WrongPool, WrongVault},
    client::QueueAccounts,
};

use crate::scene::{Scene, assert_refused};

#[tokio::test]
async fn a_pool_of_another_program_of_an_old_version_or_cut_off_has_no_price() {
    let mut scene = Scene::start().await;
    let pool = scene.at.pool;
    let good = scene.pool.cluster.account(&pool).await;
    let borrower = scene.borrower.insecure_clone();
    let open = scene.at.open_loan(borrower.pubkey(), 0, 9 * SOL, SOL);
    let before = scene.market().await;
    let mut foreign = good.clone();
    foreign.owner = Pubkey::new_from_array([7; 32]);
    let mut old = good.clone();
    old.data[8] = 0;
    let mut short = good.clone();
    short.data.truncate(1_100);
    let mut other = good.clone();
    other.data[0] ^= 1;
    let reasons = [
        (foreign, "not one of Sluice"),
        (old, "layout version 0"),
        (short, "shorter than a pool"),
        (other, "no pool"),
    ];
    for (account, reason) in reasons {
        scene.pool.cluster.set_account(&pool, account);
        let sent = scene.past_the_watcher(open.clone(), &[&borrower]).await;
        let failure = sent.expect_err("refused");
        assert!(failure.to_string().contains(reason), "{failure}");
        assert_refused(Err::<(), _>(failure), VaultError::NoPrice);
    }
    // A newer one is read: what lenders read never moves.
    let mut newer = good;
    newer.data[8] = 200;
    scene.pool.cluster.set_account(&pool, newer);
    assert_eq!(scene.market().await, before);
    let sent = scene.past_the_watcher(open, &[&borrower]).await;
    sent.expect("a newer pool");
}

#[tokio::test]
async fn a_market_is_made_for_the_pools_own_lst_alone() {
    let mut scene = Scene::start().await;
    let config = scene.pool.account().await.config;
    scene.pool.found("other", config).await;
    let other = scene.pool.addresses;
    let keeper = scene.keeper.insecure_clone();
    let at = vault::client::MarketAddresses::of(other.pool, scene.at.lst_mint);
    scene
        .pool
        .cluster
        .create_token_account(&at.lst_mint, &at.market)
        .await;
    let create = at.create_market(keeper.pubkey());
    let refused = scene.send(&keeper, create).await;
    assert_refused(refused, WrongMint);
}

#[tokio::test]
async fn a_loan_a_ticket_and_a_recipient_of_another_are_refused() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    let (_, mut queue) = scene.queue_instruction(loan).await;
    let keeper = scene.keeper.insecure_clone();
    let ticket = scene.pool.addresses.ticket(&scene.at.market, 0);
    replace_account(
        &mut queue,
        &ticket,
        scene.pool.addresses.ticket(&scene.at.market, 7),
    );
    let failure = scene.send(&keeper, queue).await.unwrap_err();
    let wrong = sluice::SluiceError::WrongTicketAddress;
    assert_eq!(failure.custom_code, Some(wrong.into()), "{failure}");

    let (number, _) = scene.liquidate_by_queue(loan).await.unwrap();
    let nobody = scene.pool.cluster.address("nobody");
    // An address without an account looks like a ticket that is paid.
    let collect = scene.at.collect(number, nobody, keeper.pubkey());
    let refused = scene.send_all(&[collect], &[]).await;
    assert_refused(refused, VaultError::WrongTicket);
    let collect = scene.at.collect(number, ticket, nobody);
    let refused = scene.send_all(&[collect], &[]).await;
    assert_refused(refused, VaultError::WrongRecipient);

    let borrower = scene.borrower.insecure_clone();
    let mut close = scene.at.close_loan(borrower.pubkey(), 0);
    for meta in &mut close.accounts {
        if meta.pubkey == borrower.pubkey() {
            meta.pubkey = keeper.pubkey();
        }
    }
    let refused = scene.send(&keeper, close).await;
    assert_refused(refused, VaultError::WrongRecipient);
}

#[tokio::test]
async fn a_loan_and_a_seizure_of_another_market_are_refused() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    let (number, _) = scene.liquidate_by_queue(loan).await.unwrap();
    let ticket = scene.seizure(number).await.ticket;
    let other = scene.another().await;
    let (borrower, keeper) = (scene.borrower.pubkey(), scene.keeper.pubkey());
    let queue = QueueAccounts {
        batch: scene.pool.addresses.batch(0),
        ticket,
        escrow: scene.pool.addresses.escrow,
    };
    let mut close = other.close_loan(borrower, 0);
    replace_account(&mut close, &other.loan(&borrower, 0), loan);
    let mut collect = other.collect(number, ticket, keeper);
    let seizure = scene.at.seizure(number);
    replace_account(&mut collect, &other.seizure(number), seizure);
    let reserve = scene.pool.addresses.reserve;
    let signers = [
        scene.borrower.insecure_clone(),
        scene.keeper.insecure_clone(),
    ];
    let [borrowers, keepers] = signers.each_ref().map(Some);
    for (instruction, signer) in [
        (other.repay(loan, borrower, SOL), borrowers),
        (other.add_collateral(loan, borrower, SOL), borrowers),
        (close, borrowers),
        (other.liquidate_now(loan, reserve), None),
        (other.liquidate_by_queue(loan, 0, keeper, &queue), keepers),
        (collect, None),
    ] {
        let refused = scene.send_all(&[instruction], signer.as_slice()).await;
        assert_refused(refused, VaultError::WrongMarket);
    }
}

#[tokio::test]
async fn accounts_of_another_market_are_refused_by_every_instruction() {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    let other = scene.another().await;
    let (at, reserve) = (scene.at, scene.pool.addresses.reserve);
    let (_, by_queue) = scene.queue_instruction(loan).await;
    let (lender, borrower, keeper) = (
        &scene.lender.insecure_clone(),
        &scene.borrower.insecure_clone(),
        &scene.keeper.insecure_clone(),
    );
    let (lends, borrows) = (lender.pubkey(), borrower.pubkey());
    let swaps = [
        (at.pool, other.pool, WrongPool),
        (at.lst_mint, other.lst_mint, WrongMint),
        (at.vault, other.vault, WrongVault),
        (at.share_mint, other.share_mint, WrongMint),
    ];
    for (instruction, signers, names) in [
        (at.lend(lends, SOL, 0), [lender].as_slice(), 1),
        (at.withdraw(lends, SOL, 0), &[lender], 1),
        (at.open_loan(borrows, 1, 9 * SOL, SOL), &[borrower], 2),
        (at.add_collateral(loan, borrows, SOL), &[borrower], 1),
        (at.close_loan(borrows, 0), &[borrower], 1),
        (at.liquidate_now(loan, reserve), &[], 3),
        (by_queue, &[keeper], 2),
    ] {
        let mut named = 0;
        for (own, put, error) in swaps {
            if instruction.accounts.iter().any(|meta| meta.pubkey == own) {
                let mut wrong = instruction.clone();
                replace_account(&mut wrong, &own, put);
                let refused = scene.send_all(&[wrong], signers).await;
                assert_refused(refused, error);
                named += 1;
            }
        }
        assert_eq!(named, names, "accounts compared by {instruction:?}");
    }
}
