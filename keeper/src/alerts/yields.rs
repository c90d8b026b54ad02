//! What holders got, held against what the cluster paid for stake, over the last epochs that were seen.

use serde::{Deserialize, Serialize};
use sluice_client::PoolSnapshot;

/// Parts of 10^9 in a basis point.
const BASIS_POINT_E9: i64 = 100_000;

/// An epoch of a pool, as a year of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochYield {
    /// The epoch in which it was booked.
    pub epoch: u64,
    /// What the cluster paid for stake, in parts of 10^9.
    pub gross_parts_e9: i64,
    /// What holders got, in parts of 10^9.
    pub net_parts_e9: i64,
}

/// The mean of some epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How many epochs.
    pub epochs: u64,
    /// What the cluster paid for stake, in parts of 10^9.
    pub gross_parts_e9: i64,
    /// What holders got, in parts of 10^9.
    pub net_parts_e9: i64,
}

impl EpochYield {
    /// The epoch whose rewards were booked last; none where it cannot be explained, or is too short for a
    /// year of it to have a meaning.
    pub fn of(snapshot: &PoolSnapshot) -> Option<Self> {
        let explained = snapshot.explain_yield().ok()?.ok()?;
        Some(Self {
            epoch: snapshot.cluster.clock.epoch,
            gross_parts_e9: explained.gross.over.apy_parts_e9()?,
            net_parts_e9: explained.net.over.apy_parts_e9()?,
        })
    }
}

impl Gap {
    /// The mean of the last epochs that were seen; none where there are not so many.
    pub fn over(seen: &[EpochYield], epochs: u64) -> Option<Self> {
        let count = usize::try_from(epochs).ok()?;
        let last = seen.get(seen.len().checked_sub(count)?..)?;
        let mean = |part: fn(&EpochYield) -> i64| {
            let sum = last
                .iter()
                .try_fold(0i64, |sum, one| sum.checked_add(part(one)))?;
            sum.checked_div(i64::try_from(epochs).ok()?)
        };
        Some(Self {
            epochs,
            gross_parts_e9: mean(|one| one.gross_parts_e9)?,
            net_parts_e9: mean(|one| one.net_parts_e9)?,
        })
    }

    /// How much less holders got, in basis points a year; zero where they got more.
    pub fn bps(&self) -> u32 {
        let gap = self.gross_parts_e9.saturating_sub(self.net_parts_e9).max(0);
        u32::try_from(gap / BASIS_POINT_E9).unwrap_or(u32::MAX)
    }
}

/// Adds an epoch, and forgets those that nobody looks at any more.
pub fn note(seen: &mut Vec<EpochYield>, one: EpochYield, epochs: u64) {
    seen.retain(|known| known.epoch < one.epoch);
    seen.push(one);
    let most = usize::try_from(epochs).unwrap_or(usize::MAX);
    seen.drain(..seen.len().saturating_sub(most));
}
