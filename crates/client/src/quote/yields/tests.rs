use bytemuck::Zeroable;
use proptest::prelude::*;

use super::*;
use crate::fixture::{Fixture, SOL};

const TWO_DAYS: u64 = 2 * 86_400;
const START: i64 = 1_700_000_000;

/// What the finalize of an epoch wrote that began so many seconds after the first one.
fn rate(epoch: u64, seconds: u64, full_lamports: u64, lst_supply: u64) -> EpochRate {
    EpochRate {
        epoch,
        full_lamports,
        lst_supply,
        epoch_start_timestamp: START + i64::try_from(seconds).unwrap(),
        ..EpochRate::default()
    }
}

fn history(rates: &[EpochRate]) -> RateHistory {
    let mut history = RateHistory::zeroed();
    history.refill(rates);
    history
}

/// Epochs, APY and yield per epoch over so many epochs of this history.
fn told(rates: &[EpochRate], epochs: u64) -> Option<(u64, Option<i64>, Option<i64>)> {
    let over = Yield::over(&history(rates), epochs)?;
    Some((over.epochs(), over.apy_parts_e9(), over.epoch_parts_e9()))
}

// The figures here were computed with eighty digits, by other means.

#[test]
fn an_epoch_of_two_days_is_compounded_to_a_year() {
    let rates = [
        rate(7, 0, 1_000 * SOL, 1_000 * SOL),
        rate(8, TWO_DAYS, 1_000 * SOL + SOL * 35 / 100, 1_000 * SOL),
    ];
    assert_eq!(
        told(&rates, 1),
        Some((1, Some(65_947_232), Some(350_000))),
        "6.59% a year"
    );
}

#[test]
fn the_same_reward_in_half_the_time_is_more_than_twice_in_a_year() {
    let apy = |seconds| {
        let rates = [
            rate(7, 0, 1_000 * SOL, 1_000 * SOL),
            rate(8, seconds, 1_001 * SOL, 1_000 * SOL),
        ];
        Yield::over(&history(&rates), 1).unwrap().apy_parts_e9()
    };
    assert_eq!(apy(TWO_DAYS), Some(200_104_709));
    assert_eq!(apy(TWO_DAYS / 2), Some(440_251_313));
}

#[test]
fn epochs_that_were_never_finalized_count_with_their_time() {
    let rates = [
        rate(4, 0, 1_234_567_890_123, 1_111_111_111_111),
        rate(7, 431_337, 1_300_000_000_000, 1_169_500_000_000),
    ];
    let expected = Some((3, Some(31_745_335), Some(142_493)));
    assert_eq!(told(&rates, 1), expected);
    assert_eq!(told(&rates, 3), expected);
    assert_eq!(told(&rates, 4), None);
}

#[test]
fn deposits_and_exits_alone_are_no_yield() {
    let rates = [
        rate(7, 0, 1_000 * SOL, 900 * SOL),
        rate(8, TWO_DAYS, 2_000 * SOL, 1_800 * SOL),
        rate(9, 2 * TWO_DAYS, 500 * SOL, 450 * SOL),
    ];
    assert_eq!(told(&rates, 1), Some((1, Some(0), Some(0))));
    assert_eq!(told(&rates, 2), Some((2, Some(0), Some(0))));
}

#[test]
fn a_loss_is_a_negative_yield_rounded_down() {
    let before = rate(7, 0, 1_000 * SOL, 900 * SOL);
    let after = rate(8, TWO_DAYS, 990 * SOL, 900 * SOL);
    assert_eq!(
        told(&[before, after], 1),
        Some((1, Some(-840_256_567), Some(-10_000_000)))
    );
    let later = rate(17, 10 * TWO_DAYS, 990 * SOL, 900 * SOL);
    assert_eq!(
        told(&[before, after, later], 10),
        Some((10, Some(-167_580_393), Some(-1_004_529)))
    );
}

