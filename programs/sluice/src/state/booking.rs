//! Booked lamports: slot, page and pool change together, so that their sums stay equal.

use anchor_lang::prelude::*;
use sluice_math::Lamports;

use super::{Pool, Slot, ValidatorPage};
use crate::sums::Tally;

/// The two stake accounts of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub enum StakeAccountKind {
    /// Holds active stake.
    Main,
    /// Holds what is activating or deactivating.
    Transient,
}

impl Slot {
    /// Booked lamports of one of the stake accounts.
    pub fn booked(&self, kind: StakeAccountKind) -> Lamports {
        Lamports::new(match kind {
            StakeAccountKind::Main => self.main_lamports,
            StakeAccountKind::Transient => self.transient_lamports,
        })
    }

    /// Address of one of the stake accounts.
    pub fn address(&self, kind: StakeAccountKind) -> Pubkey {
        match kind {
            StakeAccountKind::Main => self.main,
            StakeAccountKind::Transient => self.transient,
        }
    }

    fn booked_mut(&mut self, kind: StakeAccountKind) -> &mut u64 {
        match kind {
            StakeAccountKind::Main => &mut self.main_lamports,
            StakeAccountKind::Transient => &mut self.transient_lamports,
        }
    }
}

impl ValidatorPage {
    /// Books what a stake account was observed to hold. Prices change at finalize only.
    pub fn book_observed(
        &mut self,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        let booked = self.slot_mut(index)?.booked_mut(kind);
        let before = std::mem::replace(booked, lamports.get());
        self.staked_lamports.decrease(before)?;
        self.staked_lamports.increase(lamports.get())
    }

    /// Books lamports that came into a stake account.
    pub fn book_in(&mut self, index: u8, kind: StakeAccountKind, lamports: Lamports) -> Result<()> {
        let slot = self.slot_mut(index)?;
        slot.booked_mut(kind).increase(lamports.get())?;
        self.staked_lamports.increase(lamports.get())
    }

    /// Books lamports that left a stake account.
    pub fn book_out(
        &mut self,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        let slot = self.slot_mut(index)?;
        slot.booked_mut(kind).decrease(lamports.get())?;
        self.staked_lamports.decrease(lamports.get())
    }

    /// Books the part of a slot that is on its way back to the reserve.
    pub fn book_deactivating(&mut self, index: u8, lamports: Lamports) -> Result<()> {
        let slot = self.slot_mut(index)?;
        let before = std::mem::replace(&mut slot.deactivating_lamports, lamports.get());
        self.deactivating_lamports = self.deactivating_lamports.saturating_sub(before);
        self.deactivating_lamports.increase(lamports.get())
    }
}

impl Pool {
    /// Books lamports that came from a stake account into the reserve.
    pub fn book_to_reserve(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        page.book_out(index, kind, lamports)?;
        self.staked_lamports.decrease(lamports.get())?;
        self.reserve_lamports.increase(lamports.get())
    }

    /// Books lamports that went from the reserve into a stake account.
    pub fn book_from_reserve(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        page.book_in(index, kind, lamports)?;
        self.reserve_lamports.decrease(lamports.get())?;
        self.staked_lamports.increase(lamports.get())
    }

    /// Books the part of a slot that is on its way back, on slot, page and pool.
    pub fn book_deactivating(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        lamports: Lamports,
    ) -> Result<()> {
        let before = page.deactivating_lamports;
        page.book_deactivating(index, lamports)?;
        self.deactivating_lamports = self.deactivating_lamports.saturating_sub(before);
        self.deactivating_lamports
            .increase(page.deactivating_lamports)
    }
}
