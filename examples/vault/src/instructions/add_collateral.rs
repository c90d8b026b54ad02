use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};

use super::moves::take_lst;
use crate::{Loan, Market, VaultError, error::Checked, events::LoanChanged};

/// Accounts of `add_collateral`.
#[derive(Accounts)]
pub struct AddCollateral<'info> {
    /// The market.
    #[account(mut, has_one = vault @ VaultError::WrongVault)]
    pub market: Account<'info, Market>,
    /// The market's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The loan.
    #[account(mut, has_one = market @ VaultError::WrongMarket)]
    pub loan: Account<'info, Loan>,
    /// Who gives LST.
    pub giver: Signer<'info>,
    /// The giver's LST.
    #[account(mut, constraint = giver_lst.mint == market.lst_mint @ VaultError::WrongMint)]
    pub giver_lst: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl AddCollateral<'_> {
    /// Takes LST for the loan.
    pub fn process(&mut self, lst: u64) -> Result<()> {
        require!(lst > 0, VaultError::ZeroAmount);
        self.market.book.accrue(Clock::get()?.slot)?;
        self.loan.lst = self.loan.lst.checked_add(lst).checked()?;

        take_lst(
            &self.giver_lst,
            &self.giver,
            &self.vault,
            &self.token_program,
            lst,
        )?;
        let book = self.market.book;
        emit!(LoanChanged {
            market: self.market.key(),
            loan: self.loan.key(),
            owed_lamports: book.owed_by(self.loan.debt_parts)?,
            lst: self.loan.lst,
            book,
        });
        Ok(())
    }
}
