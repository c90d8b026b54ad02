//! How much stake may move, where to, and when.

use std::cell::Ref;

use anchor_lang::prelude::*;
use sluice_math::{Bps, Flows, Lamports, Spread};

use super::{Pool, SLOTS_PER_PAGE, ValidatorPage};
use crate::{
    ensure,
    error::{Checked, SluiceError},
    moment::Moment,
    sums::Tally,
};

impl Pool {
    /// The part of `epoch` after which its rebalance window opens. A change holds from the first epoch
    /// on for which nobody can have been told another lock.
    pub fn window_bps_in(&self, epoch: u64) -> u16 {
        if epoch < self.window_from_epoch {
            self.window_bps_before
        } else {
            self.config.window_bps
        }
    }

    /// The first slot of the rebalance window of `epoch`.
    pub fn window_start(&self, epoch: u64, moment: &Moment) -> Result<u64> {
        let schedule = moment.schedule()?;
        let slots = schedule.get_slots_in_epoch(epoch);
        let skipped = sluice_math::Ceil(Bps::new(self.window_bps_in(epoch)).checked()?.ratio())
            .apply(slots)
            .checked()?;
        let mut start = schedule.get_first_slot_in_epoch(epoch);
        start.increase(skipped)?;
        Ok(start)
    }

    /// Stake moves only towards the end of an epoch: acting late costs no yield, and nets all
    /// flows of the epoch first.
    pub(crate) fn require_window(&self, moment: &Moment) -> Result<()> {
        let start = self.window_start(moment.clock.epoch, moment)?;
        ensure!(moment.clock.slot >= start, SluiceError::WindowClosed);
        Ok(())
    }

    /// The pool-wide amounts that decide the moves.
    pub fn flows(&self, moment: &Moment) -> Result<Flows> {
        let minimum_delegation = moment.minimum_delegation()?;
        let full = self.ledger().full().checked()?;
        let spendable = self.spendable(moment.reserve_rent()?);
        let deactivating = Lamports::new(self.deactivating_lamports);
        Ok(Flows {
            full,
            reserve_target: self.reserve_target()?,
            queue: self.queue_lamports()?,
            spendable,
            deactivating,
            delegated: self.delegated(),
            spread: self.spread()?,
            minimum_delegation,
            tolerance: Bps::new(self.config.tolerance_bps).checked()?,
            movement_cap: self.movement_cap(full, minimum_delegation, moment.clock.epoch)?,
            moved: Lamports::new(self.moved_lamports),
        })
    }

    /// Lamports that rebalancing may move in this epoch: none while delegation is paused, since they
    /// could not be staked again.
    fn movement_cap(&self, full: Lamports, minimum: Lamports, epoch: u64) -> Result<Lamports> {
        if self.is_paused(epoch) {
            return Ok(Lamports::ZERO);
        }
        let cap = Bps::new(self.config.movement_cap_bps).checked()?;
        Flows::movement_cap(full, cap, minimum).checked()
    }

    /// Lamports of the reserve above its rent.
    pub fn spendable(&self, reserve_rent: Lamports) -> Lamports {
        Lamports::new(self.reserve_lamports).saturating_sub(reserve_rent)
    }

    /// Lamports in stake accounts, without the rent paid in for them and without what is on its
    /// way back.
    pub fn delegated(&self) -> Lamports {
        let slot_rents = Lamports::new(self.locked_lamports)
            .saturating_sub(Lamports::new(self.reserve_rent_lamports));
        Lamports::new(self.staked_lamports)
            .saturating_sub(slot_rents)
            .saturating_sub(Lamports::new(self.deactivating_lamports))
    }

    /// How the weights share what is stakeable.
    pub fn spread(&self) -> Result<Spread> {
        Ok(Spread {
            weight: self.spread_weight,
            cut_count: self.cut_count,
            cap: Bps::new(self.spread_cap_bps).checked()?,
        })
    }

    /// Books a spread.
    pub fn book_spread(&mut self, spread: &Spread) {
        self.spread_weight = spread.weight;
        self.cut_count = spread.cut_count;
        self.spread_cap_bps = spread.cap.get();
    }

    /// Spreads what is stakeable over the weights, under the share cap of this epoch, and marks how
    /// many validators have weight.
    pub(crate) fn spread_weights(&mut self, pages: &[Ref<'_, ValidatorPage>]) -> Result<()> {
        let cap = Bps::new(self.config.share_cap_bps).checked()?;
        // Gathered once: every round of cutting goes through all of them.
        let mut weights = Vec::with_capacity(pages.len().saturating_mul(SLOTS_PER_PAGE));
        for page in pages {
            let of_page = page.slots.iter().map(|slot| slot.weight);
            weights.extend(of_page.filter(|weight| *weight > 0));
        }
        // As many as 2,016: it fits.
        let validators = u32::try_from(weights.len()).unwrap_or(u32::MAX);
        self.most_validators = self.most_validators.max(validators);
        let most = u64::from(self.most_validators);
        let spread = Spread::of(|| weights.iter().copied(), cap, most).checked()?;
        self.book_spread(&spread);
        Ok(())
    }
}