#[test]
fn a_year_of_short_epochs_is_not_made_up() {
    let apy = |seconds: u64| {
        let rates = [
            rate(7, 0, 1_000 * SOL, 1_000 * SOL),
            rate(17, seconds, 1_001 * SOL, 1_000 * SOL),
        ];
        told(&rates, 10).unwrap()
    };
    let per_epoch = Some(99_955);
    let (epochs, enough, of_epoch) = apy(10 * LEAST_EPOCH_SECONDS);
    assert!(enough.is_some() && of_epoch == per_epoch);
    assert_eq!(apy(10 * LEAST_EPOCH_SECONDS - 1), (epochs, None, of_epoch));
    assert_eq!(apy(600), (10, None, per_epoch));
}

#[test]
fn entries_without_a_time_are_left_out() {
    let unknown = |epoch| EpochRate {
        epoch_start_timestamp: 0,
        ..rate(epoch, 0, 1_000 * SOL, 1_000 * SOL)
    };
    let known = rate(9, 0, 1_000 * SOL, 1_000 * SOL);
    assert_eq!(told(&[unknown(7), unknown(8)], 1), None);
    assert_eq!(told(&[unknown(7), unknown(8), known], 1), None);
    let next = rate(10, TWO_DAYS, 1_001 * SOL, 1_000 * SOL);
    let rates = [unknown(7), unknown(8), known, next];
    assert_eq!(
        told(&rates, 1),
        Some((1, Some(200_104_709), Some(1_000_000)))
    );
    assert_eq!(told(&rates, 2), None, "epoch 8 has no time");
}

#[test]
fn a_new_pool_has_no_yield_and_a_view_tells_those_that_its_history_reaches() {
    let mut snapshot = Fixture::new(1, SOL, SOL).snapshot();
    assert_eq!(snapshot.yields(), []);
    for epoch in 0..30 {
        let rate = rate(epoch, epoch * TWO_DAYS, 1_000 * SOL + epoch, 1_000 * SOL);
        snapshot.history.record(rate);
    }
    let epochs = |snapshot: &PoolSnapshot| {
        let yields = snapshot.yields();
        yields.iter().map(Yield::epochs).collect::<Vec<_>>()
    };
    assert_eq!(epochs(&snapshot), [1, 10]);
    let next = rate(30, 30 * TWO_DAYS, 1_001 * SOL, 1_000 * SOL);
    snapshot.history.record(next);
    assert_eq!(epochs(&snapshot), [1, 10, 30]);
}

#[test]
fn what_is_stored_has_longer_times_and_all_of_it_and_each_time_once() {
    let epochs = |numbers: &[u64]| {
        let rate_of =
            |epoch: &u64| rate(*epoch, epoch * TWO_DAYS, 1_000 * SOL + epoch, 1_000 * SOL);
        let rates: Vec<EpochRate> = numbers.iter().map(rate_of).collect();
        let yields = Yield::all(&rates);
        yields.iter().map(Yield::epochs).collect::<Vec<_>>()
    };
    let until = |last: u64| (0..=last).collect::<Vec<_>>();
    assert_eq!(epochs(&[]), Vec::<u64>::new());
    assert_eq!(epochs(&[7]), Vec::<u64>::new());
    assert_eq!(epochs(&until(1)), [1]);
    assert_eq!(epochs(&until(30)), [1, 10, 30]);
    assert_eq!(epochs(&until(500)), [1, 10, 30, 90, 180, 360, 500]);
    assert_eq!(epochs(&until(900)), [1, 10, 30, 90, 180, 360, 720, 900]);
    assert_eq!(epochs(&[3, 200, 201]), [1, 198], "of a store with a gap");
}

fn between(seconds: u64, prices: [(u64, u64); 2]) -> Option<Yield> {
    let [(full, supply), (later_full, later_supply)] = prices;
    Yield::between(
        &rate(7, 0, full, supply),
        &rate(8, seconds, later_full, later_supply),
    )
}

