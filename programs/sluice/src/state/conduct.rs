//! What becomes of validators: who takes stake, who leaves, who is ejected and closed.

use anchor_lang::prelude::*;

use super::{Breach, FLAG_RETIRE, Pool, Slot, SlotState, ValidatorPage};
use crate::{ensure, error::SluiceError, foreign::VoteView, moment::Moment};

/// Whole epochs without a breach after which an ejected validator can be taken back.
pub const PROBATION_EPOCHS: u64 = 2;
/// One part in this many of the weights may be ejected in an epoch.
const EJECTION_SHARE: u64 = 10;

impl Slot {
    /// Whether the slot drains, now or from its due epoch on.
    pub fn will_leave(&self) -> bool {
        self.is_leaving() || self.flags & FLAG_RETIRE != 0
    }

    /// Whether the validator can be given stake: it stays in the pool, its vote account is there,
    /// and nobody could undo the delegation.
    pub fn takes_delegation(&self, vote: &VoteView<'_>, epoch: u64) -> Result<bool> {
        Ok(self.state()? == SlotState::Active && vote.holds_delegation(epoch))
    }

    /// Only a validator that stays takes stake.
    pub fn require_takes_stake(&self) -> Result<()> {
        ensure!(
            self.state()? == SlotState::Active && !self.will_leave(),
            SluiceError::SlotNotActive
        );
        Ok(())
    }

    /// Leaving, with nothing booked but rent. A slot of no weight stays: only the curator says
    /// whether its validator is to leave, and whoever paid the rent gets nothing back.
    pub fn require_drained(&self, moment: &Moment) -> Result<()> {
        let rents = moment.stake_rent()?.get().saturating_mul(2);
        let idle = u64::from(self.rent_lamports).max(rents);
        let booked = self.main_lamports.saturating_add(self.transient_lamports);
        ensure!(
            self.is_leaving() && booked <= idle && self.deactivating_lamports == 0,
            SluiceError::SlotNotDrained
        );
        Ok(())
    }
}

impl Pool {
    /// Books an ejection: one validator, or a tenth of the weights, per epoch. A vote account
    /// that is gone earns nothing for ever, so it is outside the budget.
    pub fn book_ejection(&mut self, weight: u16, breach: Breach, epoch: u64) -> Result<()> {
        let weight_before = self.total_weight;
        self.total_weight = weight_before.saturating_sub(u64::from(weight));
        let spread = self.spread()?.without(weight);
        self.book_spread(&spread);
        if breach == Breach::VoteAccountGone {
            return Ok(());
        }
        let earlier = if self.ejection_epoch == epoch {
            self.ejected_weight
        } else {
            0
        };
        let ejected = earlier.saturating_add(u64::from(weight));
        let all = weight_before.saturating_add(earlier);
        ensure!(
            earlier == 0 || ejected.saturating_mul(EJECTION_SHARE) <= all,
            SluiceError::EjectionBudgetSpent
        );
        self.ejection_epoch = epoch;
        self.ejected_weight = ejected;
        Ok(())
    }
}

impl ValidatorPage {
    /// Takes a validator's weight, and its way back until `from_epoch`.
    pub fn eject(&mut self, index: u8, from_epoch: u32) -> Result<()> {
        let slot = self.slot_mut(index)?;
        let weight = u64::from(slot.weight);
        slot.state = SlotState::Ejected.code();
        slot.weight = 0;
        slot.next_weight = 0;
        slot.flags &= !FLAG_RETIRE;
        slot.due_epoch = from_epoch;
        self.total_weight = self.total_weight.saturating_sub(weight);
        Ok(())
    }
}
