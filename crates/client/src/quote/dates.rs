//! When something happens: in slots and epochs, and by the slot times just measured.

use std::{
    thread,
    time::{Duration, Instant},
};

use sluice::state::UnstakeBatch;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{ClientError, Cluster, PoolSnapshot, Result, Yield};

/// Recent performance samples that are averaged.
const SAMPLES: usize = 10;
/// How long slots are watched where the node has no samples.
const WATCH: Duration = Duration::from_secs(2);
const WATCH_STEP: Duration = Duration::from_millis(50);
/// Slots after which watching ends early.
const WATCH_SLOTS: u64 = 5;
/// Epochs whose pace counts.
const PACE_EPOCHS: usize = 10;

/// How long a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotTime(pub Duration);

/// How long slots took of late: usually, and at the extremes of all that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The average of the last minutes: what comes is told by this.
    pub usual: SlotTime,
    /// The shortest.
    pub fastest: SlotTime,
    /// The longest.
    pub slowest: SlotTime,
    /// How many times were measured: of one nobody can tell how it varies.
    pub measured: usize,
}

impl Pace {
    /// Measures it: from the node's performance samples or, where it has none, by watching its
    /// slots for at most two seconds. `None` where no slot passed.
    pub fn measure(rpc: &RpcClient) -> Result<Option<Self>> {
        let samples = rpc.get_recent_performance_samples(Some(SAMPLES));
        let samples: Vec<(u64, Duration)> = samples
            .unwrap_or_default()
            .iter()
            .map(|sample| {
                let seconds = u64::from(sample.sample_period_secs);
                (sample.num_slots, Duration::from_secs(seconds))
            })
            .collect();
        Ok(match Self::of_samples(&samples) {
            Some(measured) => Some(measured),
            None => Self::watch(rpc)?,
        })
    }

    /// The pace of slots in samples of so many slots in so much time. `None` where none passed.
    fn of_samples(samples: &[(u64, Duration)]) -> Option<Self> {
        let (slots, time) = samples.iter().fold(
            (0_u64, Duration::ZERO),
            |(slots, time), (more_slots, more_time)| {
                (
                    slots.saturating_add(*more_slots),
                    time.saturating_add(*more_time),
                )
            },
        );
        let average = Self::alone(SlotTime::of(time, slots)?);
        let each = samples
            .iter()
            .filter_map(|(slots, time)| SlotTime::of(*time, *slots));
        let widened = each.fold(average, Self::with);
        Some(Self {
            measured: widened.measured.saturating_sub(1),
            ..widened
        })
    }

    fn watch(rpc: &RpcClient) -> Result<Option<Self>> {
        let first = rpc.get_slot()?;
        let begin = Instant::now();
        let mut passed = 0;
        while begin.elapsed() < WATCH && passed < WATCH_SLOTS {
            thread::sleep(WATCH_STEP);
            passed = rpc.get_slot()?.saturating_sub(first);
        }
        Ok(SlotTime::of(begin.elapsed(), passed).map(Self::alone))
    }

    fn alone(usual: SlotTime) -> Self {
        Self {
            usual,
            fastest: usual,
            slowest: usual,
            measured: 1,
        }
    }

    /// The same, where slots also took this long once.
    fn with(self, other: SlotTime) -> Self {
        Self {
            usual: self.usual,
            fastest: self.fastest.min(other),
            slowest: self.slowest.max(other),
            measured: self.measured.saturating_add(1),
        }
    }
}

impl SlotTime {
    fn of(time: Duration, slots: u64) -> Option<Self> {
        let nanos = time.as_nanos().checked_div(u128::from(slots))?;
        let nanos = u64::try_from(nanos).ok().filter(|nanos| *nanos > 0)?;
        Some(Self(Duration::from_nanos(nanos)))
    }

    /// How long this many slots take.
    pub fn times(&self, slots: u64) -> Duration {
        let nanos = self.0.as_nanos().saturating_mul(u128::from(slots));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// When a batch locks and when it can be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitSchedule {
    /// The slot from which the batch is locked.
    pub lock_slot: u64,
    /// The epoch of that slot.
    pub lock_epoch: u64,
    /// The first slot of the epoch in which it can be paid, once that epoch is finalized.
    pub settle_slot: u64,
    /// That epoch.
    pub settle_epoch: u64,
    /// The slot that this was said at.
    pub now: u64,
}

impl ExitSchedule {
    /// Slots until the batch locks.
    pub fn slots_to_lock(&self) -> u64 {
        self.lock_slot.saturating_sub(self.now)
    }

    /// Slots until the batch can be paid.
    pub fn slots_to_settlement(&self) -> u64 {
        self.settle_slot.saturating_sub(self.now)
    }
}

impl PoolSnapshot {
    /// When a request made now locks and can be paid. Where the open batch has a request, that
    /// decides; partly available stake can take an epoch more.
    pub fn exit_schedule(&self) -> Result<ExitSchedule> {
        let pool = self.rolled_pool()?;
        let cluster = &self.cluster;
        let (lock_slot, lock_epoch) = if pool.open_lock_slot == 0 {
            pool.next_lock(&cluster.moment())?
        } else {
            let epoch = cluster.epoch_schedule.get_epoch(pool.open_lock_slot);
            (pool.open_lock_slot, epoch)
        };
        self.schedule_of_lock(lock_slot, lock_epoch)
    }

