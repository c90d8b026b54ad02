//! Nobody who saw a loss first leaves at the price before it, once anybody has reported it.

use sluice::{SluiceError::BelowMinimum, state::StakeAccountKind::Main};
use sluice_tests::{
    pool::{Pool, Prices},
    scenario::{SOL, assert_refused, voting_pool_with, worth},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const LOST: u64 = 12 * SOL;

async fn earning_pool() -> (Pool, Keypair, Pubkey) {
    let (mut pool, alice) = voting_pool_with(&[2, 2], |config| {
        config.drip_bound_bps = 10_000;
        config.reserve_target_bps = 1_000;
        config.instant_fee_max_bps = 1;
        config.instant_fee_min_bps = 1;
        // The loss closes no exit.
        config.breaker_bound_bps = 500;
    })
    .await;
    // Rewards are low from here, and nothing of them is withheld.
    for _ in 0..2 {
        pool.crank_next_epoch(0).await;
    }
    let vote = pool.vote(0);
    (pool, alice, vote)
}

async fn lower_by_the_loss(pool: &mut Pool, before: &Prices) {
    let now = pool.prices().await;
    assert_eq!(now.value, before.value - LOST);
    assert_eq!(now.full, before.full - LOST);
}

#[tokio::test]
async fn an_instant_exit_after_the_report_pays_the_price_after_the_loss() {
    let (mut pool, alice, vote) = earning_pool().await;
    let before = pool.prices().await;
    pool.slash_account(&vote, Main, LOST).await;
    pool.report_loss(&vote).await;
    lower_by_the_loss(&mut pool, &before).await;
    let after = pool.prices().await;
    let had = pool.cluster.lamports(&alice.pubkey()).await;
    pool.withdraw(&alice, 10 * SOL).await;
    let paid = pool.cluster.lamports(&alice.pubkey()).await - had;
    let fair = worth(10 * SOL, after.value, after.supply);
    assert!(
        paid <= fair && paid > fair * 999 / 1_000,
        "{paid} of {fair}"
    );
    assert!(paid < worth(10 * SOL, before.value, before.supply) - SOL / 5);
}

#[tokio::test]
async fn an_exit_with_stake_after_the_report_pays_the_price_after_the_loss() {
    let (mut pool, alice, vote) = earning_pool().await;
    let other = pool.vote(1);
    let before = pool.prices().await;
    pool.slash_account(&vote, Main, LOST).await;
    pool.report_loss(&vote).await;
    let after = pool.prices().await;
    let taken = pool.withdraw_stake(&alice, &other, 10 * SOL).await;
    let stake = pool.cluster.delegation(&taken.stake).await.stake;
    assert!(stake <= worth(10 * SOL, after.value, after.supply));
    assert!(stake < worth(10 * SOL, before.value, before.supply) - SOL / 5);
}

/// Reporting costs nothing but a transaction, so a stayer puts it in front of the leaver's, and a
/// leaver who would not accept the price is refused.
#[tokio::test]
async fn a_report_in_front_of_an_exit_takes_the_advantage_away() {
    let (mut pool, alice, vote) = earning_pool().await;
    let before = pool.prices().await;
    pool.slash_account(&vote, Main, LOST).await;
    let place = pool.place(&vote).await;
    let report = pool.addresses.report_loss(&place);
    let (owner, source) = (alice.pubkey(), pool.lst_account(&alice.pubkey()));
    let lst = 10 * SOL;
    let old_price = worth(lst, before.value, before.supply) * 999 / 1_000;
    let addresses = pool.addresses;
    let greedy = addresses.withdraw_sol(owner, source, owner, lst, old_price);
    let outcome = pool.send(&[report.clone(), greedy], &[&alice]).await;
    assert_refused(outcome, BelowMinimum);
    let modest = addresses.withdraw_sol(owner, source, owner, lst, 0);
    pool.must_send(&[report, modest], &[&alice]).await;
}

#[tokio::test]
async fn whoever_stays_bears_no_more_than_a_share_of_the_loss() {
    let (mut pool, alice, vote) = earning_pool().await;
    let bob = pool.user("bob", 500 * SOL).await;
    pool.deposit(&bob, 400 * SOL).await;
    let before = pool.prices().await;
    pool.slash_account(&vote, Main, LOST).await;
    pool.report_loss(&vote).await;
    pool.withdraw(&alice, 20 * SOL).await;
    let after = pool.prices().await;
    let bobs = pool.lst_balance(&bob.pubkey()).await;
    let (had, has) = (
        worth(bobs, before.value, before.supply),
        worth(bobs, after.value, after.supply),
    );
    let share = worth(LOST, bobs, before.supply);
    assert!(had - has <= share + 2, "{had} - {has} > {share}");
}

/// A newcomer after the report buys at the lower price, one before it at the higher: neither
/// gains on the other's account by the order.
#[tokio::test]
async fn a_deposit_in_front_of_the_report_bears_its_part_of_the_loss() {
    let (mut pool, _alice, vote) = earning_pool().await;
    let (early, late) = (
        pool.user("early", 100 * SOL).await,
        pool.user("late", 100 * SOL).await,
    );
    pool.slash_account(&vote, Main, LOST).await;
    pool.deposit(&early, 50 * SOL).await;
    pool.report_loss(&vote).await;
    pool.deposit(&late, 50 * SOL).await;
    let prices = pool.prices().await;
    let (early, late) = (
        pool.lst_balance(&early.pubkey()).await,
        pool.lst_balance(&late.pubkey()).await,
    );
    assert!(worth(early, prices.full, prices.supply) < 50 * SOL - SOL);
    assert!(worth(late, prices.full, prices.supply) <= 50 * SOL);
}
