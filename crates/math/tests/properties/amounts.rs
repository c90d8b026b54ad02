use proptest::prelude::*;
use sluice_math::{Ceil, Floor, Lamports, Lst, MathError, ParseAmountError, Ratio};

use crate::{
    exact::{ceil, fits, floor},
    worlds::amounts,
};

/// Digits, and after a point one to nine more of them.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part) && part.len() <= 9,
        None => digits(text),
    }
}

proptest! {
    #[test]
    fn amounts_print_and_parse_exactly(units in amounts()) {
        let text = Lamports::new(units).to_string();
        prop_assert_eq!(text.parse::<Lamports>().unwrap().get(), units);
        prop_assert_eq!(text.parse::<Lst>().unwrap().get(), units);
        let digits: String = text.chars().filter(|letter| *letter != '.').collect();
        prop_assert_eq!(digits.parse::<u64>().unwrap(), units);
    }

    #[test]
    fn a_text_is_an_amount_only_if_it_is_decimal_and_fits(
        text in prop_oneof!["[0-9]{0,19}[.]?[0-9]{0,10}", "[-+ eE_0-9.,]{0,8}", ".{0,8}"],
    ) {
        let read = text.parse::<Lamports>();
        if !is_decimal(&text) {
            prop_assert!(read.is_err());
            return Ok(());
        }
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let units = format!("{whole}{part:0<9}").parse::<u128>().unwrap();
        let expected = u64::try_from(units).map_err(|_| ParseAmountError::TooLarge);
        prop_assert_eq!(read.map(Lamports::get), expected);
    }

    #[test]
    fn sums_and_differences_are_exact_or_errors(one in amounts(), other in amounts()) {
        let (first, second) = (Lamports::new(one), Lamports::new(other));
        let sum = one.checked_add(other).map(Lamports::new);
        let difference = one.checked_sub(other).map(Lamports::new);
        prop_assert_eq!(first.add(second), sum.ok_or(MathError::Overflow));
        prop_assert_eq!(first.sub(second), difference.ok_or(MathError::Underflow));
        prop_assert_eq!(first.saturating_sub(second).get(), one.max(other) - other);
    }

    #[test]
    fn ratios_round_as_their_type_says(
        amount in amounts(),
        numerator in amounts(),
        denominator in amounts(),
    ) {
        let ratio = Ratio::new(numerator, denominator);
        let (down, up) = (Floor(ratio).apply(amount), Ceil(ratio).apply(amount));
        if denominator == 0 {
            prop_assert_eq!(down, Err(MathError::DivisionByZero));
            prop_assert_eq!(up, Err(MathError::DivisionByZero));
        } else {
            prop_assert_eq!(down, fits(floor(amount, numerator, denominator)));
            prop_assert_eq!(up, fits(ceil(amount, numerator, denominator)));
        }
    }
}

/// Why amounts are not read through floating point: its 53 bits end at nine million SOL.
#[test]
fn amounts_keep_the_lamport_that_floating_point_loses() {
    let text = "9007199.254740993";
    let lamports = 9_007_199_254_740_993;
    assert_eq!(text.parse(), Ok(Lamports::new(lamports)));

    let through_floating_point = text.parse::<f64>().unwrap() * 1e9;
    assert_ne!(format!("{through_floating_point:.0}"), lamports.to_string());
}
