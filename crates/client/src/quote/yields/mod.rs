//! What a pool has earned, by the clock: the growth of what it owns per LST between the starts of
//! two epochs, net of all fees.

mod causes;

pub use causes::{Cause, ClusterPay, Effect, Explained, Stage, Unexplained};
use rust_decimal::{Decimal, MathematicalOps};
use sluice::state::{EpochRate, RateHistory};

use crate::PoolSnapshot;

/// Epochs over which yields are told.
pub const YIELD_EPOCHS: [u64; 3] = [1, 10, 30];

/// Epochs over which yields are told beside those where a store knows more than the chain.
const STORED_YIELD_EPOCHS: [u64; 4] = [90, 180, 360, 720];

/// A year has 365 days.
pub const YEAR_SECONDS: u64 = 365 * 86_400;

/// The shortest epoch from which a year is extrapolated: a quarter of 432,000 slots of 200 ms, which
/// are the shortest that Solana plans. Shorter ones are those of a local cluster; thousands of them
/// compound to nonsense.
pub const LEAST_EPOCH_SECONDS: u64 = 6 * 3_600;

/// Parts in a whole.
const PARTS_E9: u64 = 1_000_000_000;
/// Digits after the point that hold after a power; the others are rounded away.
const EXACT_DIGITS: u32 = 18;

/// Growth of the deposit price between the starts of two epochs. What was booked for the later one
/// is the reward of all epochs from the earlier one on, also where some were never finalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Yield {
    /// The earlier epoch.
    pub from_epoch: u64,
    /// The later epoch.
    pub to_epoch: u64,
    /// Seconds from the start of the one to the start of the other.
    pub seconds: u64,
    /// The later price in earlier ones.
    growth: Decimal,
}

impl Yield {
    /// The yield between two entries of a history. `None` where they are in another order, the
    /// start of one is not known, or one has no price.
    pub fn between(from: &EpochRate, to: &EpochRate) -> Option<Self> {
        let is_known = has_time(from) && has_time(to) && from.epoch < to.epoch;
        let passed = to
            .epoch_start_timestamp
            .checked_sub(from.epoch_start_timestamp)?;
        let seconds = u64::try_from(passed).ok().filter(|seconds| *seconds > 0)?;
        is_known.then_some(Self {
            from_epoch: from.epoch,
            to_epoch: to.epoch,
            seconds,
            growth: price(to)?.checked_div(price(from)?)?,
        })
    }

    /// The yield over the last epochs of a history, at least this many: the earlier entry is the
    /// latest that is so far back. Entries without a time are left out. `None` where the history
    /// does not reach so far.
    pub fn over(history: &RateHistory, epochs: u64) -> Option<Self> {
        Self::among(history.iter(), epochs)
    }

    /// All yields of these prices, oldest first: over the last [`YIELD_EPOCHS`], over longer times, and
    /// over all of them.
    pub fn all(rates: &[EpochRate]) -> Vec<Self> {
        let spans = YIELD_EPOCHS.into_iter().chain(STORED_YIELD_EPOCHS);
        let mut yields: Vec<Self> = spans
            .filter_map(|epochs| Self::among(rates, epochs))
            .collect();
        let mut known = rates.iter().filter(|rate| has_time(rate));
        let whole = known.next().zip(known.next_back());
        yields.extend(whole.and_then(|(first, last)| Self::between(first, last)));
        // Where epochs are missing, the same time can be the answer for several numbers.
        yields.dedup();
        yields
    }

    fn among<'a>(rates: impl IntoIterator<Item = &'a EpochRate>, epochs: u64) -> Option<Self> {
        let rates = rates.into_iter();
        let known: Vec<&EpochRate> = rates.filter(|rate| has_time(rate)).collect();
        let to = known.last()?;
        let latest = to.epoch.checked_sub(epochs)?;
        let from = known.iter().rev().find(|rate| rate.epoch <= latest)?;
        Self::between(from, to)
    }

    /// The same time, in which a price would have grown by `rate`, a part of itself.
    fn with_rate(self, rate: Decimal) -> Option<Self> {
        Some(Self {
            growth: Decimal::ONE.checked_add(rate)?,
            ..self
        })
    }

    /// Epochs from the one start to the other.
    pub fn epochs(&self) -> u64 {
        self.to_epoch.saturating_sub(self.from_epoch)
    }

    /// What a year of the same would bring with its rewards compounded, in parts of 10^9, rounded
    /// down; negative after losses. `None` where epochs last less than [`LEAST_EPOCH_SECONDS`] on
    /// average, or where it is too much for words.
    pub fn apy_parts_e9(&self) -> Option<i64> {
        let least_seconds = LEAST_EPOCH_SECONDS.checked_mul(self.epochs())?;
        if self.seconds < least_seconds {
            return None;
        }
        self.compounded(YEAR_SECONDS, self.seconds)
    }

    /// What one epoch has brought on average, compounded, in parts of 10^9, rounded down; negative
    /// after losses.
    pub fn epoch_parts_e9(&self) -> Option<i64> {
        self.compounded(1, self.epochs())
    }

    /// The gain in `part / whole` of the time.
    fn compounded(&self, part: u64, whole: u64) -> Option<i64> {
        let times = Decimal::from(part).checked_div(whole.into())?;
        let exponent = self.growth.checked_ln()?.checked_mul(times)?;
        let growth = exponent.checked_exp()?.round_dp(EXACT_DIGITS);
        let gain = growth.checked_sub(Decimal::ONE)?;
        let parts = gain.checked_mul(PARTS_E9.into())?.floor();
        parts.try_into().ok()
    }
}

impl PoolSnapshot {
    /// The yields over the last [`YIELD_EPOCHS`], as far as the history reaches.
    pub fn yields(&self) -> Vec<Yield> {
        let over = |epochs| Yield::over(&self.history, epochs);
        YIELD_EPOCHS.into_iter().filter_map(over).collect()
    }
}

/// Whether it is known when the epoch began.
fn has_time(rate: &EpochRate) -> bool {
    rate.epoch_start_timestamp > 0
}

/// What the pool owned per LST.
fn price(rate: &EpochRate) -> Option<Decimal> {
    Decimal::from(rate.full_lamports).checked_div(rate.lst_supply.into())
}

#[cfg(test)]
mod tests;
