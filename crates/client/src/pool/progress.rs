//! What only grows in a pool: who shows less of it later shows the pool as it was before.

use sluice::state::Pool;

/// How far a pool has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Epoch of the prices.
    finalized_epoch: u64,
    /// Id of the batch that takes requests.
    open_batch: u64,
    /// Id of the oldest batch that is not settled.
    head_batch: u64,
    /// Serial of the next validator slot.
    next_serial: u64,
}

impl Progress {
    /// How far this pool is.
    pub fn of(pool: &Pool) -> Self {
        Self {
            finalized_epoch: pool.finalized_epoch,
            open_batch: pool.open_batch,
            head_batch: pool.head_batch,
            next_serial: pool.next_serial,
        }
    }

    /// Whether a pool that was there cannot be here afterwards.
    pub fn falls_behind(&self, before: &Self) -> bool {
        self.finalized_epoch < before.finalized_epoch
            || self.open_batch < before.open_batch
            || self.head_batch < before.head_batch
            || self.next_serial < before.next_serial
    }
}
