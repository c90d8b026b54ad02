//! What the lenders own, in pure functions of whole numbers. Every rounding favours the lenders who stay.

use anchor_lang::prelude::*;
use sluice_math::{Ceil, Floor, Ratio};

use crate::{
    VaultError,
    error::Checked,
    terms::{self, SEED_LAMPORTS},
};

/// Everything that the lenders own: cash, loans, and what the queue will pay.
///
/// It changes by instructions alone. What somebody sends to an account besides changes nothing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, InitSpace,
)]
pub struct Book {
    /// SOL that is there, in lamports.
    pub cash_lamports: u64,
    /// What all loans owe, with interest until `slot`, in lamports.
    pub owed_lamports: u64,
    /// Parts that this debt is divided into. A loan owes so many of them, so interest is booked once for
    /// all loans.
    pub debt_parts: u64,
    /// What seized LST in the queue are booked with, in lamports: never more than what was owed.
    pub queued_lamports: u64,
    /// Shares of the lenders, with those of the seed.
    pub shares: u64,
    /// Until when interest is booked.
    pub slot: u64,
}

impl Book {
    /// The book of a new market, which has its seed and nothing else.
    pub fn begin(slot: u64) -> Self {
        Self {
            cash_lamports: SEED_LAMPORTS,
            shares: SEED_LAMPORTS,
            slot,
            ..Self::default()
        }
    }

    /// Books the interest of all loans until `slot`.
    pub fn accrue(&mut self, slot: u64) -> Result<()> {
        let slots = slot.saturating_sub(self.slot);
        let interest = terms::interest(self.owed_lamports, slots)?;
        self.owed_lamports = self.owed_lamports.checked_add(interest).checked()?;
        self.slot = slot;
        Ok(())
    }

    /// What all shares together are worth, in lamports.
    pub fn owned_lamports(&self) -> Result<u64> {
        let lent = self.owed_lamports.checked_add(self.queued_lamports);
        self.cash_lamports.checked_add(lent.checked()?).checked()
    }

    /// Takes SOL of a lender in. Returns the shares for it.
    pub fn lend(&mut self, lamports: u64) -> Result<u64> {
        let price = Ratio::new(self.shares, self.owned_lamports()?);
        let shares = Floor(price).apply(lamports).checked()?;
        require!(shares > 0, VaultError::AmountTooSmall);
        self.cash_lamports = self.cash_lamports.checked_add(lamports).checked()?;
        self.shares = self.shares.checked_add(shares).checked()?;
        Ok(shares)
    }

    /// Takes shares of a lender back. Returns the SOL for them, in lamports.
    pub fn withdraw(&mut self, shares: u64) -> Result<u64> {
        let price = Ratio::new(self.owned_lamports()?, self.shares);
        let lamports = Floor(price).apply(shares).checked()?;
        require!(lamports > 0, VaultError::AmountTooSmall);
        self.pay_out(lamports)?;
        self.shares = self.shares.checked_sub(shares).checked()?;
        Ok(lamports)
    }

    /// Lends SOL to a borrower. Returns the parts of all debt that the loan owes.
    pub fn borrow(&mut self, lamports: u64) -> Result<u64> {
        let parts = match self.owed_lamports {
            0 => lamports,
            owed => Ceil(Ratio::new(self.debt_parts, owed))
                .apply(lamports)
                .checked()?,
        };
        self.pay_out(lamports)?;
        self.owed_lamports = self.owed_lamports.checked_add(lamports).checked()?;
        self.debt_parts = self.debt_parts.checked_add(parts).checked()?;
        Ok(parts)
    }

    /// What a loan of so many parts owes, in lamports, rounded up.
    pub fn owed_by(&self, parts: u64) -> Result<u64> {
        match parts {
            0 => Ok(0),
            _ => {
                let price = Ratio::new(self.owed_lamports, self.debt_parts);
                Ceil(price).apply(parts).checked()
            }
        }
    }

    /// Takes back at most `lamports` of what a loan of `parts` owes. Returns what is paid, in lamports,
    /// and the parts that are left.
    pub fn repay(&mut self, parts: u64, lamports: u64) -> Result<(u64, u64)> {
        let owed = self.owed_by(parts)?;
        let paid = lamports.min(owed);
        require!(paid > 0, VaultError::ZeroAmount);
        let gone = Floor(Ratio::new(paid, owed)).apply(parts).checked()?;
        self.strike(gone, paid)?;
        self.cash_lamports = self.cash_lamports.checked_add(paid).checked()?;
        Ok((paid, parts.checked_sub(gone).checked()?))
    }

    /// Strikes the debt of a loan out and books its LST in the queue instead: what was owed, or what they
    /// are worth where that is less. Returns how much, in lamports.
    pub fn queued(&mut self, parts: u64, worth_lamports: u64) -> Result<u64> {
        let owed = self.owed_by(parts)?;
        let booked = owed.min(worth_lamports);
        self.strike(parts, owed)?;
        self.queued_lamports = self.queued_lamports.checked_add(booked).checked()?;
        Ok(booked)
    }

    /// Books what the queue has paid, in the place of what was expected. If it is less, all lenders lose
    /// the rest.
    pub fn collected(&mut self, lamports: u64, expected_lamports: u64) -> Result<()> {
        self.cash_lamports = self.cash_lamports.checked_add(lamports).checked()?;
        self.queued_lamports = self
            .queued_lamports
            .checked_sub(expected_lamports)
            .checked()?;
        Ok(())
    }

    fn pay_out(&mut self, lamports: u64) -> Result<()> {
        let left = self.cash_lamports.checked_sub(lamports);
        self.cash_lamports = left.ok_or(VaultError::NotEnoughCash)?;
        Ok(())
    }

    /// What a loan owes is rounded up, so the last one may owe a lamport more than all do.
    fn strike(&mut self, parts: u64, lamports: u64) -> Result<()> {
        self.debt_parts = self.debt_parts.checked_sub(parts).checked()?;
        self.owed_lamports = self.owed_lamports.saturating_sub(lamports);
        Ok(())
    }
}
