//! Amounts and prices as people read them. Nothing is computed here but what `sluice-math` does.

use std::fmt;

use serde_json::Value;
use sluice_math::{Floor, Lamports, Lst, Ratio};

/// Smallest units in a whole token.
pub const WHOLE_LST: u64 = 1_000_000_000;

/// Lamports as `12.500000000 SOL`.
pub fn sol(lamports: impl Into<u64>) -> String {
    format!("{} SOL", Lamports::new(lamports.into()))
}

/// Smallest units as `12.500000000 LST`.
pub fn lst(units: impl Into<u64>) -> String {
    format!("{} LST", Lst::new(units.into()))
}

/// `1 ticket`, `5 tickets`.
pub fn counted<N: fmt::Display + PartialEq + From<u8>>(count: N, one: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {one}{plural}")
}

/// Lamports for one whole token, rounded down; none where there are no tokens.
pub fn price_lamports(lamports: Lamports, supply: Lst) -> Option<u64> {
    Floor(Ratio::new(lamports.get(), supply.get()))
        .apply(WHOLE_LST)
        .ok()
}

/// A price as `1.002345678 SOL per LST`.
pub fn price(lamports: Option<u64>) -> String {
    lamports.map_or_else(
        || "none".to_owned(),
        |lamports| format!("{} per LST", sol(lamports)),
    )
}

/// Basis points as `0.05%`.
pub fn percent(bps: u16) -> String {
    format!("{}.{:02}%", bps / 100, bps % 100)
}

/// A part of a whole as `0.0312%`, rounded down; none where the whole is nothing.
pub fn part(part: Lamports, whole: Lamports) -> Option<String> {
    let millionths = Floor(Ratio::new(part.get(), whole.get()))
        .apply(1_000_000)
        .ok()?;
    Some(format!(
        "{}.{:04}%",
        millionths / 10_000,
        millionths % 10_000
    ))
}

/// Parts of 10^9 as `0.033%`, without the zeros that say nothing.
pub fn percent_e9(parts: u32) -> String {
    let digits = format!("{:07}", parts % 10_000_000);
    let (shown, rest) = digits.split_at(2);
    let rest = rest.trim_end_matches('0');
    format!("{}.{shown}{rest}%", parts / 10_000_000)
}

/// Parts of 10^9 as `6.5947%`, or `-0.4213%` after a loss, rounded down.
pub fn signed_percent_e9(parts: i64) -> String {
    let millionths = parts.div_euclid(1_000);
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    format!("{sign}{}.{:04}%", size / 10_000, size % 10_000)
}

/// A value in the unit that its name tells: `reserve_lamports` in SOL, `fee_bps` in percent. The
/// unit of `pending[fee_bps].value` is that of the list's element. The highest number stands for no
/// limit, and for what never happens.
pub fn amount(name: &str, value: &Value) -> String {
    let name = name_of_unit(name);
    match value {
        Value::Null if name.ends_with("cap_lamports") => "no cap".to_owned(),
        Value::Null if name.ends_with("epoch") => "never".to_owned(),
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => match other.as_u64() {
            Some(u64::MAX) => amount(name, &Value::Null),
            Some(lamports) if counts_lamports(name) => sol(lamports),
            Some(units) if has_word(name, "lst") => lst(units),
            Some(bps) if has_word(name, "bps") => {
                u16::try_from(bps).map_or_else(|_| bps.to_string(), percent)
            }
            _ => other.to_string(),
        },
    }
}

/// Whether a number of this name is an amount: of lamports where that is its last word, of the
/// smallest units of LST where that is one of its words.
pub fn is_amount(name: &str) -> bool {
    let name = name_of_unit(name);
    counts_lamports(name) || has_word(name, "lst")
}

fn counts_lamports(name: &str) -> bool {
    name.rsplit('_').next() == Some("lamports")
}

fn has_word(name: &str, word: &str) -> bool {
    name.split('_').any(|part| part == word)
}

