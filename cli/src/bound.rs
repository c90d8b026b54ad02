//! The least that a command accepts: what slippage leaves of a quote, and what was asked for.

use anyhow::{Result, bail};
use sluice_client::Tolerance;
use sluice_math::{Ceil, Ratio};

/// The least that whoever typed a command wants of all that it brings, if they said so.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// The option that says it.
    pub flag: &'static str,
    /// In smallest units.
    pub least: Option<u64>,
    /// An amount in words.
    pub in_words: fn(u64) -> String,
}

impl Bound {
    /// The same, and no less than was agreed to before.
    pub fn at_least(self, agreed: Option<u64>) -> Self {
        Self {
            least: self.least.max(agreed),
            ..self
        }
    }

    /// The least to accept of a command that brings this in one piece. See [`Self::minimums`].
    pub fn minimum(&self, quoted: u64, tolerance: Tolerance) -> Result<u64> {
        let minimums = self.minimums(&[quoted], tolerance)?;
        Ok(sum(&minimums))
    }

    /// The least to accept of each part: what slippage leaves of it, or its share of the bound,
    /// rounded up, where that is more. So all parts together are never less than the bound.
    ///
    /// Fails where the quotes are already less.
    pub fn minimums(&self, quoted: &[u64], tolerance: Tolerance) -> Result<Vec<u64>> {
        let total = sum(quoted);
        let least = self.least.unwrap_or_default();
        if total < least {
            bail!(
                "this would bring {} now, and {} asks for {} at least",
                (self.in_words)(total),
                self.flag,
                (self.in_words)(least)
            );
        }
        let share = Ceil(Ratio::new(least, total.max(1)));
        let minimum = |part: &u64| Ok(tolerance.minimum(*part)?.max(share.apply(*part)?));
        quoted.iter().map(minimum).collect()
    }

    /// The line of a list of facts that says what is accepted at least.
    pub fn fact(&self, minimums: &[u64], quoted: &[u64]) -> (&'static str, String) {
        let [least, about] = [minimums, quoted].map(|parts| (self.in_words)(sum(parts)));
        let said = match least == about {
            true => least,
            false => format!("{least}; as quoted {about}"),
        };
        ("Receives at least", said)
    }
}

/// All parts together.
pub fn sum(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sluice_client::words::amounts::lst;

    use super::*;
    use crate::args::{SendMode, Slippage};

    fn bound(least: Option<u64>) -> Bound {
        Bound {
            flag: "--min-lst",
            least,
            in_words: lst,
        }
    }

    fn tolerance(slippage_bps: u16) -> Tolerance {
        let slippage_bps = Some(slippage_bps);
        Slippage { slippage_bps }.tolerance(SendMode::Send)
    }

    #[test]
    fn the_higher_of_slippage_and_bound_is_the_minimum() {
        let ten = tolerance(1_000);
        assert_eq!(bound(None).minimum(1_000, ten).unwrap(), 900);
        assert_eq!(bound(Some(0)).minimum(1_000, ten).unwrap(), 900);
        assert_eq!(bound(Some(899)).minimum(1_000, ten).unwrap(), 900);
        assert_eq!(bound(Some(901)).minimum(1_000, ten).unwrap(), 901);
        assert_eq!(bound(Some(1_000)).minimum(1_000, ten).unwrap(), 1_000);
        assert_eq!(bound(None).minimum(0, ten).unwrap(), 0);
    }

    #[test]
    fn a_quote_below_the_bound_is_refused_with_both_amounts() {
        let refused = bound(Some(2_000_000_000)).minimum(1_500_000_000, tolerance(0));
        let said = refused.unwrap_err().to_string();
        assert!(
            said.contains("1.500000000 LST") && said.contains("--min-lst asks for 2.000000000 LST"),
            "{said}"
        );
    }

    proptest! {
        #[test]
        fn all_parts_together_are_never_less_than_the_bound_nor_more_than_the_quotes(
            quoted in prop::collection::vec(0..=u64::MAX / 64, 1..16),
            part_of_total in 0..=10_000u64,
            slippage_bps in 0..=10_000u16,
        ) {
            let total = sum(&quoted);
            let least = u64::try_from(u128::from(total) * u128::from(part_of_total) / 10_000).unwrap();
            let minimums = bound(Some(least)).minimums(&quoted, tolerance(slippage_bps)).unwrap();
            prop_assert!(sum(&minimums) >= least);
            prop_assert!(minimums.iter().zip(&quoted).all(|(least, quoted)| least <= quoted));
        }
    }
}
