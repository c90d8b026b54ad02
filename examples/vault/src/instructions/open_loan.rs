use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};

use super::moves::{give_lamports, take_lst};
use crate::{
    Loan, Market, VaultError,
    events::LoanChanged,
    price,
    state::LOAN_SEED,
    terms::{self, LEAST_LOAN_LAMPORTS},
};

/// Accounts of `open_loan`.
#[derive(Accounts)]
#[instruction(number: u8)]
pub struct OpenLoan<'info> {
    /// The market.
    #[account(
        mut,
        has_one = pool @ VaultError::WrongPool,
        has_one = vault @ VaultError::WrongVault
    )]
    pub market: Account<'info, Market>,
    /// The pool.
    /// CHECK: compared with the market
    pub pool: UncheckedAccount<'info>,
    /// The market's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The loan to be.
    #[account(
        init,
        payer = borrower,
        space = Loan::DISCRIMINATOR.len().saturating_add(Loan::INIT_SPACE),
        seeds = [LOAN_SEED, market.key().as_ref(), borrower.key().as_ref(), &[number]],
        bump
    )]
    pub loan: Account<'info, Loan>,
    /// Who borrows.
    #[account(mut)]
    pub borrower: Signer<'info>,
    /// The borrower's LST.
    #[account(mut, constraint = borrower_lst.mint == market.lst_mint @ VaultError::WrongMint)]
    pub borrower_lst: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl OpenLoan<'_> {
    /// Takes LST and lends SOL against them.
    pub fn process(&mut self, number: u8, bump: u8, lst: u64, lamports: u64) -> Result<()> {
        self.require_covered(lst, lamports)?;
        let book = &mut self.market.book;
        book.accrue(Clock::get()?.slot)?;
        let debt_parts = book.borrow(lamports)?;
        self.loan.set_inner(Loan {
            market: self.market.key(),
            borrower: self.borrower.key(),
            lst,
            debt_parts,
            number,
            bump,
        });

        take_lst(
            &self.borrower_lst,
            &self.borrower,
            &self.vault,
            &self.token_program,
            lst,
        )?;
        give_lamports(&self.market, &self.borrower, lamports)?;
        emit!(LoanChanged {
            market: self.market.key(),
            loan: self.loan.key(),
            owed_lamports: self.market.book.owed_by(debt_parts)?,
            lst,
            book: self.market.book,
        });
        Ok(())
    }

    /// Whether so much may be lent against so many LST, at a price that is sound.
    fn require_covered(&self, lst: u64, lamports: u64) -> Result<()> {
        let clock = Clock::get()?;
        require!(lamports >= LEAST_LOAN_LAMPORTS, VaultError::AmountTooSmall);
        let rate = price::read(&self.pool)?;
        price::require_sound(&rate, clock.epoch)?;
        let worth = price::collateral(&rate, lst, clock.slot)?;
        require!(lamports <= terms::limit(worth)?, VaultError::AboveLimit);
        Ok(())
    }
}
