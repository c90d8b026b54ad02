//! How far a result may fall below its quote.

use sluice_math::{BPS, Bps, Floor, MathError};

/// A part of a quote that may be missing, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    slippage_bps: u16,
}

impl Tolerance {
    /// For what is signed and sent at once.
    pub const USUAL: Self = Self::of_bps(10);
    /// For what waits for signatures: a price moves meanwhile.
    pub const WAITING: Self = Self::of_bps(100);

    /// So many basis points.
    pub const fn of_bps(slippage_bps: u16) -> Self {
        Self { slippage_bps }
    }

    /// The least to accept where `quoted` was quoted, in the same units, rounded down.
    ///
    /// # Errors
    ///
    /// Never where the part is no more than the whole.
    pub fn minimum(self, quoted: u64) -> Result<u64, MathError> {
        let kept = Bps::new(BPS.saturating_sub(self.slippage_bps))?;
        Floor(kept.ratio()).apply(quoted)
    }
}
