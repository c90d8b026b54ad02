//! What admin and guardian have decided, and what a decision of theirs would do: asked of the
//! program's own methods, so that it is what the program does.

mod loss;

pub use loss::LossMode;
use sluice::state::{PAUSE_WINDOW_EPOCHS, Parameter, PendingChange, Pool};

use crate::{PoolSnapshot, Result};

/// What scheduling a change would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// The value in force.
    pub before: u64,
    /// The value to come.
    pub value: u64,
    /// The first epoch whose finalize applies it.
    pub from_epoch: u64,
    /// Whether it can cost holders, and so waits an epoch longer.
    pub can_cost: bool,
    /// The change that waits already, whose place it takes.
    pub replaces: Option<PendingChange>,
    /// Whether it would apply if the pool stayed as it is; dropped otherwise.
    pub fits: bool,
}

/// Whether deposits and delegation are paused, and for how long the guardian may still pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseStatus {
    /// The first epoch in which they go on; `None` where they are not paused.
    pub until_epoch: Option<u64>,
    /// Epochs that a pause begun now would last, this one included.
    pub available_epochs: u64,
    /// The first epoch in which the guardian could begin a pause.
    pub available_from_epoch: u64,
}

impl PoolSnapshot {
    /// What scheduling this change now would do. Fails as the program would.
    pub fn plan_change(&self, parameter: Parameter, value: u64) -> Result<PlannedChange> {
        let epoch = self.cluster.clock.epoch;
        let before = self.pool.parameters().get(parameter);
        let replaces = self.pool.governance.pending_change(parameter);
        let mut pool = self.pool;
        let from_epoch = pool.schedule_change(parameter, value, epoch)?;
        Ok(PlannedChange {
            before,
            value,
            from_epoch,
            can_cost: parameter.can_cost(before, value),
            replaces,
            fits: fits(pool, parameter, from_epoch)?,
        })
    }

    /// Whether a change that waits would apply if the pool stayed as it is. `None` where none
    /// waits.
    pub fn pending_change_fits(&self, parameter: Parameter) -> Result<Option<bool>> {
        let pending = self.pool.governance.pending_change(parameter);
        pending
            .map(|change| fits(self.pool, parameter, change.from_epoch))
            .transpose()
    }

    /// Number of changes that wait.
    pub fn pending_changes(&self) -> usize {
        let waits = |parameter: &&Parameter| {
            let change = self.pool.governance.pending_change(**parameter);
            change.is_some()
        };
        Parameter::ALL.iter().filter(waits).count()
    }

    /// Whether the pool is paused, and how long the guardian could pause it.
    pub fn pause_status(&self) -> PauseStatus {
        let epoch = self.cluster.clock.epoch;
        let available = |epoch: &u64| self.pausable_epochs(*epoch) > 0;
        // Nothing that was paused counts longer than the window.
        let candidates = epoch..=epoch.saturating_add(PAUSE_WINDOW_EPOCHS);
        let first = candidates.clone().find(available);
        PauseStatus {
            until_epoch: self
                .pool
                .is_paused(epoch)
                .then_some(self.pool.paused_until_epoch),
            available_epochs: self.pausable_epochs(epoch),
            available_from_epoch: first.unwrap_or(*candidates.end()),
        }
    }

    /// Epochs that a pause begun in `epoch` would last; zero where none can begin.
    fn pausable_epochs(&self, epoch: u64) -> u64 {
        let mut pool = self.pool;
        match pool.pause(epoch) {
            Ok(()) => pool.paused_until_epoch.saturating_sub(epoch),
            Err(_) => 0,
        }
    }
}

/// Whether a change of a parameter that is due in `epoch` applies then.
fn fits(mut pool: Pool, parameter: Parameter, epoch: u64) -> Result<bool> {
    let due = pool.apply_due_changes(epoch, |_| Ok(false))?;
    let change = due.iter().find(|change| change.parameter == parameter);
    Ok(change.is_some_and(|change| change.applies))
}

#[cfg(test)]
mod tests;
