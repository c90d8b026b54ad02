//! Where Sluice mints and redeems for a swap of the pair, and where it does not.

use pair::{
    Direction::{self, LstForSol, SolForLst},
    PairError,
    events::Swapped,
};
use sluice::SluiceError;
use sluice_math::{Lamports, Lst};
use sluice_tests::{
    cluster::Sent,
    pool::{Pool, Watch},
    scenario::SOL,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::market::{Market, assert_refused};

/// Swaps: what was received, and whether Sluice gave it.
async fn swapped(market: &mut Market, direction: Direction, amount: u64) -> (u64, bool) {
    let trader = market.trader.insecure_clone();
    let before = market.balances(&trader.pubkey()).await;
    let sent: Sent = market.best_swap(&trader, direction, amount).await.unwrap();
    let after = market.balances(&trader.pubkey()).await;
    let [told] = sent.events::<Swapped>().try_into().unwrap();
    let (paid, received) = match direction {
        SolForLst => (before.0 - after.0, after.1 - before.1),
        LstForSol => (before.1 - after.1, after.0 - before.0),
    };
    assert_eq!((told.paid, told.received), (paid, received));
    assert_eq!((paid, told.reserves), (amount, market.reserves().await));
    (received, told.through_sluice)
}

#[tokio::test]
async fn sol_becomes_new_lst_where_minting_beats_the_curve() {
    let mut market = Market::start().await;
    let reserves = market.reserves().await;
    let view = market.pool.view().await;
    let minted = view.quote_deposit(Lamports::new(50 * SOL)).unwrap().minted;
    let received = swapped(&mut market, SolForLst, 50 * SOL).await;
    assert_eq!(received, (minted.get(), true));
    assert_eq!(market.reserves().await, reserves);
}

#[tokio::test]
async fn lst_is_redeemed_where_the_instant_exit_beats_the_curve() {
    let mut market = Market::start().await;
    let reserves = market.reserves().await;
    let view = market.pool.view().await;
    let paid = view.quote_instant_exit(Lst::new(20 * SOL)).unwrap();
    let received = swapped(&mut market, LstForSol, 20 * SOL).await;
    assert_eq!(received, (paid.lamports.get(), true));
    assert_eq!(market.reserves().await, reserves);
}

#[tokio::test]
async fn the_curve_serves_where_it_beats_the_pool() {
    let mut market = Market::start().await;
    let provider = market.provider.insecure_clone();
    market.swap(&provider, SolForLst, 30 * SOL).await.unwrap();
    let (dear, _) = market.reserves().await.sell_lst(SOL).unwrap();
    assert_eq!(swapped(&mut market, LstForSol, SOL).await, (dear, false));
    market.swap(&provider, LstForSol, 60 * SOL).await.unwrap();
    let (cheap, _) = market.reserves().await.buy_lst(SOL).unwrap();
    assert_eq!(swapped(&mut market, SolForLst, SOL).await, (cheap, false));
}

/// Swaps a large amount each way, for which the curve alone is bad.
async fn assert_only_the_curve(market: &mut Market) {
    for direction in [SolForLst, LstForSol] {
        let reserves = market.reserves().await;
        let (given, _) = reserves.swap(direction, 10 * SOL).unwrap();
        let received = swapped(market, direction, 10 * SOL).await;
        assert_eq!(received, (given, false));
    }
}

#[tokio::test]
async fn a_stale_pool_leaves_the_pair_its_own_price() {
    let mut market = Market::start().await;
    market.pool.cluster.next_epoch().await;
    assert_only_the_curve(&mut market).await;
    market.pool.crank_epoch().await;
    assert!(swapped(&mut market, SolForLst, 10 * SOL).await.1);
}

#[tokio::test]
async fn a_tripped_breaker_leaves_the_pair_its_own_price() {
    let mut market = Market::start().await;
    market.trip_the_breaker().await;
    assert_only_the_curve(&mut market).await;
}

#[tokio::test]
async fn a_pool_of_another_version_leaves_the_pair_its_own_price() {
    let mut market = Market::start().await;
    market.pool.watch = Watch::Off;
    market.pool.change_pool(|pool| pool.version += 1).await;
    assert_only_the_curve(&mut market).await;
}

#[tokio::test]
async fn an_empty_buffer_leaves_exits_to_the_curve() {
    let mut market = Market::start().await;
    // All but the reserve's share is delegated.
    market.pool.pass_an_epoch().await;
    let view = market.pool.view().await;
    assert!(view.quote_instant_exit(Lst::new(50 * SOL)).is_err());
    assert!(view.quote_instant_exit(Lst::new(SOL)).is_ok());
    let (given, _) = market.reserves().await.sell_lst(50 * SOL).unwrap();
    let received = swapped(&mut market, LstForSol, 50 * SOL).await;
    assert_eq!(received, (given, false));
}

#[tokio::test]
async fn the_minimum_holds_on_both_ways() {
    let mut market = Market::start().await;
    let (trader, pool): (Keypair, _) = (market.trader.insecure_clone(), market.pool_accounts());
    let (pair, who) = (market.pair, trader.pubkey());
    let best = |direction, minimum| pair.best_swap(&pool, who, direction, 10 * SOL, minimum);
    for direction in [SolForLst, LstForSol] {
        let refused = market.try_out(&trader, best(direction, 10 * SOL + 1)).await;
        let code = refused.unwrap_err().custom_code;
        assert_eq!(code, Some(SluiceError::BelowMinimum.into()));
    }
    market.pool.cluster.next_epoch().await;
    for direction in [SolForLst, LstForSol] {
        let refused = market.try_out(&trader, best(direction, 10 * SOL)).await;
        assert_refused(refused, PairError::BelowMinimum);
    }
}

#[tokio::test]
async fn before_there_is_liquidity_the_pool_serves_alone() {
    let mut market = Market::empty(Pool::builder()).await;
    assert!(swapped(&mut market, SolForLst, SOL).await.1);
    assert!(swapped(&mut market, LstForSol, SOL).await.1);
    let (trader, pool) = (market.trader.insecure_clone(), market.pool_accounts());
    market.pool.cluster.next_epoch().await;
    let (pair, who) = (market.pair, trader.pubkey());
    let swap = pair.best_swap(&pool, who, SolForLst, SOL, 0);
    assert_refused(market.try_out(&trader, swap).await, PairError::NoLiquidity);
}
