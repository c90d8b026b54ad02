//! The fee of an instant exit.

use crate::{BPS, Bps, Ceil, Lamports, MathError, Ratio, Result};

/// A rate that falls linearly from a maximum, where the buffer is empty, to a minimum, where it
/// holds its target or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantFee {
    /// The rate of an empty buffer.
    pub max: Bps,
    /// The rate at and above the target.
    pub min: Bps,
    /// The lamports at which the buffer is full. Zero: the minimum applies throughout.
    pub target: Lamports,
}

impl InstantFee {
    /// The fee on `lamports` taken from `buffer`: the integral of the rate over the way from
    /// the buffer before to the buffer after, so that splitting an exit changes nothing.
    /// Each linear part is rounded up, in favour of those who stay.
    ///
    /// [`MathError::Underflow`] where the buffer holds less.
    pub fn charge(&self, lamports: Lamports, buffer: Lamports) -> Result<Lamports> {
        let after = buffer.sub(lamports)?;
        let flat = buffer.saturating_sub(after.max(self.target));
        let flat_fee = Lamports::new(Ceil(self.min.ratio()).apply(flat.get())?);
        let upper = buffer.min(self.target);
        if after >= upper {
            return Ok(flat_fee);
        }
        flat_fee.add(self.charge_below_target(upper, after)?)
    }

    /// (upper - lower) x mean rate, where the rate at b is max - (max - min) x b / target.
    fn charge_below_target(&self, upper: Lamports, lower: Lamports) -> Result<Lamports> {
        let spread = self.max.get().saturating_sub(self.min.get());
        let twice_target = u128::from(self.target.get()).checked_mul(2);
        // 2 x target x 10,000 x (mean rate), exact
        let scaled_rate = twice_target
            .and_then(|twice| twice.checked_mul(u128::from(self.max.get())))
            .zip(
                u128::from(upper.get())
                    .checked_add(u128::from(lower.get()))
                    .and_then(|sum| sum.checked_mul(u128::from(spread))),
            )
            .and_then(|(most, less)| most.checked_sub(less))
            .ok_or(MathError::Overflow)?;
        let scale = twice_target
            .and_then(|twice| twice.checked_mul(u128::from(BPS)))
            .ok_or(MathError::Overflow)?;
        let part = u128::from(upper.sub(lower)?.get());
        let fee = match part.checked_mul(scaled_rate) {
            Some(product) => product.div_ceil(scale),
            None => return Err(MathError::Overflow),
        };
        u64::try_from(fee)
            .map(Lamports::new)
            .map_err(|_| MathError::Overflow)
    }

    /// The rate in basis points at this buffer, rounded up: for people to read.
    pub fn rate_bps(&self, buffer: Lamports) -> Result<u16> {
        if buffer >= self.target {
            return Ok(self.min.get());
        }
        let spread = self.max.get().saturating_sub(self.min.get());
        let missing = self.target.sub(buffer)?;
        let extra = Ceil(Ratio::new(missing.get(), self.target.get())).apply(u64::from(spread))?;
        u16::try_from(extra)
            .ok()
            .and_then(|extra| extra.checked_add(self.min.get()))
            .ok_or(MathError::Overflow)
    }
}
