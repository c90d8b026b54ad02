//! Amounts that cannot be mixed up.

use core::{fmt, str::FromStr};

use crate::{MathError, Result};

/// Smallest units in one whole SOL or one whole LST: both have nine decimals.
const UNITS: u64 = 1_000_000_000;
const DECIMALS: usize = 9;

/// Why a decimal amount could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseAmountError {
    /// Not of the form `12` or `12.345`.
    NotDecimal,
    /// More than nine digits after the point.
    TooPrecise,
    /// Larger than 2^64 - 1 smallest units.
    TooLarge,
}

impl fmt::Display for ParseAmountError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotDecimal => "an amount is written like 12 or 12.345",
            Self::TooPrecise => "an amount has at most nine digits after the point",
            Self::TooLarge => "the amount is too large",
        })
    }
}

impl core::error::Error for ParseAmountError {}

fn parse_units(text: &str) -> core::result::Result<u64, ParseAmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.len() > DECIMALS {
        return Err(ParseAmountError::TooPrecise);
    }
    let mut units = digits(whole)?
        .checked_mul(UNITS)
        .ok_or(ParseAmountError::TooLarge)?;
    let mut part = digits(fraction)?;
    for _ in fraction.len()..DECIMALS {
        part = part.checked_mul(10).ok_or(ParseAmountError::TooLarge)?;
    }
    units = units.checked_add(part).ok_or(ParseAmountError::TooLarge)?;
    Ok(units)
}

/// `u64::from_str` also takes a sign; an amount has none.
fn digits(text: &str) -> core::result::Result<u64, ParseAmountError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseAmountError::NotDecimal);
    }
    text.parse().map_err(|_| ParseAmountError::TooLarge)
}

macro_rules! amount {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The largest amount.
            pub const MAX: Self = Self(u64::MAX);

            /// This many smallest units.
            pub const fn new(units: u64) -> Self {
                Self(units)
            }

            /// The number of smallest units.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Whether this is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// The sum; [`MathError::Overflow`] if it does not fit.
            pub const fn add(self, other: Self) -> Result<Self> {
                match self.0.checked_add(other.0) {
                    Some(sum) => Ok(Self(sum)),
                    None => Err(MathError::Overflow),
                }
            }

            /// The difference; [`MathError::Underflow`] if it is negative.
            pub const fn sub(self, other: Self) -> Result<Self> {
                match self.0.checked_sub(other.0) {
                    Some(difference) => Ok(Self(difference)),
                    None => Err(MathError::Underflow),
                }
            }

            /// The difference, or zero if it is negative.
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }

        impl From<$name> for u64 {
            /// The number of smallest units.
            fn from(amount: $name) -> Self {
                amount.get()
            }
        }

        impl fmt::Display for $name {
            /// Exact decimal, always with nine digits after the point.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                let whole = self.0.checked_div(UNITS).unwrap_or_default();
                let part = self.0.checked_rem(UNITS).unwrap_or_default();
                write!(formatter, "{whole}.{part:09}")
            }
        }

        impl FromStr for $name {
            type Err = ParseAmountError;

            /// Reads `12` or `12.345` exactly, without floating point.
            fn from_str(text: &str) -> core::result::Result<Self, ParseAmountError> {
                parse_units(text).map(Self)
            }
        }
    };
}

amount!(Lamports, "An amount of SOL in lamports (10^-9 SOL).");
amount!(
    Lst,
    "An amount of a pool's liquid staking token in its smallest unit (10^-9 of a token)."
);
