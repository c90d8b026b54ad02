//! What the admin and the guardian have decided: limits, pauses, changes that wait.

use anchor_lang::prelude::*;
use sluice_math::{Lamports, Ledger};

use super::{
    CHANGE_EPOCHS, COSTLY_CHANGE_EPOCHS, PARAMETERS, Parameter, Parameters, Pool, PoolLimits,
};
use crate::{
    ensure,
    error::{Checked, SluiceError, ensure_named, refuse},
};

/// Epochs of pause, whole or in part, in any [`PAUSE_WINDOW_EPOCHS`] in a row.
pub const PAUSE_EPOCHS: u64 = 5;
/// Epochs over which pauses are counted.
pub const PAUSE_WINDOW_EPOCHS: u64 = 4 * PAUSE_EPOCHS;
/// The epochs before the current one that count, in a record of pauses.
const EARLIER_IN_WINDOW: u64 = (1 << PAUSE_WINDOW_EPOCHS) - 2;

/// A change of a parameter that waits.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PendingChange {
    /// The new value.
    pub value: u64,
    /// The first epoch whose finalize applies it; zero where nothing waits.
    pub from_epoch: u64,
}

/// What the admin and the guardian have decided.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Governance {
    /// Limits on deposits.
    pub limits: PoolLimits,
    /// Paused epochs: bit `i` stands for the epoch `i` before the pool's `paused_until_epoch`.
    pub pause_record: u64,
    /// The change of each parameter that waits, in the order of [`Parameter`].
    pub pending: [PendingChange; PARAMETERS],
}

/// A change whose epoch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueChange {
    /// What changes.
    pub parameter: Parameter,
    /// Its value before.
    pub before: u64,
    /// Its value from now on, if it applies.
    pub value: u64,
    /// Whether it applies: dropped where it fits the other parameters no longer.
    pub applies: bool,
}

impl Governance {
    /// The change of a parameter that waits.
    pub fn pending_change(&self, parameter: Parameter) -> Option<PendingChange> {
        let change = self.pending.get(parameter.index())?;
        (change.from_epoch != 0).then_some(*change)
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "there is a place for every parameter"
    )]
    fn pending_mut(&mut self, parameter: Parameter) -> &mut PendingChange {
        &mut self.pending[parameter.index()]
    }

    fn take_due(&mut self, epoch: u64) -> Vec<(Parameter, u64)> {
        let mut due = Vec::new();
        for parameter in Parameter::ALL {
            let change = self.pending_mut(parameter);
            if change.from_epoch != 0 && change.from_epoch <= epoch {
                due.push((parameter, change.value));
                *change = PendingChange::default();
            }
        }
        due
    }
}

impl Pool {
    /// Notes a change, in the place of the one of the same parameter that waits. Nothing takes
    /// effect before the finalize of a later epoch, two epochs later where it can cost holders.
    /// Returns the first epoch whose finalize applies it.
    pub fn schedule_change(&mut self, parameter: Parameter, value: u64, epoch: u64) -> Result<u64> {
        let before = self.parameters().get(parameter);
        let changes = value != before || parameter.can_cost(before, value);
        ensure!(changes, SluiceError::NothingToChange);
        let planned = self.planned_parameters().with(parameter, value);
        ensure!(planned.holds(parameter), SluiceError::ParameterOutOfBounds);
        let delay = if parameter.can_cost(before, value) {
            COSTLY_CHANGE_EPOCHS
        } else {
            CHANGE_EPOCHS
        };
        let from_epoch = epoch
            .checked_add(delay)
            .ok_or_else(|| refuse(SluiceError::MathOverflow))?;
        *self.governance.pending_mut(parameter) = PendingChange { value, from_epoch };
        Ok(from_epoch)
    }

    /// The value of a parameter that was decided last: of the change that waits, else the one in
    /// force.
    pub fn planned_value(&self, parameter: Parameter) -> u64 {
        self.planned_parameters().get(parameter)
    }

    /// The parameters as they will be once everything that waits applies.
    fn planned_parameters(&self) -> Parameters {
        Parameter::ALL
            .iter()
            .fold(self.parameters(), |planned, parameter| {
                match self.governance.pending_change(*parameter) {
                    Some(change) => planned.with(*parameter, change.value),
                    None => planned,
                }
            })
    }

    /// Forgets this change of a parameter, if it waits. Another one is left alone: of another value,
    /// or announced again since.
    pub fn cancel_change(&mut self, parameter: Parameter, change: PendingChange) -> Result<()> {
        let waits = self.governance.pending_change(parameter);
        let waits = waits.ok_or_else(|| refuse(SluiceError::NothingToChange))?;
        ensure_named(&change, &waits)?;
        *self.governance.pending_mut(parameter) = PendingChange::default();
        Ok(())
    }

