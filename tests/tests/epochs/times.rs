//! When epochs began, and what they yield by the clock.

use num_bigint::BigInt;
use sluice::state::{EpochRate, RateHistory};
use sluice_client::quote::yields::{YEAR_SECONDS, Yield};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, earning_pool},
};

const DAY: i64 = 86_400;
/// Five of them are a year, so that its yield is a whole power.
const LONG_EPOCH: i64 = 73 * DAY;
const PARTS_E9: u64 = 1_000_000_000;

/// Goes to the next epoch, which begins so many seconds after the last one that was finalized, and
/// books it. Returns when it began.
async fn finalize_after(pool: &mut Pool, credits: u64, seconds: i64) -> i64 {
    let start = pool.account().await.epoch_start_timestamp + seconds;
    pool.next_epoch_with_rewards(credits).await;
    pool.cluster.set_epoch_start(start).await;
    pool.observe_all().await;
    pool.finalize().await;
    start
}

fn last(history: &RateHistory) -> EpochRate {
    *history.iter().last().expect("an epoch")
}

/// `(to / from)^times - 1` in parts of 10^9, rounded down.
fn gain_parts_e9(from: &EpochRate, to: &EpochRate, times: u32) -> i64 {
    let earlier = BigInt::from(from.full_lamports) * to.lst_supply;
    let later = BigInt::from(to.full_lamports) * from.lst_supply;
    let (earlier, later) = (earlier.pow(times), later.pow(times));
    let gain = (later - &earlier) * PARTS_E9;
    let floor = &gain / &earlier - BigInt::from(gain < BigInt::ZERO);
    i64::try_from(floor).expect("no such yield")
}

#[tokio::test]
async fn every_entry_has_the_start_of_its_epoch_and_pool_and_view_the_last_one() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let mut starts = Vec::new();
    for days in [2, 1, 3] {
        let start = finalize_after(&mut pool, CREDITS, days * DAY).await;
        assert_eq!(pool.account().await.epoch_start_timestamp, start);
        pool.cluster.warp_to_epoch_fraction(9_000).await;
        assert_eq!(pool.rate().await.epoch_start_timestamp, start);
        starts.push(start);
    }
    let history = pool.history().await;
    let recorded: Vec<i64> = history.iter().map(|it| it.epoch_start_timestamp).collect();
    assert!(recorded.ends_with(&starts), "{recorded:?}");
    assert!(recorded.iter().all(|start| *start > 0), "{recorded:?}");
}

#[tokio::test]
async fn a_crank_late_in_the_epoch_writes_the_start_of_the_epoch() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let epoch = pool.next_epoch_with_rewards(CREDITS).await;
    let start = pool.cluster.clock().await.epoch_start_timestamp;
    pool.cluster.vote_time(start + DAY).await;
    let slot = pool.cluster.last_slot_of(epoch);
    pool.cluster.warp_to_slot(slot).await;
    let clock = pool.cluster.clock().await;
    assert!(clock.unix_timestamp > start, "time passes within the epoch");
    pool.observe_all().await;
    pool.finalize().await;
    assert_eq!(last(&pool.history().await).epoch_start_timestamp, start);
}

#[tokio::test]
async fn epochs_that_nobody_finalized_are_in_the_yield_of_the_next_one_with_their_time() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    finalize_after(&mut pool, CREDITS, DAY).await;
    let before = last(&pool.history().await);
    for _ in 0..2 {
        pool.next_epoch_with_rewards(CREDITS).await;
    }
    finalize_after(&mut pool, CREDITS, LONG_EPOCH).await;
    let history = pool.history().await;
    let after = last(&history);
    assert_eq!(after.epoch, before.epoch + 3);
    let over = Yield::over(&history, 1).expect("two entries");
    assert_eq!((over.epochs(), over.seconds), (3, LONG_EPOCH as u64));
    assert_eq!(
        over.apy_parts_e9(),
        Some(gain_parts_e9(&before, &after, 5)),
        "a fifth of a year, not three epochs"
    );
    assert!(over.apy_parts_e9() > Some(0));
}

#[tokio::test]
async fn the_yield_is_the_growth_of_the_books_net_of_fees_to_the_last_digit() {
    let mut yields = Vec::new();
    for fee_bps in [0, 1_000] {
        let builder = Pool::builder().config(|config| config.reward_fee_bps = fee_bps);
        let (mut pool, alice) = earning_pool(builder).await;
        finalize_after(&mut pool, CREDITS, DAY).await;
        let before = last(&pool.history().await);
        pool.deposit(&alice, 7 * SOL).await;
        finalize_after(&mut pool, CREDITS, LONG_EPOCH).await;
        let history = pool.history().await;
        let (after, prices) = (last(&history), pool.prices().await);
        assert_eq!(
            (after.full_lamports, after.lst_supply),
            (prices.full, prices.supply)
        );
        let over = Yield::over(&history, 1).expect("two entries");
        assert_eq!(over.seconds * 5, YEAR_SECONDS);
        assert_eq!(
            over.epoch_parts_e9(),
            Some(gain_parts_e9(&before, &after, 1))
        );
        assert_eq!(over.apy_parts_e9(), Some(gain_parts_e9(&before, &after, 5)));
        yields.push(over.epoch_parts_e9().expect("a yield"));
    }
    let (gross, net) = (yields[0], yields[1]);
    assert!(
        0 < net && net < gross,
        "{net} after the fee, {gross} before"
    );
}

#[tokio::test]
async fn an_epoch_with_a_loss_yields_less_than_nothing() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    finalize_after(&mut pool, CREDITS, DAY).await;
    let before = last(&pool.history().await);
    let vote = pool.vote(1);
    pool.slash(&vote, 5 * SOL).await;
    let start = finalize_after(&mut pool, 0, LONG_EPOCH).await;
    let history = pool.history().await;
    let after = last(&history);
    assert_eq!(
        (after.gain_lamports, after.epoch_start_timestamp),
        (0, start)
    );
    let over = Yield::over(&history, 1).expect("two entries");
    let apy = over.apy_parts_e9().expect("an APY");
    assert_eq!(apy, gain_parts_e9(&before, &after, 5));
    assert!(apy < 0, "{apy}");
}
