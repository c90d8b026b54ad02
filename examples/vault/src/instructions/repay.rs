use anchor_lang::prelude::*;

use super::moves::take_lamports;
use crate::{Loan, Market, VaultError, events::LoanChanged};

/// Accounts of `repay`.
#[derive(Accounts)]
pub struct Repay<'info> {
    /// The market.
    #[account(mut)]
    pub market: Account<'info, Market>,
    /// The loan.
    #[account(mut, has_one = market @ VaultError::WrongMarket)]
    pub loan: Account<'info, Loan>,
    /// Who pays.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl Repay<'_> {
    /// Takes SOL for what the loan owes, and no more.
    pub fn process(&mut self, lamports: u64) -> Result<()> {
        let book = &mut self.market.book;
        book.accrue(Clock::get()?.slot)?;
        let (paid, left) = book.repay(self.loan.debt_parts, lamports)?;
        self.loan.debt_parts = left;

        take_lamports(&self.payer, &self.market, &self.system_program, paid)?;
        let book = self.market.book;
        emit!(LoanChanged {
            market: self.market.key(),
            loan: self.loan.key(),
            owed_lamports: book.owed_by(left)?,
            lst: self.loan.lst,
            book,
        });
        Ok(())
    }
}
