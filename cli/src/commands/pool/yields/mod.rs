//! What a pool has earned by the clock, as people and scripts read it.

mod explain;
mod words;

use std::fmt;

pub use explain::{Explanation, show};
use serde::Serialize;
use sluice::state::EpochRate;
use sluice_client::{PoolSnapshot, Yield, words::amounts::signed_percent_e9};
pub use words::{Excuse, Row};

/// Growth of the deposit price between the starts of two epochs, net of all fees.
#[derive(Debug, Serialize)]
pub struct YieldLine {
    /// Epochs from the one start to the other.
    pub epochs: u64,
    from_epoch: u64,
    to_epoch: u64,
    seconds: u64,
    /// A year of the same, compounded; none where epochs are too short for a year.
    apy_parts_e9: Option<i64>,
    /// What an epoch brought on average.
    epoch_parts_e9: Option<i64>,
}

/// The yields over the last 1, 10 and 30 epochs, as far as the history reaches; over longer times where a
/// store was read.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Yields(Vec<YieldLine>);

impl From<Yield> for YieldLine {
    fn from(over: Yield) -> Self {
        Self {
            epochs: over.epochs(),
            from_epoch: over.from_epoch,
            to_epoch: over.to_epoch,
            seconds: over.seconds,
            apy_parts_e9: over.apy_parts_e9(),
            epoch_parts_e9: over.epoch_parts_e9(),
        }
    }
}

impl YieldLine {
    /// The yield and the time that it is of.
    fn with_span(&self) -> String {
        match (self.epochs, self.apy_parts_e9, self.epoch_parts_e9) {
            (1, None, Some(epoch)) => format!("{} in the last epoch", signed_percent_e9(epoch)),
            (1, ..) => format!("{self} over the last epoch"),
            (epochs, ..) => format!("{self} over {epochs} epochs"),
        }
    }
}

impl Yields {
    /// The yields of a pool.
    pub fn of(snapshot: &PoolSnapshot) -> Self {
        Self(snapshot.yields().into_iter().map(YieldLine::from).collect())
    }

    /// All yields of these prices.
    fn among(rates: &[EpochRate]) -> Self {
        Self(Yield::all(rates).into_iter().map(YieldLine::from).collect())
    }
}

impl fmt::Display for YieldLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.apy_parts_e9, self.epoch_parts_e9) {
            (Some(apy), _) => write!(formatter, "{} APY", signed_percent_e9(apy)),
            (None, Some(epoch)) => write!(formatter, "{} per epoch", signed_percent_e9(epoch)),
            (None, None) => write!(formatter, "too much for words"),
        }
    }
}

impl fmt::Display for Yields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return write!(formatter, "not known before two epochs are priced");
        }
        let said: Vec<String> = self.0.iter().map(YieldLine::with_span).collect();
        write!(formatter, "{}", said.join(", "))
    }
}
