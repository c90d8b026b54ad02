//! Swaps at the pair's own price, and at the pool's.

use pair::{
    Direction::{LstForSol, SolForLst},
    PairError::{AmountTooSmall, BelowMinimum, NoLiquidity, Overflow, ZeroAmount},
    curve::output,
    events::Swapped,
};
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_signer::Signer;

use crate::market::{LIQUIDITY, Market, assert_refused};

#[tokio::test]
async fn a_swap_gives_what_the_curve_says_and_moves_both_reserves() {
    let mut market = Market::start().await;
    let trader = market.trader.insecure_clone();
    let before = market.balances(&trader.pubkey()).await;
    let sent = market.swap(&trader, SolForLst, 10 * SOL).await.unwrap();
    let bought = output(10 * SOL, LIQUIDITY, LIQUIDITY).unwrap();
    // 10 less a thousandth, of 100 each: 9.99 x 100 / 109.99.
    assert_eq!(bought, 9_082_643_876);
    let after = market.balances(&trader.pubkey()).await;
    assert_eq!((before.0 - after.0, after.1 - before.1), (10 * SOL, bought));
    let reserves = market.reserves().await;
    assert_eq!(
        (reserves.lamports, reserves.lst),
        (LIQUIDITY + 10 * SOL, LIQUIDITY - bought)
    );
    assert_eq!(
        sent.events::<Swapped>(),
        [Swapped {
            pair: market.pair.pair,
            user: trader.pubkey(),
            direction: SolForLst,
            paid: 10 * SOL,
            received: bought,
            through_sluice: false,
            reserves,
        }]
    );

    let sold = output(bought, reserves.lst, reserves.lamports).unwrap();
    market.swap(&trader, LstForSol, bought).await.unwrap();
    let last = market.balances(&trader.pubkey()).await;
    assert_eq!((last.0 - after.0, last.1), (sold, before.1));
}

#[tokio::test]
async fn a_swap_below_its_minimum_or_of_nothing_changes_nothing() {
    let mut market = Market::start().await;
    let trader = market.trader.insecure_clone();
    for direction in [SolForLst, LstForSol] {
        let given = output(SOL, LIQUIDITY, LIQUIDITY).unwrap();
        let swap = |amount, minimum| {
            let pair = market.pair;
            pair.swap(trader.pubkey(), direction, amount, minimum)
        };
        let (enough, too_much) = (swap(SOL, given), swap(SOL, given + 1));
        let (nothing, dust) = (swap(0, 0), swap(1, 0));
        assert_refused(market.try_out(&trader, too_much).await, BelowMinimum);
        assert_refused(market.try_out(&trader, nothing).await, ZeroAmount);
        // The fee of a lamport is a lamport.
        assert_refused(market.try_out(&trader, dust).await, AmountTooSmall);
        market.try_out(&trader, enough).await.unwrap();
    }
}

#[tokio::test]
async fn a_pair_without_liquidity_swaps_nothing() {
    let mut market = Market::empty(Pool::builder()).await;
    let trader = market.trader.insecure_clone();
    let swap = market.pair.swap(trader.pubkey(), SolForLst, SOL, 0);
    assert_refused(market.try_out(&trader, swap).await, NoLiquidity);
}

#[tokio::test]
async fn amounts_that_do_not_fit_into_the_reserves_are_refused() {
    let mut market = Market::start().await;
    let provider = market.provider.insecure_clone();
    let (pair, who) = (market.pair, provider.pubkey());
    for instruction in [
        pair.swap(who, SolForLst, u64::MAX, 0),
        pair.swap(who, LstForSol, u64::MAX, 0),
        pair.add_liquidity(who, u64::MAX, u64::MAX, 0),
        pair.remove_liquidity(who, u64::MAX, 0, 0),
    ] {
        assert_refused(market.try_out(&provider, instruction).await, Overflow);
    }
}
