//! When something happens: in slots and epochs, and by the slot times just measured.

use std::{
    thread,
    time::{Duration, Instant},
};

use sluice::state::UnstakeBatch;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{ClientError, Cluster, PoolSnapshot, Result};

/// Recent performance samples that are averaged.
const SAMPLES: usize = 10;
/// How long slots are watched where the node has no samples.
const WATCH: Duration = Duration::from_secs(2);
const WATCH_STEP: Duration = Duration::from_millis(50);
/// Slots after which watching ends early.
const WATCH_SLOTS: u64 = 5;

/// How long a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotTime(pub Duration);

impl SlotTime {
    /// Measures it: from the node's performance samples or, where it has none, by watching its
    /// slots for at most two seconds. `None` where no slot passed.
    pub fn measure(rpc: &RpcClient) -> Result<Option<Self>> {
        let samples = rpc.get_recent_performance_samples(Some(SAMPLES));
        let (slots, seconds) =
            samples
                .unwrap_or_default()
                .iter()
                .fold((0_u64, 0_u64), |(slots, seconds), sample| {
                    let period = u64::from(sample.sample_period_secs);
                    (
                        slots.saturating_add(sample.num_slots),
                        seconds.saturating_add(period),
                    )
                });
        Ok(match Self::of(Duration::from_secs(seconds), slots) {
            Some(measured) => Some(measured),
            None => Self::watch(rpc)?,
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
        Ok(Self::of(begin.elapsed(), passed))
    }

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
