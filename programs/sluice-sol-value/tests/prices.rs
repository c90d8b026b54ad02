//! What holds for every pool and every amount.

use proptest::prelude::*;
use sluice_rate::PoolRate;
use sluice_sol_value::{
    ValueError,
    instruction::Asked,
    price::{Range, lst_to_sol, require_price, sol_to_lst},
};

fn pool(figures: [u64; 7]) -> PoolRate {
    let [
        full,
        withheld,
        length,
        pending,
        supply,
        finalized,
        finalized_lst,
    ] = figures;
    PoolRate {
        mint: [1; 32],
        finalized_epoch: 7,
        epoch_start_timestamp: 0,
        lst_supply: supply,
        full_lamports: full,
        withheld_lamports: withheld,
        drip_start_slot: 100,
        drip_end_slot: 100 + length,
        pending_lamports: pending,
        finalized_value_lamports: finalized,
        finalized_lst,
        breaker_epoch: None,
        unrestored_lamports: 0,
        fallen_lamports: 0,
    }
}

/// Pools whose price is between a thousandth and a thousand, and that have drips and losses.
fn pools() -> impl Strategy<Value = PoolRate> {
    let amount = || 1_000_000..1_u64 << 50;
    let share = || 0..900_u64;
    let price = || 1..1_000_000_u64;
    let pools = (
        amount(),
        share(),
        0..500_000_u64,
        price(),
        amount(),
        price(),
    );
    pools.prop_map(|(supply, drips, length, price, lst, finalized)| {
        let worth = |lst: u64, price: u64| (u128::from(lst) * u128::from(price) / 1_000) as u64;
        let full = worth(supply, price).max(1_000);
        let withheld = (u128::from(full) * u128::from(drips) / 1_000) as u64;
        let finalized = worth(lst, finalized).max(1);
        pool([
            full,
            withheld,
            length,
            withheld / 10,
            supply,
            finalized,
            lst,
        ])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_least_is_what_a_lender_counts_on_and_the_most_is_the_deposit_price(
        pool in pools(), lst in 0..1_u64 << 52, slot in 0..1_000_000_u64,
    ) {
        let Ok(range) = lst_to_sol(&pool, lst, slot) else { return Ok(()) };
        prop_assert_eq!(Ok(range.min), pool.collateral_lamports(lst, slot));
        let deposit = pool.deposit_lamports(lst).unwrap();
        prop_assert!(deposit <= range.max && range.max - deposit <= 1);
        prop_assert!(range.min <= range.max);
    }

    #[test]
    fn both_directions_agree_and_round_against_who_asks(
        pool in pools(), lamports in 0..1_u64 << 50, slot in 0..1_000_000_u64,
    ) {
        let Ok(lst) = sol_to_lst(&pool, lamports, slot) else { return Ok(()) };
        prop_assert!(lst.min <= lst.max);
        // No fewer are worth as much to a lender, and no more cost as little to who deposits.
        if let Ok(most) = pool.collateral_lamports(lst.max, slot) {
            prop_assert!(most >= lamports);
            let fewer = lst.max.saturating_sub(1);
            prop_assert!(lamports == 0 || pool.collateral_lamports(fewer, slot).unwrap() < lamports);
        }
        prop_assert!(pool.deposit_lamports(lst.min).unwrap() <= lamports);
        if let Ok(one_more) = pool.deposit_lamports(lst.min + 1) {
            prop_assert!(one_more >= lamports);
        }
        if let (Ok(least), Ok(most)) = (
            lst_to_sol(&pool, lst.min, slot),
            lst_to_sol(&pool, lst.max, slot),
        ) {
            let (min, max) = (least.min, most.max);
            prop_assert!((min..=max).contains(&lamports));
        }
    }

    #[test]
    fn who_swaps_there_and_back_gains_nothing(
        pool in pools(), lst in 0..1_u64 << 50, slot in 0..1_000_000_u64,
    ) {
        let Ok(brought) = lst_to_sol(&pool, lst, slot) else { return Ok(()) };
        let Ok(given) = sol_to_lst(&pool, brought.min, slot) else { return Ok(()) };
        prop_assert!(given.min <= lst);
    }

    #[test]
    fn what_drips_later_makes_no_lst_that_were_taken_out_worth_more_than_they_cost(
        pool in pools(), lamports in 0..1_u64 << 50,
        (slot, later) in (0..1_000_000_u64, 0..1_000_000_u64),
    ) {
        let Ok(lst) = sol_to_lst(&pool, lamports, slot) else { return Ok(()) };
        prop_assert!(pool.exit_lamports(lst.min, slot + later).unwrap() <= lamports);
    }

    #[test]
    fn arbitrary_figures_and_data_are_an_error_or_an_answer_and_never_a_panic(
        figures in any::<[u64; 6]>(),
        length in 0..u64::MAX - 100,
        (amount, slot) in any::<(u64, u64)>(),
        data in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let [a, b, c, d, e, f] = figures;
        let pool = pool([a, b, length, c, d, e, f]);
        for range in [lst_to_sol(&pool, amount, slot), sol_to_lst(&pool, amount, slot)] {
            prop_assert!(range.is_err() || range.is_ok_and(|range| range.min <= range.max));
        }
        let read = Asked::read(&data);
        let is_known = data.len() == 9 && [0, 1, 253].contains(&data[0]);
        prop_assert_eq!(read.is_ok(), is_known);
    }
}

#[test]
fn what_has_no_price_says_why() {
    let good = pool([1_000, 0, 0, 0, 1_000, 900, 1_000]);
    let range = Ok(Range { min: 90, max: 100 });
    assert_eq!(lst_to_sol(&good, 100, 200), range);
    let range = Ok(Range { min: 90, max: 100 });
    assert_eq!(sol_to_lst(&good, 90, 200), range);
    let both = |pool: &PoolRate, amount| {
        let results = [lst_to_sol(pool, amount, 200), sol_to_lst(pool, amount, 200)];
        results.map(|result| result.expect_err("no price"))
    };
    let none = PoolRate {
        lst_supply: 0,
        ..good
    };
    assert_eq!(both(&none, 1), [ValueError::NoSupply; 2]);
    let never = PoolRate {
        finalized_lst: 0,
        ..good
    };
    assert_eq!(both(&never, 1), [ValueError::NotFinalized; 2]);
    let dear = pool([u64::MAX, 0, 0, 0, 1, u64::MAX, 1]);
    let overflow = lst_to_sol(&dear, 2, 200);
    assert_eq!(overflow, Err(ValueError::Overflow));
    let cheap = pool([1, 0, 0, 0, u64::MAX, 1, u64::MAX]);
    let overflow = sol_to_lst(&cheap, 2, 200);
    assert_eq!(overflow, Err(ValueError::Overflow));
    let worthless = PoolRate {
        full_lamports: 0,
        ..good
    };
    assert_eq!(both(&worthless, 1), [ValueError::NoValue; 2]);
    let was_worthless = PoolRate {
        finalized_value_lamports: 0,
        ..good
    };
    assert_eq!(both(&was_worthless, 1), [ValueError::NoValue; 2]);
    let tripped = PoolRate {
        breaker_epoch: Some(7),
        ..good
    };
    assert_eq!(require_price(&tripped, 7), Err(ValueError::Tripped));
    assert_eq!(require_price(&good, 8), Err(ValueError::Stale));
    assert_eq!(require_price(&good, 7), Ok(()));
}
