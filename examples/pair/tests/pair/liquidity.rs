//! Liquidity comes and goes at the ratio of the reserves.

use pair::{
    Direction::SolForLst,
    PairError::{AmountTooSmall, BelowMinimum, ZeroAmount},
    curve::{LOCKED_SHARES, Reserves},
    events::LiquidityChanged,
};
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_signer::Signer;

use crate::market::{LIQUIDITY, Market, assert_refused};

#[tokio::test]
async fn the_first_liquidity_sets_the_ratio_and_leaves_some_shares_to_nobody() {
    let mut market = Market::empty(Pool::builder()).await;
    let provider = market.provider.insecure_clone();
    let sent = market.add(&provider, 40 * SOL, 10 * SOL).await.unwrap();
    let reserves = Reserves {
        lamports: 40 * SOL,
        lst: 10 * SOL,
        shares: 20 * SOL,
    };
    assert_eq!(market.reserves().await, reserves);
    let shares = 20 * SOL - LOCKED_SHARES;
    assert_eq!(market.shares(&provider.pubkey()).await, shares);
    assert_eq!(
        sent.events::<LiquidityChanged>(),
        [LiquidityChanged {
            pair: market.pair.pair,
            provider: provider.pubkey(),
            added: true,
            lamports: 40 * SOL,
            lst: 10 * SOL,
            shares,
            reserves,
        }]
    );
}

#[tokio::test]
async fn more_liquidity_is_taken_in_the_ratio_only_and_comes_back_without_profit() {
    let mut market = Market::start().await;
    let (provider, trader) = (
        market.provider.insecure_clone(),
        market.trader.insecure_clone(),
    );
    market.swap(&provider, SolForLst, 7 * SOL).await.unwrap();
    let reserves = market.reserves().await;
    let before = market.balances(&trader.pubkey()).await;
    let added = reserves.add(10 * SOL, 50 * SOL).unwrap();
    assert!(added.lst < 10 * SOL, "SOL is what limits it");
    market.add(&trader, 10 * SOL, 50 * SOL).await.unwrap();
    let between = market.balances(&trader.pubkey()).await;
    assert_eq!(
        (before.0 - between.0, before.1 - between.1),
        (added.lamports, added.lst)
    );
    assert_eq!(market.shares(&trader.pubkey()).await, added.shares);

    let removed = added.reserves.remove(added.shares).unwrap();
    market.remove(&trader, added.shares).await.unwrap();
    let after = market.balances(&trader.pubkey()).await;
    assert_eq!(
        (after.0 - between.0, after.1 - between.1),
        (removed.lamports, removed.lst)
    );
    assert!(after <= before && after.1 <= before.1);
    assert!(before.0 - after.0 <= 2 && before.1 - after.1 <= 2);
}

#[tokio::test]
async fn liquidity_below_a_minimum_or_too_small_changes_nothing() {
    let mut market = Market::start().await;
    let provider = market.provider.insecure_clone();
    let (pair, who) = (market.pair, provider.pubkey());
    let fair = market.reserves().await.add(SOL, SOL).unwrap().shares;
    for (instruction, error) in [
        (pair.add_liquidity(who, SOL, SOL, fair + 1), BelowMinimum),
        (pair.add_liquidity(who, 0, SOL, 0), ZeroAmount),
        (pair.add_liquidity(who, SOL, 0, 0), ZeroAmount),
        (pair.remove_liquidity(who, 0, 0, 0), ZeroAmount),
        (pair.remove_liquidity(who, SOL, SOL + 1, 0), BelowMinimum),
        (pair.remove_liquidity(who, SOL, 0, SOL + 1), BelowMinimum),
    ] {
        assert_refused(market.try_out(&provider, instruction).await, error);
    }
    let mut empty = Market::empty(Pool::builder()).await;
    let add = pair.add_liquidity(who, LOCKED_SHARES, LOCKED_SHARES, 0);
    assert_refused(empty.try_out(&provider, add).await, AmountTooSmall);
}

#[tokio::test]
async fn who_leaves_last_leaves_what_belongs_to_nobody() {
    let mut market = Market::start().await;
    let provider = market.provider.insecure_clone();
    market
        .remove(&provider, LIQUIDITY - LOCKED_SHARES)
        .await
        .unwrap();
    let left = Reserves {
        lamports: LOCKED_SHARES,
        lst: LOCKED_SHARES,
        shares: LOCKED_SHARES,
    };
    assert_eq!(market.reserves().await, left);
    market.add(&provider, SOL, SOL).await.unwrap();
}
