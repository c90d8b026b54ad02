//! Exact arithmetic to compare with: products of two 64-bit amounts fit 128 bits.

use sluice_math::{MathError, Result};

/// `amount x numerator / denominator`, rounded down.
pub(crate) fn floor(amount: u64, numerator: u64, denominator: u64) -> u128 {
    u128::from(amount) * u128::from(numerator) / u128::from(denominator)
}

/// `amount x numerator / denominator`, rounded up.
pub(crate) fn ceil(amount: u64, numerator: u64, denominator: u64) -> u128 {
    (u128::from(amount) * u128::from(numerator)).div_ceil(u128::from(denominator))
}

/// The amount where it fits 64 bits, the overflow where not.
pub(crate) fn fits(amount: u128) -> Result<u64> {
    u64::try_from(amount).map_err(|_| MathError::Overflow)
}

/// Whether the price `lamports / lst` is at least the price `before_lamports / before_lst`.
pub(crate) fn price_holds(before: (u64, u64), after: (u64, u64)) -> bool {
    u128::from(after.0) * u128::from(before.1) >= u128::from(before.0) * u128::from(after.1)
}
