use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};

use super::moves::give_lst;
use crate::{Loan, Market, VaultError};

/// Accounts of `close_loan`.
#[derive(Accounts)]
pub struct CloseLoan<'info> {
    /// The market.
    #[account(has_one = vault @ VaultError::WrongVault)]
    pub market: Account<'info, Market>,
    /// The market's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The loan, whose rent goes back.
    #[account(
        mut,
        has_one = market @ VaultError::WrongMarket,
        has_one = borrower @ VaultError::WrongRecipient,
        close = borrower
    )]
    pub loan: Account<'info, Loan>,
    /// Who borrowed.
    #[account(mut)]
    pub borrower: Signer<'info>,
    /// Who gets the LST.
    #[account(mut, constraint = borrower_lst.mint == market.lst_mint @ VaultError::WrongMint)]
    pub borrower_lst: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl CloseLoan<'_> {
    /// Gives all LST back.
    pub fn process(&mut self) -> Result<()> {
        require!(self.loan.debt_parts == 0, VaultError::LoanOwed);
        give_lst(
            &self.market,
            &self.vault,
            &self.borrower_lst,
            &self.token_program,
            self.loan.lst,
        )
    }
}
