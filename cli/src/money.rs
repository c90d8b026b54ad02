//! Amounts and prices as people read them. Nothing is computed here but what `sluice-math` does.

use sluice_math::{Floor, Lamports, Lst, Ratio};

/// Smallest units in a whole token.
const WHOLE_LST: u64 = 1_000_000_000;

/// `12.500000000 SOL`.
pub fn sol(lamports: u64) -> String {
    format!("{} SOL", Lamports::new(lamports))
}

/// `12.500000000 LST`.
pub fn lst(units: u64) -> String {
    format!("{} LST", Lst::new(units))
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
    fn basis_points_are_shown_as_percent() {
        assert_eq!(percent(5), "0.05%");
        assert_eq!(percent(10_000), "100.00%");
        assert_eq!(percent(123), "1.23%");
    }
}
