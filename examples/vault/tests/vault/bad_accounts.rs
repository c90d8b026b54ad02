//! Accounts that are not what they should be. Each is refused and nothing changes.

use sluice_tests::scenario::{SOL, replace_account};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use vault::VaultError;

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
        let sent = scene
            .pool
            .cluster
            .send(std::slice::from_ref(&open), &[&borrower])
            .await;
        let failure = sent.expect_err("refused");
        assert!(failure.to_string().contains(reason), "{failure}");
        assert_refused(Err::<(), _>(failure), VaultError::NoPrice);
    }
    // A newer one is read: what lenders read never moves.
    let mut newer = good;
    newer.data[8] = 200;
    scene.pool.cluster.set_account(&pool, newer);
    assert_eq!(scene.market().await, before);
    let sent = scene.pool.cluster.send(&[open], &[&borrower]).await;
    sent.expect("a newer pool");
}

#[tokio::test]
async fn a_market_is_made_for_the_pools_own_lst_alone() {
    let mut scene = Scene::start().await;
    let config = scene.pool.account().await.config;
    scene.pool.found("other", config).await;
    let other = scene.pool.addresses;
    let payer = scene.pool.cluster.payer().pubkey();
    let at = vault::client::MarketAddresses::of(other.pool, scene.at.lst_mint);
    scene
        .pool
        .cluster
        .create_token_account(&at.lst_mint, &at.market)
        .await;
    let create = at.create_market(payer);
    let refused = scene.pool.send(&[create], &[]).await;
    assert_refused(refused, VaultError::WrongMint);
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
    let refused = scene.pool.send(&[collect], &[]).await;
    assert_refused(refused, VaultError::WrongTicket);
    let collect = scene.at.collect(number, ticket, nobody);
    let refused = scene.pool.send(&[collect], &[]).await;
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
