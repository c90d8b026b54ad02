//! What becomes of validators: who takes stake, who leaves, who is ejected and closed.

use anchor_lang::prelude::*;
use sluice_math::{Bps, Lamports};

use super::{Breach, FLAG_RETIRE, Marker, Pool, Slot, SlotState, ValidatorPage};
use crate::{
    ensure,
    error::{Checked, SluiceError},
    foreign::VoteView,
    moment::Moment,
    sums::Tally,
};

/// Whole epochs without a breach after which an ejected validator can be taken back.
pub const PROBATION_EPOCHS: u64 = 2;
/// A pool with less stake than this many minimum delegations takes any stake that earns.
pub const SMALL_POOL_MINIMUMS: u64 = 1_000;
/// One part in this many of the weights, and of the stake, may be ejected in an epoch.
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

    /// An ejected validator comes back with its slot, after its wait, or is added anew once the slot
    /// is closed: no sooner, unless its marker remembers the wait.
    pub fn require_waited(&self, marker: &Marker, epoch: u64) -> Result<()> {
        let waits = self.state()? == SlotState::Ejected && u64::from(self.due_epoch) > epoch;
        ensure!(!waits || marker.outlives_slot(), SluiceError::SlotWaits);
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
    /// Stake is taken in only if it earns for those who pay for it: its validator keeps the pool's
    /// terms, and votes.
    pub fn require_earns(&self, vote: VoteView<'_>, moment: &Moment) -> Result<()> {
        let vote = vote.known()?;
        vote.terms.require_acceptable(&self.config)?;
        ensure!(vote.is_voting(moment)?, SluiceError::ValidatorNotVoting);
        Ok(())
    }

    /// Stake is taken in only as far as the validator's share of the pool allows, which its own
    /// target never passes. `full` is what the pool owns with it. A pool that has little stake
    /// takes any, so that it can be filled from one validator after the other.
    pub fn require_room(
        &self,
        slot: &Slot,
        offered: Lamports,
        full: Lamports,
        moment: &Moment,
    ) -> Result<()> {
        let with_it = slot.stake(moment.clock.epoch)?.has.add(offered).checked()?;
        // Asked first: the minimum delegation is a call.
        if with_it <= self.most_with_deposit(full)? {
            return Ok(());
        }
        let is_small = self.takes_any_stake(moment.minimum_delegation()?);
        ensure!(is_small, SluiceError::ShareCapReached);
        Ok(())
    }

    /// The most that a deposit of stake may lift a validator to, where the pool then owns `full`.
    pub fn most_with_deposit(&self, full: Lamports) -> Result<Lamports> {
        let tolerance = Bps::new(self.config.tolerance_bps).checked()?;
        self.spread()?.most_with_deposit(full, tolerance).checked()
    }

    /// Whether the pool has so little stake that the share cap does not bind deposits of stake.
    pub fn takes_any_stake(&self, minimum_delegation: Lamports) -> bool {
        let little = minimum_delegation.get().saturating_mul(SMALL_POOL_MINIMUMS);
        self.delegated().get() < little
    }

    /// Whether no validator has had weight in a finalize, or none has any now: then the weight of a
    /// new one takes nothing from others, and counts at once.
    pub fn has_no_weights_yet(&self) -> bool {
        self.most_validators == 0 || self.total_weight == 0
    }

    /// Books an ejection: per epoch one validator, or several with together no more than a tenth of
    /// the weights and of the stake, which may still be with one that has no weight any more. A vote
    /// account that is gone earns nothing for ever, so it is outside the budget.
    pub fn book_ejection(&mut self, slot: &Slot, breach: Breach, epoch: u64) -> Result<()> {
        let weight_before = self.total_weight;
        self.total_weight = weight_before.saturating_sub(u64::from(slot.weight));
        let spread = self.spread()?.without(slot.weight);
        self.book_spread(&spread);
        if breach == Breach::VoteAccountGone {
            return Ok(());
        }
        if self.ejection_epoch != epoch {
            (self.ejected_weight, self.ejected_lamports) = (0, 0);
        }
        let is_first = self.ejected_weight == 0 && self.ejected_lamports == 0;
        let all_weight = weight_before.saturating_add(self.ejected_weight);
        let all_stake = self.staked_lamports.saturating_sub(self.locked_lamports);
        self.ejection_epoch = epoch;
        self.ejected_weight.increase(u64::from(slot.weight))?;
        self.ejected_lamports
            .increase(slot.stake(epoch)?.has.get())?;
        let is_little = |part: u64, all: u64| part.saturating_mul(EJECTION_SHARE) <= all;
        let is_within = is_little(self.ejected_weight, all_weight)
            && is_little(self.ejected_lamports, all_stake);
        ensure!(is_first || is_within, SluiceError::EjectionBudgetSpent);
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
