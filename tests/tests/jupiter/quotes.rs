//! A quote is what the swap does, to the lamport, or the error that it fails with.

use std::{collections::BTreeMap, time::Instant};

use jupiter_amm_interface::Quote;
use sluice_jupiter::Refusal;
use sluice_tests::{
    cluster::TransactionFailure,
    seeds::{live, number, on_all_cores},
};

use crate::{
    market::{Market, Way},
    states::States,
};

/// Worlds of so many states each.
const STATES: u64 = 500;
const WORLDS: u64 = 2;
const LONG_WORLDS: u64 = 20;

/// How many swaps went through, and were refused with each code.
type Counts = BTreeMap<(bool, u32), u64>;

#[test]
fn quotes_equal_execution_in_random_states_to_the_lamport() {
    let worlds = match (number("SLUICE_SEED"), number("SLUICE_LONG")) {
        (Some(seed), _) => seed..seed + 1,
        (None, Some(_)) => 0..LONG_WORLDS,
        (None, None) => 0..WORLDS,
    };
    let began = Instant::now();
    let mut counts = Counts::new();
    for world in on_all_cores(worlds, |seed| live(quote_and_swap(seed))) {
        for (outcome, count) in world {
            *counts.entry(outcome).or_default() += count;
        }
    }
    println!("{counts:?} in {:?}", began.elapsed());
    let accepted = [counts[&(true, 0)], counts[&(false, 0)]];
    let all: u64 = counts.values().sum();
    assert!(accepted.iter().all(|count| count * 5 > all), "{counts:?}");
}

/// A world that fails says its seed, and lives again with `SLUICE_SEED`.
async fn quote_and_swap(seed: u64) -> Counts {
    let mut market = Market::open().await;
    let clock = market.routed.pool.cluster.clock().await;
    let mut states = States::of(seed, clock, market.pool().await);
    let mut counts = Counts::new();
    for number in 0..STATES {
        let state = states.draw();
        market.write(&state).await;
        let (way, amount) = match number % 2 {
            0 => (Way::Deposit, state.lamports),
            _ => (Way::Exit, state.lst),
        };
        let quoted = market.quote(way, amount);
        let minimum = quoted.as_ref().map_or(0, |quote| quote.out_amount);
        let done = market.swap(way, amount, minimum).await;
        let code = compare(&quoted, &done, amount).unwrap_or_else(|| {
            panic!(
                "SLUICE_SEED={seed}, state {number}: {way:?} of {amount}: {quoted:?}, but {done:?}"
            )
        });
        *counts.entry((way == Way::Deposit, code)).or_default() += 1;
    }
    counts
}

/// The code of both; zero where both say the same amounts.
fn compare(
    quoted: &anyhow::Result<Quote>,
    done: &Result<(u64, u64), TransactionFailure>,
    amount: u64,
) -> Option<u32> {
    match (quoted, done) {
        (Ok(quote), Ok((paid, got))) => {
            let same = (quote.in_amount, quote.out_amount) == (*paid, *got) && *paid == amount;
            same.then_some(0)
        }
        (Err(error), Err(failure)) => {
            let refusal = error.downcast_ref::<Refusal>()?;
            (failure.custom_code == Some(refusal.code)).then_some(refusal.code)
        }
        _ => None,
    }
}
