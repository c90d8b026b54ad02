//! Ratios whose rounding is part of the type.

use crate::{MathError, Result};

/// Basis points in a whole.
pub const BPS: u16 = 10_000;

/// A share in basis points, at most 10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bps(u16);

impl Bps {
    /// No share.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ALL: Self = Self(BPS);

    /// This many basis points; [`MathError::TooManyBps`] above 10,000.
    pub const fn new(bps: u16) -> Result<Self> {
        if bps > BPS {
            return Err(MathError::TooManyBps);
        }
        Ok(Self(bps))
    }

    /// The number of basis points.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The share as a ratio.
    pub fn ratio(self) -> Ratio {
        Ratio::new(u64::from(self.0), u64::from(BPS))
    }
}

/// A fraction to multiply with. Wrap it in [`Floor`] or [`Ceil`] to apply it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// `numerator / denominator`. A zero denominator is an error when the ratio is applied.
    pub const fn new(numerator: u64, denominator: u64) -> Self {
        Self {
            numerator,
            denominator,
        }
    }

    /// Quotient and whether there is a remainder.
    fn divide(self, amount: u64) -> Result<(u64, bool)> {
        if self.denominator == 0 {
            return Err(MathError::DivisionByZero);
        }
        // 64-bit division costs a fraction of the 128-bit one on chain.
        if let Some(product) = amount.checked_mul(self.numerator) {
            let quotient = product
                .checked_div(self.denominator)
                .ok_or(MathError::DivisionByZero)?;
            let remainder = product
                .checked_rem(self.denominator)
                .ok_or(MathError::DivisionByZero)?;
            return Ok((quotient, remainder != 0));
        }
        let denominator = u128::from(self.denominator);
        let product = u128::from(amount)
            .checked_mul(u128::from(self.numerator))
            .ok_or(MathError::Overflow)?;
        let quotient = product
            .checked_div(denominator)
            .ok_or(MathError::DivisionByZero)?;
        let exact = quotient.checked_mul(denominator) == Some(product);
        Ok((
            u64::try_from(quotient).map_err(|_| MathError::Overflow)?,
            !exact,
        ))
    }
}

/// A ratio that rounds down: for what the pool pays or mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor(pub Ratio);

impl Floor {
    /// `amount x ratio`, rounded down. [`MathError::Overflow`] if it does not fit 64 bits.
    pub fn apply(self, amount: u64) -> Result<u64> {
        self.0.divide(amount).map(|(quotient, _)| quotient)
    }
}

/// A ratio that rounds up: for what the pool charges, burns or must keep ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceil(pub Ratio);

impl Ceil {
    /// `amount x ratio`, rounded up. [`MathError::Overflow`] if it does not fit 64 bits.
    pub fn apply(self, amount: u64) -> Result<u64> {
        let (quotient, inexact) = self.0.divide(amount)?;
        quotient
            .checked_add(u64::from(inexact))
            .ok_or(MathError::Overflow)
    }
}
