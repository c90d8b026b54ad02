//! What people try who want more than their part.

use pair::{
    Direction::{LstForSol, SolForLst},
    PairError::AmountTooSmall,
    curve::LOCKED_SHARES,
};
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use spl_token_interface::instruction::transfer_checked;

use crate::market::{Market, assert_refused};

/// Sends SOL and LST straight to the accounts of the pair.
async fn donate(market: &mut Market, from: &Keypair, amount: u64) {
    let (pair, who) = (market.pair, from.pubkey());
    let token = spl_token_interface::ID;
    let (source, vault) = (pair.lst_of(&who), pair.vault);
    let give = transfer_checked(
        &token,
        &source,
        &pair.lst_mint,
        &vault,
        &who,
        &[],
        amount,
        9,
    );
    let gifts = [transfer(&who, &pair.pair, amount), give.unwrap()];
    market.pool.must_send(&gifts, &[from]).await;
}

#[tokio::test]
async fn a_donation_changes_neither_price_nor_shares() {
    let mut market = Market::start().await;
    let (provider, trader) = (
        market.provider.insecure_clone(),
        market.trader.insecure_clone(),
    );
    let before = market.reserves().await;
    donate(&mut market, &provider, 50 * SOL).await;
    assert_eq!(market.reserves().await, before);
    let (bought, _) = before.buy_lst(SOL).unwrap();
    let had = market.balances(&trader.pubkey()).await;
    market.swap(&trader, SolForLst, SOL).await.unwrap();
    assert_eq!(market.balances(&trader.pubkey()).await.1 - had.1, bought);
    market.swap(&trader, LstForSol, bought).await.unwrap();
}

#[tokio::test]
async fn who_comes_first_cannot_make_shares_too_dear_for_the_next() {
    let mut market = Market::empty(Pool::builder()).await;
    let (mallory, victim) = (
        market.provider.insecure_clone(),
        market.trader.insecure_clone(),
    );
    // One share more than those that are locked; then gifts, and swaps whose fees stay.
    let least = LOCKED_SHARES + 1;
    market.add(&mallory, least, least).await.unwrap();
    donate(&mut market, &mallory, 100 * SOL).await;
    let before = market.balances(&mallory.pubkey()).await;
    for _ in 0..20 {
        market.swap(&mallory, SolForLst, SOL).await.unwrap();
        let bought = market.balances(&mallory.pubkey()).await.1 - before.1;
        market.swap(&mallory, LstForSol, bought).await.unwrap();
    }
    let spent = before.0 - market.balances(&mallory.pubkey()).await.0;
    assert!(spent > SOL / 50, "the fees of 20 round trips: {spent}");

    let had = market.balances(&victim.pubkey()).await;
    market.add(&victim, SOL, SOL).await.unwrap();
    let shares = market.shares(&victim.pubkey()).await;
    market.remove(&victim, shares).await.unwrap();
    let has = market.balances(&victim.pubkey()).await;
    let lost = (had.0 - has.0) + (had.1 - has.1);
    // At most what a share is worth, which is mostly nobody's.
    assert!(lost < 2 * spent / LOCKED_SHARES, "{lost} of {spent}");
    market.remove(&mallory, 1).await.unwrap();
    let got = market.balances(&mallory.pubkey()).await.0;
    assert!(got < before.0, "it cost more than it gained");
}

#[tokio::test]
async fn an_amount_that_is_worth_no_share_is_refused_and_not_kept() {
    let mut market = Market::empty(Pool::builder()).await;
    let (mallory, victim) = (
        market.provider.insecure_clone(),
        market.trader.insecure_clone(),
    );
    market.add(&mallory, 2_000, 2_000).await.unwrap();
    market.swap(&mallory, SolForLst, 10 * SOL).await.unwrap();
    let add = market.pair.add_liquidity(victim.pubkey(), 1, 1, 0);
    assert_refused(market.try_out(&victim, add).await, AmountTooSmall);
}