/// The part of a field's name that tells its unit.
fn name_of_unit(name: &str) -> &str {
    let (path, own_name) = name.rsplit_once('.').unwrap_or(("", name));
    match path
        .strip_suffix(']')
        .and_then(|path| path.rsplit_once('['))
    {
        Some((_, element)) if own_name == "value" => element,
        _ => own_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_rounded_down_and_shown_with_nine_digits() {
        let lamports = price_lamports(Lamports::new(2_000_000_000), Lst::new(3_000_000_000));
        assert_eq!(price(lamports), "0.666666666 SOL per LST");
        assert_eq!(price(price_lamports(Lamports::new(1), Lst::ZERO)), "none");
    }

    #[test]
    fn a_value_is_shown_in_the_unit_of_its_name() {
        let shown = |name, value: u64| amount(name, &value.into());
        assert_eq!(shown("reserve_lamports", 1_500_000_000), "1.500000000 SOL");
        assert_eq!(shown("lst_supply", 1), "0.000000001 LST");
        assert_eq!(shown("slots[3].lst", 1), "0.000000001 LST");
        assert_eq!(shown("config.window_bps", 8_000), "80.00%");
        assert_eq!(shown("pending[reward_fee_bps].value", 700), "7.00%");
        assert_eq!(shown("pending[reward_fee_bps].from_epoch", 7), "7");
        assert_eq!(shown("micro_lamports_per_unit", 7), "7");
        assert_eq!(shown("lock_slot", 7), "7");
        assert_eq!(shown("deactivation_epoch", u64::MAX), "never");
        assert_eq!(shown("lock_slot", u64::MAX), "none");
        assert_eq!(shown("deposit_cap_lamports", u64::MAX), "no cap");
        let waits = "governance.pending[deposit_cap_lamports].value";
        assert_eq!(shown(waits, u64::MAX), "no cap");
        assert_eq!(amount("owner", &"somebody".into()), "somebody");
        assert_eq!(amount("freeze_authority", &Value::Null), "none");
    }

    #[test]
    fn the_words_of_a_name_say_whether_it_is_an_amount() {
        for amount in [
            "lst",
            "lst_supply",
            "lamports",
            "slots[3].lst",
            "config.reserve_lamports",
            "pending[deposit_cap_lamports].value",
        ] {
            assert!(is_amount(amount), "{amount}");
        }
        for other in [
            "lamports.owner",
            "pending[deposit_cap_lamports].from_epoch",
            "pending[fee_bps].value",
            "alamports",
            "",
        ] {
            assert!(!is_amount(other), "{other}");
        }
    }

    #[test]
    fn a_part_is_shown_with_four_digits_rounded_down() {
        let shown = |one, whole| part(Lamports::new(one), Lamports::new(whole));
        assert_eq!(shown(1, 3).unwrap(), "33.3333%");
        assert_eq!(shown(3_299, 10_000_000).unwrap(), "0.0329%");
        assert_eq!(shown(5, 5).unwrap(), "100.0000%");
        assert_eq!(shown(5, 0), None);
    }

    #[test]
    fn basis_points_are_shown_as_percent() {
        assert_eq!(percent(5), "0.05%");
        assert_eq!(percent(10_000), "100.00%");
        assert_eq!(percent(123), "1.23%");
    }

    #[test]
    fn a_yield_is_rounded_down_on_both_sides_of_zero() {
        assert_eq!(signed_percent_e9(65_947_999), "6.5947%");
        assert_eq!(signed_percent_e9(350_000), "0.0350%");
        assert_eq!(signed_percent_e9(999), "0.0000%");
        assert_eq!(signed_percent_e9(-1), "-0.0001%");
        assert_eq!(signed_percent_e9(-840_256_567), "-84.0257%");
        assert_eq!(signed_percent_e9(1_440_251_313), "144.0251%");
    }
}
