//! What a move of a slot's stake does to the books: on chain once it is carried out, in a plan in
//! place of that.

use anchor_lang::prelude::*;
use sluice_math::{Arrival, Collection, Departure, Lamports, MissingStake, SlotNow, WayOut};

use super::{
    Pool, Slot,
    StakeAccountKind::{Main, Transient},
    TransientUse, ValidatorPage,
};
use crate::{error::Checked, sums::Tally};

impl Slot {
    /// Whether a collection changes anything: lamports, or what the transient is used for.
    pub fn is_changed_by(&self, collection: &Collection) -> bool {
        collection.moves()
            || (collection.leaves_idle() && self.transient_use() != TransientUse::Idle)
    }
}

impl Pool {
    /// Books what `collect` did in `epoch`.
    pub fn book_collection(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        collection: &Collection,
        epoch: u64,
    ) -> Result<()> {
        if collection.leaves_idle() {
            let slot = page.slot_mut(index)?;
            slot.set_transient_use(TransientUse::Idle, epoch)?;
        }
        if collection.moves() {
            self.book_slot(page, index, &collection.after)?;
        }
        Ok(())
    }

    /// Books what `undelegate` did in `epoch`.
    pub fn book_departure(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        departure: &Departure,
        epoch: u64,
    ) -> Result<()> {
        let slot = page.slot_mut(index)?;
        match departure.way {
            WayOut::Part(_) | WayOut::Transient => {
                slot.set_transient_use(TransientUse::Deactivating, epoch)?;
            }
            WayOut::AtOnce { again } if again.is_zero() => {
                slot.set_transient_use(TransientUse::Idle, epoch)?;
            }
            WayOut::AtOnce { .. } => slot.set_transient_use(TransientUse::Activating, epoch)?,
            WayOut::Main => {}
        }
        self.moved_lamports = self.moved_lamports.saturating_add(departure.capped.get());
        self.book_slot(page, index, &departure.after)
    }

    /// Books what `delegate` did in `epoch`.
    pub fn book_arrival(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        arrival: &Arrival,
        epoch: u64,
    ) -> Result<()> {
        let slot = page.slot_mut(index)?;
        slot.set_transient_use(TransientUse::Activating, epoch)?;
        self.book_slot(page, index, &arrival.after)
    }

    /// Books missing stake, and returns by how much the value falls.
    pub fn book_missing(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        missing: &MissingStake,
        clock: &Clock,
    ) -> Result<Lamports> {
        page.book_observed(index, Main, missing.main)?;
        page.book_observed(index, Transient, missing.transient)?;
        let ledger = self.ledger();
        let value_before = ledger.value(clock.slot).checked()?;
        let loss = ledger.lose(missing.lost, clock.slot).checked()?;
        self.book(&loss.ledger);
        self.book_deactivating(page, index, missing.returning)?;
        self.book_fall(loss.fall, value_before, clock.epoch)?;
        Ok(loss.fall)
    }

    /// Books a slot as a move has left it: what its stake accounts have less is in the reserve,
    /// and what they have more came from there.
    fn book_slot(&mut self, page: &mut ValidatorPage, index: u8, after: &SlotNow) -> Result<()> {
        let before = page.staked_lamports;
        page.book_observed(index, Main, after.main.holding.booked)?;
        page.book_observed(index, Transient, after.transient.holding.booked)?;
        page.slot_mut(index)?.delegated_lamports = after.main.active().get();
        self.staked_lamports.increase(page.staked_lamports)?;
        self.staked_lamports.decrease(before)?;
        self.reserve_lamports.increase(before)?;
        self.reserve_lamports.decrease(page.staked_lamports)?;
        self.book_deactivating(page, index, after.returning().checked()?)
    }
}
