//! Booked lamports: slot, page and pool change together, so that their sums stay equal.

use super::{Pool, Slot, ValidatorPage};
use crate::error::Checked;
use anchor_lang::prelude::*;
use sluice_math::Lamports;

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

    fn book(&mut self, kind: StakeAccountKind, lamports: Lamports) {
        match kind {
            StakeAccountKind::Main => self.main_lamports = lamports.get(),
            StakeAccountKind::Transient => self.transient_lamports = lamports.get(),
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
        let slot = self.slot_mut(index)?;
        let before = slot.booked(kind);
        slot.book(kind, lamports);
        self.staked_lamports = Lamports::new(self.staked_lamports)
            .sub(before)
            .and_then(|rest| rest.add(lamports))
            .checked()?
            .get();
        Ok(())
    }

    /// Books what of a slot is on its way back to the reserve.
    pub fn book_deactivating(&mut self, index: u8, lamports: Lamports) -> Result<()> {
        let slot = self.slot_mut(index)?;
        let before = Lamports::new(slot.deactivating_lamports);
        slot.deactivating_lamports = lamports.get();
        self.deactivating_lamports = Lamports::new(self.deactivating_lamports)
            .saturating_sub(before)
            .add(lamports)
            .checked()?
            .get();
        Ok(())
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
        let rest = page.slot(index)?.booked(kind).sub(lamports).checked()?;
        page.book_observed(index, kind, rest)?;
        let mut ledger = self.ledger();
        ledger.staked = ledger.staked.sub(lamports).checked()?;
        ledger.reserve = ledger.reserve.add(lamports).checked()?;
        self.book(&ledger);
        Ok(())
    }

    /// Books lamports that went from the reserve into a stake account.
    pub fn book_from_reserve(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        let sum = page.slot(index)?.booked(kind).add(lamports).checked()?;
        page.book_observed(index, kind, sum)?;
        let mut ledger = self.ledger();
        ledger.reserve = ledger.reserve.sub(lamports).checked()?;
        ledger.staked = ledger.staked.add(lamports).checked()?;
        self.book(&ledger);
        Ok(())
    }

    /// Books what of a slot is on its way back, on slot, page and pool.
    pub fn book_deactivating(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        lamports: Lamports,
    ) -> Result<()> {
        let before = Lamports::new(page.deactivating_lamports);
        page.book_deactivating(index, lamports)?;
        self.deactivating_lamports = Lamports::new(self.deactivating_lamports)
            .saturating_sub(before)
            .add(Lamports::new(page.deactivating_lamports))
            .checked()?
            .get();
        Ok(())
    }
}
