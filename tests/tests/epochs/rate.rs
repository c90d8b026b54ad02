//! The prices that the program tells.

use sluice::instructions::{RATE_STALE, Rate};
use sluice_tests::scenario::two_pools::{Stage, TwoPools};

#[tokio::test]
async fn the_rate_is_both_prices_at_this_slot() {
    let (_, acted) = TwoPools::acted(Stage::Fresh, "rate").await;
    let prices = acted.before.prices();
    assert!(prices.value < prices.full, "something drips");
    let expected = Rate {
        full_lamports: prices.full,
        value_lamports: prices.value,
        lst_supply: prices.supply,
        slot: prices.slot,
        epoch_start_timestamp: acted.before.pool.epoch_start_timestamp,
        flags: 0,
    };
    assert_eq!(acted.answer::<Rate>(41), expected);
}

#[tokio::test]
async fn the_rate_of_a_stale_pool_says_so() {
    let mut pools = TwoPools::at(Stage::Unobserved).await;
    let rate = pools.pool.addresses.rate();
    let acted = pools.act(&rate, &[]).await;
    assert_eq!(acted.answer::<Rate>(41).flags, RATE_STALE);
}
