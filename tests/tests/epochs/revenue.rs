//! The reward fee, its two parts, and that both can be added up from the chain alone.

use sluice::{
    events::EpochFinalized,
    state::{EpochRate, HISTORY_EPOCHS, RateHistory},
};
use sluice_tests::{
    pool::Pool,
    scenario::{earning_pool, worth},
};
use solana_signer::Signer;

const CREDITS: u64 = 1_000;
const FEE_BPS: u64 = 500;
const HOLDER_SHARE_BPS: u64 = 3_000;

#[tokio::test]
async fn the_revenue_of_treasury_and_holders_adds_up_from_history_and_events() {
    let builder =
        Pool::builder().config(|config| config.holder_share_bps = HOLDER_SHARE_BPS as u16);
    let (mut pool, _alice) = earning_pool(builder).await;
    let treasury = pool.treasury().pubkey();
    let mut events: Vec<EpochFinalized> = Vec::new();
    for _ in 0..5 {
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.observe_all().await;
        let before = pool.account().await;
        let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
        let after = pool.account().await;
        assert_eq!(after.pending_lamports, booked.fee_kept_lamports);
        assert!(after.high_water_lamports > before.high_water_lamports);
        events.push(booked);
        pool.crank_epoch().await;
        pool.crank_window().await;
        pool.pay_fees().await;
    }

    let mut revenue_lst = 0;
    for booked in &events {
        let (fee, kept) = (booked.fee_lamports, booked.fee_kept_lamports);
        let charged = (booked.gain_lamports * FEE_BPS).div_ceil(10_000);
        assert_eq!(fee + kept, charged, "the whole gain was above the mark");
        assert_eq!(kept, (charged * HOLDER_SHARE_BPS).div_ceil(10_000));
        assert!(fee > 0 && kept > 0);
        // The LST of the treasury follows from what the history keeps.
        let full = booked.full_before_lamports + booked.gain_lamports;
        let minted = worth(fee, booked.supply_before_lst, full - fee);
        assert_eq!(booked.fee_lst, minted);
        revenue_lst += minted;
    }
    assert_eq!(pool.lst_balance(&treasury).await, revenue_lst);

    let history = pool.history().await;
    let recorded: Vec<&EpochRate> = history.iter().collect();
    let recorded = &recorded[recorded.len() - events.len()..];
    for (rate, booked) in recorded.iter().zip(&events) {
        assert_eq!(rate.epoch, booked.epoch);
        assert_eq!(rate.gain_lamports, booked.gain_lamports);
        assert_eq!(rate.fee_lamports, booked.fee_lamports);
        assert_eq!(rate.fee_kept_lamports, booked.fee_kept_lamports);
    }
}

#[tokio::test]
async fn a_holder_share_of_everything_mints_nothing_and_raises_the_price_for_all() {
    let mut prices = Vec::new();
    for holder_share_bps in [0, 10_000] {
        let builder = Pool::builder().config(|config| config.holder_share_bps = holder_share_bps);
        let (mut pool, _alice) = earning_pool(builder).await;
        for _ in 0..3 {
            pool.live_an_epoch(CREDITS).await;
        }
        let fees = pool.books().await.fees_lst;
        assert_eq!(fees == 0, holder_share_bps == 10_000);
        prices.push(pool.prices().await);
    }
    let (to_treasury, to_all) = (prices[0], prices[1]);
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    assert!(
        product(to_all.full, to_treasury.supply) > product(to_treasury.full, to_all.supply),
        "{prices:?}"
    );
}

#[test]
fn the_history_keeps_the_last_epochs_in_order() {
    let mut history: RateHistory = bytemuck::Zeroable::zeroed();
    for epoch in 0..3 * HISTORY_EPOCHS as u64 / 2 {
        history.record(EpochRate {
            epoch,
            ..EpochRate::default()
        });
    }
    let kept: Vec<u64> = history.iter().map(|rate| rate.epoch).collect();
    let first = HISTORY_EPOCHS as u64 / 2;
    assert_eq!(
        kept,
        (first..first + HISTORY_EPOCHS as u64).collect::<Vec<_>>()
    );
}
