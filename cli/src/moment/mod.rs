//! Slots and epochs as people read them: how long until one comes.

mod date;

use std::fmt;

use anyhow::Result;
pub use date::{Date, utc};
use serde::Serialize;
pub use sluice_client::words::times::{ago, in_about, roughly};
use sluice_client::{Pace, PoolSnapshot};

use crate::session::Session;

/// Seconds that this many slots take at the cluster's pace; none where no slot passes.
pub fn seconds_for(slots: u64, session: &Session) -> Result<Option<u64>> {
    Ok(session.slot_time()?.map(|time| time.times(slots).as_secs()))
}

/// Slots and epochs of a pool's cluster, at its pace.
pub struct Calendar<'a> {
    snapshot: &'a PoolSnapshot,
    pace: Option<Pace>,
}

/// The beginning of an epoch.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct EpochStart {
    /// The epoch.
    pub epoch: u64,
    slot: u64,
    /// Whether it has begun.
    pub has_begun: bool,
    seconds_until: Option<u64>,
}

impl<'a> Calendar<'a> {
    /// The calendar after a look at how long slots take.
    pub fn measure(session: &Session, snapshot: &'a PoolSnapshot) -> Result<Self> {
        Ok(Self {
            snapshot,
            pace: session.pace()?.map(|pace| snapshot.pace_of_epochs(pace)),
        })
    }

    /// Seconds until a slot; none where no slot passes.
    pub fn seconds_until(&self, slot: u64) -> Option<u64> {
        let slots = slot.saturating_sub(self.snapshot.cluster.clock.slot);
        self.pace.map(|pace| pace.usual.times(slots).as_secs())
    }

    /// How long slots took; none where no slot passes.
    pub fn pace(&self) -> Option<Pace> {
        self.pace
    }

    /// When a slot comes, as a date.
    pub fn date(&self, slot: u64) -> Date {
        Date::of(slot, self.snapshot, self.pace)
    }

    /// When an epoch begins, or has begun.
    pub fn start_of(&self, epoch: u64) -> EpochStart {
        let slot = self.snapshot.epoch_start(epoch);
        EpochStart {
            epoch,
            slot,
            has_begun: epoch <= self.snapshot.cluster.clock.epoch,
            seconds_until: self.seconds_until(slot),
        }
    }
}

impl fmt::Display for EpochStart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "epoch {}", self.epoch)?;
        match self.seconds_until {
            Some(seconds) if !self.has_begun => write!(formatter, ", {}", in_about(seconds)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_that_has_begun_is_not_announced() {
        let start = |has_begun, seconds_until| {
            let start = EpochStart {
                epoch: 7,
                slot: 700,
                has_begun,
                seconds_until,
            };
            start.to_string()
        };
        assert_eq!(start(false, Some(150)), "epoch 7, in about 3 minutes");
        assert_eq!(start(true, Some(0)), "epoch 7");
        assert_eq!(start(false, None), "epoch 7");
    }
}