    /// When a batch locks, or was locked, and can be paid. `None` where it has no request.
    pub fn batch_schedule(&self, batch: &UnstakeBatch) -> Result<Option<ExitSchedule>> {
        if batch.lock_slot == 0 {
            return Ok(None);
        }
        self.schedule_of_lock(batch.lock_slot, batch.lock_epoch)
            .map(Some)
    }

    /// A pace with that of the last epochs, as far as the pool's history knows when they began: what
    /// lasts for days varies as days do.
    pub fn pace_of_epochs(&self, pace: Pace) -> Pace {
        let entries: Vec<_> = self.history.iter().collect();
        let pairs = entries.windows(2).rev().take(PACE_EPOCHS);
        let times = pairs.filter_map(|pair| {
            let over = Yield::between(pair.first()?, pair.last()?)?;
            let slots = self
                .epoch_start(over.to_epoch)
                .checked_sub(self.epoch_start(over.from_epoch))?;
            SlotTime::of(Duration::from_secs(over.seconds), slots)
        });
        times.fold(pace, Pace::with)
    }

    /// First slot of the rebalance window of the current epoch.
    pub fn window_start(&self) -> Result<u64> {
        let moment = self.cluster.moment();
        Ok(self.pool.window_start(moment.clock.epoch, &moment)?)
    }

    /// First slot of the next epoch.
    pub fn next_epoch_start(&self) -> u64 {
        let Cluster {
            clock,
            epoch_schedule,
            ..
        } = &self.cluster;
        epoch_schedule
            .get_last_slot_in_epoch(clock.epoch)
            .saturating_add(1)
    }

    /// First slot of any epoch.
    pub fn epoch_start(&self, epoch: u64) -> u64 {
        self.cluster.epoch_schedule.get_first_slot_in_epoch(epoch)
    }

    fn schedule_of_lock(&self, lock_slot: u64, lock_epoch: u64) -> Result<ExitSchedule> {
        let settle_epoch = lock_epoch
            .checked_add(1)
            .ok_or(ClientError::Math(sluice_math::MathError::Overflow))?;
        let schedule = &self.cluster.epoch_schedule;
        Ok(ExitSchedule {
            lock_slot,
            lock_epoch,
            settle_slot: schedule.get_first_slot_in_epoch(settle_epoch),
            settle_epoch,
            now: self.cluster.clock.slot,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{EPOCH, Fixture, SLOTS_PER_EPOCH, SOL};

    const MINUTE: Duration = Duration::from_secs(60);

    fn millis(millis: u64) -> SlotTime {
        SlotTime(Duration::from_millis(millis))
    }

    #[test]
    fn the_pace_is_the_average_of_all_samples_and_varies_as_each_of_them() {
        let samples = [(150, MINUTE), (100, MINUTE), (200, MINUTE)];
        let pace = Pace::of_samples(&samples).unwrap();
        assert_eq!(pace.usual, millis(400));
        assert_eq!((pace.fastest, pace.slowest), (millis(300), millis(600)));
        assert_eq!(pace.measured, 3);
    }

    #[test]
    fn a_cluster_that_stands_still_has_no_pace_and_a_still_minute_is_no_measure() {
        assert_eq!(Pace::of_samples(&[]), None);
        assert_eq!(Pace::of_samples(&[(0, MINUTE)]), None);
        let pace = Pace::of_samples(&[(0, MINUTE), (150, MINUTE)]).unwrap();
        assert_eq!((pace.usual, pace.slowest), (millis(800), millis(800)));
        assert_eq!((pace.fastest, pace.measured), (millis(400), 1));
    }

    #[test]
    fn epochs_that_lasted_longer_or_shorter_widen_what_may_come() {
        let mut snapshot = Fixture::new(1, 10 * SOL, 0).snapshot();
        let start = |epoch: u64, seconds: i64| sluice::state::EpochRate {
            epoch,
            full_lamports: SOL,
            lst_supply: SOL,
            epoch_start_timestamp: 1_700_000_000 + seconds,
            ..Default::default()
        };
        // The second entry is two epochs of 500 ms for a slot later, the last one of 300 ms.
        snapshot.history.refill(&[
            start(EPOCH - 3, 0),
            start(EPOCH - 1, 1_000),
            start(EPOCH, 1_300),
        ]);
        assert_eq!(SLOTS_PER_EPOCH, 1_000);
        let pace = snapshot.pace_of_epochs(Pace::alone(millis(400)));
        assert_eq!(pace.usual, millis(400));
        assert_eq!((pace.fastest, pace.slowest), (millis(300), millis(500)));
        assert_eq!(pace.measured, 3);
    }
}
