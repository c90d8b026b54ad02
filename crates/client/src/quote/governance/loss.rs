//! An abnormal loss, and how much of it later gains have restored.

use sluice::state::{BREAKER_EPOCHS, SETTLEMENT_WAIT_EPOCHS};
use sluice_math::Lamports;

use crate::{PoolSnapshot, Result};

/// A breaker that is tripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossMode {
    /// The epoch in which it tripped.
    pub epoch: u64,
    /// What was lost. `None` once all is restored: the pool no longer knows.
    pub lost: Option<Lamports>,
    /// What later gains have restored. `None` once that is all.
    pub restored: Option<Lamports>,
    /// What they have not restored yet.
    pub unrestored: Lamports,
    /// The first epoch in which the queue is paid again, restored or not.
    pub settles_from_epoch: u64,
    /// The epoch whose finalize ends it, unless the admin acknowledges the loss before.
    pub ends_epoch: u64,
}

impl PoolSnapshot {
    /// The loss that has tripped the breaker, while it is tripped.
    pub fn loss_mode(&self) -> Result<Option<LossMode>> {
        if !self.pool.is_tripped() {
            return Ok(None);
        }
        let epoch = self.pool.breaker_epoch;
        let unrestored = Lamports::new(self.pool.unrestored_lamports);
        let restored = match unrestored {
            Lamports::ZERO => None,
            _ => Some(self.gains_since(epoch)?),
        };
        let lost = restored.map(|restored| restored.add(unrestored));
        Ok(Some(LossMode {
            epoch,
            lost: lost.transpose()?,
            restored,
            unrestored,
            settles_from_epoch: epoch.saturating_add(SETTLEMENT_WAIT_EPOCHS),
            ends_epoch: epoch.saturating_add(BREAKER_EPOCHS),
        }))
    }

    /// Gains of the epochs after this one: while a loss is not restored, all of them restore it.
    fn gains_since(&self, epoch: u64) -> Result<Lamports> {
        let later = self.history.iter().filter(|rate| rate.epoch > epoch);
        let mut gains = later.map(|rate| Lamports::new(rate.gain_lamports));
        Ok(gains.try_fold(Lamports::ZERO, Lamports::add)?)
    }
}
