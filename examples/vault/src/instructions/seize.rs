//! What both ways to liquidate have in common: which LST of a loan are taken, and when.

use anchor_lang::prelude::*;

use crate::{
    Loan, Market, VaultError,
    error::Checked,
    price,
    terms::{self, Taken},
};

/// A loan that may be liquidated.
pub struct Due {
    /// What it owes now, in lamports.
    pub owed_lamports: u64,
    /// The LST to take.
    pub taken: Taken,
}

/// What of the loan is to be taken now. A stale price is the one that the loan had before, so it may be
/// liquidated by it, and so may it while the breaker is tripped.
pub fn due(market: &mut Market, loan: &Loan, pool: &AccountInfo) -> Result<Due> {
    let slot = Clock::get()?.slot;
    market.book.accrue(slot)?;
    let owed_lamports = market.book.owed_by(loan.debt_parts)?;
    let rate = price::read(pool)?;
    let worth = price::collateral(&rate, loan.lst, slot)?;
    require!(
        owed_lamports > terms::threshold(worth)?,
        VaultError::LoanHealthy
    );
    Ok(Due {
        owed_lamports,
        taken: terms::take(loan.lst, worth, owed_lamports)?,
    })
}

/// Takes the LST of the loan, which owes nothing from now on. What is left of them is the borrower's.
pub fn release(loan: &mut Loan, taken: &Taken) -> Result<()> {
    loan.debt_parts = 0;
    loan.lst = loan.lst.checked_sub(taken.lst).checked()?;
    Ok(())
}