/// Prices between a tenth and ten lamports for the smallest unit.
fn prices() -> impl Strategy<Value = (u64, u64)> {
    (1_000_000_u64..10_000_000_000_000)
        .prop_flat_map(|supply| (supply / 10..supply * 10, Just(supply)))
}

proptest! {
    /// Of one epoch: the growth of the price, exactly, but for the last of eighteen digits.
    #[test]
    fn epoch_parts_e9(before in prices(), after in prices()) {
        let parts = between(TWO_DAYS, [before, after]).unwrap().epoch_parts_e9().unwrap();
        let price = |full: u64, supply: u64| i128::from(full) * i128::from(supply);
        let (earlier, later) = (price(before.0, after.1), price(after.0, before.1));
        let gain_e9 = (later - earlier) * 1_000_000_000;
        let floor = gain_e9.div_euclid(earlier);
        let nearly_one_more = gain_e9.rem_euclid(earlier) > earlier - earlier / 1_000_000;
        prop_assert!(
            i128::from(parts) == floor || nearly_one_more && i128::from(parts) == floor + 1,
            "{} instead of {}", parts, floor
        );
    }

    /// Of a part of a year: as many factors of the growth as there are such parts.
    #[test]
    fn apy_parts_e9(
        supply in 1_000_000_000_u64..1_000_000_000_000_000,
        gain_e6 in 0_u64..20_000,
        days in prop::sample::select(vec![1_u64, 5, 73]),
    ) {
        let full = supply / 1_000_000 * (1_000_000 + gain_e6);
        let yielded = between(days * 86_400, [(supply, supply), (full, supply)]).unwrap();
        let apy = yielded.apy_parts_e9().unwrap();
        let factors = (0..365 / days).map(|_| yielded.growth);
        let year = factors.product::<Decimal>();
        let expected = ((year - Decimal::ONE) * Decimal::from(PARTS_E9)).round_dp(9).floor();
        let off = Decimal::from(apy) - expected;
        prop_assert!(off.abs() <= Decimal::ONE, "{} instead of {}", apy, expected);
    }

    /// The dearer the LST becomes, and the sooner, the more it yields.
    #[test]
    fn more_in_less_time_yields_more(
        before in prices(), one in prices(), other in prices(), seconds in 21_600_u64..10_000_000,
    ) {
        let apy = |after, seconds| between(seconds, [before, after]).unwrap().apy_parts_e9();
        let is_dearer =
            u128::from(one.0) * u128::from(other.1) > u128::from(other.0) * u128::from(one.1);
        if let (Some(one), Some(other)) = (apy(one, seconds), apy(other, seconds)) {
            let is_right = if is_dearer { one >= other } else { one <= other };
            prop_assert!(is_right, "{} and {}", one, other);
        }
        if let (Some(now), Some(later)) = (apy(one, seconds), apy(one, seconds * 2)) {
            let is_right = if now >= 0 { now >= later } else { now <= later };
            prop_assert!(is_right, "{} and then {}", now, later);
        }
    }

    /// Whatever stands in an account, there is an answer or none.
    #[test]
    fn nonsense_has_an_answer_or_none(
        epochs in any::<[u64; 2]>(), times in any::<[i64; 2]>(),
        full in any::<[u64; 2]>(), supply in any::<[u64; 2]>(),
    ) {
        let [from, to] = [0, 1].map(|at| EpochRate {
            epoch: epochs[at],
            full_lamports: full[at],
            lst_supply: supply[at],
            epoch_start_timestamp: times[at],
            ..EpochRate::default()
        });
        if let Some(yielded) = Yield::between(&from, &to) {
            prop_assert!(yielded.seconds > 0 && yielded.epochs() > 0);
            let least = -i64::try_from(PARTS_E9).unwrap();
            prop_assert!(yielded.epoch_parts_e9().is_none_or(|parts| parts >= least));
            prop_assert!(yielded.apy_parts_e9().is_none_or(|parts| parts >= least));
        }
    }
}
