//! The bot's trades on the compiled programs.

use pair::Direction::{LstForSol, SolForLst};
use pair_bot::{Market as Seen, Trade, Way};
use sluice_tests::{
    pool::Pool,
    scenario::{SOL, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::market::Market;

/// What a trade must earn here: the fee of a transaction, and something.
const COSTS: u64 = 105_000;
const BUDGET: u64 = 1_000 * SOL;

async fn seen(market: &mut Market) -> Seen {
    Seen {
        pool: market.pool.view().await,
        pair: market.pair,
        reserves: market.reserves().await,
    }
}

/// The best trade, if it earns something.
async fn best(market: &mut Market) -> Option<Trade> {
    let best = seen(market).await.best_trade(BUDGET);
    best.filter(|trade| trade.profit_lamports() > i128::from(COSTS))
}

/// Makes a trade: by how many lamports its owner is richer.
async fn made(market: &mut Market, bot: &Keypair, trade: &Trade) -> u64 {
    let seen = seen(market).await;
    let before = market.balances(&bot.pubkey()).await;
    let least = trade.paid_lamports + COSTS;
    let both = trade.instructions(&seen, bot.pubkey(), least);
    market.pool.must_send(&both, &[bot]).await;
    let after = market.balances(&bot.pubkey()).await;
    assert_eq!(after.1, before.1, "no LST is left over");
    after.0 - before.0
}

#[tokio::test]
async fn the_bot_earns_to_the_lamport_what_it_reckoned_and_then_there_is_nothing_left() {
    let mut market = Market::start().await;
    let (bot, trader) = (
        market.pool.user("bot", 2_000 * SOL).await,
        market.trader.insecure_clone(),
    );
    for (direction, way) in [
        (SolForLst, Way::MintAndSell),
        (LstForSol, Way::BuyAndRedeem),
    ] {
        market.swap(&trader, direction, 20 * SOL).await.unwrap();
        let trade = best(&mut market).await.expect("something to earn");
        assert_eq!(trade.way, way);
        let earned = made(&mut market, &bot, &trade).await;
        assert_eq!(i128::from(earned), trade.profit_lamports());
        assert!(earned > SOL / 10, "{earned}");
        assert_eq!(best(&mut market).await, None);
    }
}

#[tokio::test]
async fn at_the_pools_price_there_is_nothing_to_earn() {
    let mut market = Market::start().await;
    assert_eq!(best(&mut market).await, None);
}

#[tokio::test]
async fn the_pair_follows_the_price_through_epochs_of_rewards() {
    // Room for exits: what is left of it bounds what the bot can redeem at once.
    let builder = Pool::builder().config(|config| config.reserve_target_bps = 2_000);
    let builder = builder.epoch(4).validators(&[(0, 1), (0, 1)]);
    let mut market = Market::beside(builder).await;
    let bot = market.pool.user("bot", 2_000 * SOL).await;
    let mut price = SOL;
    for epoch in 0..6 {
        market.earn().await;
        while let Some(trade) = best(&mut market).await {
            made(&mut market, &bot, &trade).await;
        }
        let (pool, reserves) = (market.pool.prices().await, market.reserves().await);
        let exit = worth(SOL, pool.value, pool.supply);
        let now = worth(SOL, reserves.lamports, reserves.lst);
        // The fees of pair and exit, together less than half a percent here, keep it that far away.
        assert!(
            now > exit - SOL / 200 && now < exit + SOL / 200,
            "{epoch}: {now} {exit}"
        );
        assert!(now >= price, "{epoch}: {now} after {price}");
        price = now;
    }
    assert!(price > SOL + SOL / 250, "rewards of six epochs: {price}");
}

#[tokio::test]
async fn where_somebody_is_faster_the_bots_transaction_changes_nothing() {
    let mut market = Market::start().await;
    let (bot, trader) = (
        market.pool.user("bot", 2_000 * SOL).await,
        market.trader.insecure_clone(),
    );
    for (direction, back) in [(SolForLst, LstForSol), (LstForSol, SolForLst)] {
        market.swap(&trader, direction, 20 * SOL).await.unwrap();
        let seen = seen(&mut market).await;
        let trade = best(&mut market).await.expect("something to earn");
        let provider = market.provider.insecure_clone();
        market.swap(&provider, back, 10 * SOL).await.unwrap();
        let least = trade.paid_lamports + COSTS;
        let both = trade.instructions(&seen, bot.pubkey(), least);
        let late = market.pool.try_out(&both, &[&bot]).await;
        assert!(late.is_err());
        let trade = best(&mut market).await;
        if let Some(trade) = trade {
            made(&mut market, &bot, &trade).await;
        }
    }
}

#[tokio::test]
async fn a_stale_or_tripped_pool_has_no_trades() {
    let mut market = Market::start().await;
    let trader = market.trader.insecure_clone();
    market.swap(&trader, SolForLst, 20 * SOL).await.unwrap();
    market.pool.cluster.next_epoch().await;
    assert_eq!(best(&mut market).await, None);
    market.pool.crank_epoch().await;
    assert!(best(&mut market).await.is_some());
    market.trip_the_breaker().await;
    assert_eq!(best(&mut market).await, None);
}

#[tokio::test]
async fn no_other_amount_earns_more_than_the_one_that_is_found() {
    let mut market = Market::start().await;
    let trader = market.trader.insecure_clone();
    for (direction, amount) in [(SolForLst, 5 * SOL), (LstForSol, 40 * SOL)] {
        market.swap(&trader, direction, amount).await.unwrap();
        let seen = seen(&mut market).await;
        let best = seen.best_trade(BUDGET).unwrap();
        for step in 1..20_000 {
            let paid = step * BUDGET / 20_000 / 10;
            let near = best.paid_lamports - 10_000 + step;
            for paid in [paid, near] {
                if let Some(other) = seen.trade(best.way, paid) {
                    let more = other.profit_lamports() - best.profit_lamports();
                    assert!(more <= 4, "{other:?} earns {more} more than {best:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_wallet_trades_no_more_than_it_has() {
    let mut market = Market::start().await;
    let trader = market.trader.insecure_clone();
    market.swap(&trader, SolForLst, 20 * SOL).await.unwrap();
    let seen = seen(&mut market).await;
    let trade = seen.best_trade(SOL).unwrap();
    assert!(trade.paid_lamports <= SOL && trade.paid_lamports > SOL - 10);
    assert_eq!(seen.best_trade(0), None);
}