    /// Puts the changes in force whose epoch has come; what does not fit is dropped, since no
    /// change may stop an epoch from being booked. `window_is_open` says whether the epoch's rebalance
    /// window has begun; it is asked where a change is due.
    #[inline(never)]
    pub fn apply_due_changes(
        &mut self,
        epoch: u64,
        window_is_open: impl FnOnce(&Self) -> Result<bool>,
    ) -> Result<Vec<DueChange>> {
        let due = self.governance.take_due(epoch);
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let mut parameters = self.parameters();
        let mut changes: Vec<DueChange> = due
            .into_iter()
            .map(|(parameter, value)| DueChange {
                parameter,
                before: parameters.get(parameter),
                value,
                applies: false,
            })
            .collect();
        // Twice: of two changes that hold only together, the one that fits alone goes first.
        for _ in 0..2 {
            for change in changes.iter_mut().filter(|change| !change.applies) {
                let candidate = parameters.with(change.parameter, change.value);
                if candidate.holds(change.parameter) {
                    parameters = candidate;
                    change.applies = true;
                    if change.parameter == Parameter::ShareCapBps {
                        self.most_validators = 0;
                    }
                }
            }
        }
        let commission_before_bps = self.config.max_commission_bps;
        let window_bps = self.config.window_bps;
        let window_is_open = window_is_open(self)?;
        self.set_parameters(&parameters)?;
        self.keep_earlier_commission(commission_before_bps, epoch)?;
        if self.config.window_bps != window_bps {
            self.keep_window(window_bps, epoch, window_is_open);
        }
        Ok(changes)
    }

    /// Keeps the window that batches were told before a change: of this epoch, and once that has begun
    /// also of the next one, in which requests of this epoch lock. No other change of it can be due
    /// before the configured one holds: each waits two epochs.
    fn keep_window(&mut self, window_bps: u16, epoch: u64, window_is_open: bool) {
        self.window_bps_before = window_bps;
        self.window_from_epoch = epoch
            .saturating_add(1)
            .saturating_add(u64::from(window_is_open));
    }

    /// Pauses deposits and delegation from `epoch` on, for as long as the guardian may: until
    /// [`PAUSE_EPOCHS`] of the last [`PAUSE_WINDOW_EPOCHS`] are paused. An epoch that was paused
    /// in part counts as a whole.
    pub fn pause(&mut self, epoch: u64) -> Result<()> {
        let record = self.pause_record_at(epoch);
        let used = u64::from((record & EARLIER_IN_WINDOW).count_ones());
        let left = PAUSE_EPOCHS.saturating_sub(used);
        ensure!(left > 0, SluiceError::PauseUsedUp);
        let paused = (1_u64 << left).saturating_sub(1) << 1;
        self.governance.pause_record = (record << left) | paused;
        self.paused_until_epoch = epoch
            .checked_add(left)
            .ok_or_else(|| refuse(SluiceError::MathOverflow))?;
        Ok(())
    }

    /// Ends the pause that would last until `until_epoch`; the epochs after `epoch` that were not
    /// needed can be used later.
    pub fn unpause(&mut self, until_epoch: u64, epoch: u64) -> Result<()> {
        ensure!(self.is_paused(epoch), SluiceError::NotPaused);
        ensure_named(&until_epoch, &self.paused_until_epoch)?;
        self.governance.pause_record = self.pause_record_at(epoch);
        self.paused_until_epoch = epoch;
        Ok(())
    }

    /// Paused epochs up to `epoch`: bit `i` stands for the epoch `i` before it.
    fn pause_record_at(&self, epoch: u64) -> u64 {
        let record = self.governance.pause_record;
        let until = self.paused_until_epoch;
        let later = epoch.saturating_sub(until).min(u64::from(u64::BITS));
        let earlier = until.saturating_sub(epoch).min(u64::from(u64::BITS));
        // Both fit: one of them is zero, the other at most 64.
        let shifted = record.checked_shl(later as u32).unwrap_or_default();
        shifted.checked_shr(earlier as u32).unwrap_or_default()
    }

    /// Deposits are neither smaller than the minimum nor lift the pool above its cap.
    pub fn require_within_limits(&self, lamports: Lamports, after: &Ledger) -> Result<()> {
        let limits = &self.governance.limits;
        ensure!(
            lamports.get() >= limits.minimum_deposit_lamports,
            SluiceError::DepositTooSmall
        );
        ensure!(
            after.full().checked()?.get() <= limits.deposit_cap_lamports,
            SluiceError::DepositCapReached
        );
        Ok(())
    }

    /// Ends the breaker that tripped in `breaker_epoch`, and with it the restoring of the loss.
    /// Returns what was not restored. Refused where that is more than `maximum_lamports`: more was
    /// lost since. A breaker that trips twice in an epoch has more to restore the second time, so
    /// both numbers together mean one loss.
    pub fn acknowledge_loss(&mut self, breaker_epoch: u64, maximum_lamports: u64) -> Result<u64> {
        ensure!(self.is_tripped(), SluiceError::NothingToAcknowledge);
        ensure_named(&breaker_epoch, &self.breaker_epoch)?;
        let unrestored = self.unrestored_lamports;
        ensure!(unrestored <= maximum_lamports, SluiceError::MessageOutdated);
        self.end_breaker();
        Ok(unrestored)
    }
}
