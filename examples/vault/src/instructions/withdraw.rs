use anchor_lang::prelude::*;
use anchor_spl::token::{self, Burn, Mint, Token, TokenAccount};

use super::moves::give_lamports;
use crate::{Market, VaultError, events::LentChanged};

/// Accounts of `withdraw`.
#[derive(Accounts)]
pub struct Withdraw<'info> {
    /// The market.
    #[account(mut, has_one = share_mint @ VaultError::WrongMint)]
    pub market: Account<'info, Market>,
    /// The mint of the shares.
    #[account(mut)]
    pub share_mint: Account<'info, Mint>,
    /// Whose shares are burned, and who is paid.
    #[account(mut)]
    pub lender: Signer<'info>,
    /// The lender's shares.
    #[account(mut, token::mint = share_mint, token::authority = lender)]
    pub lender_shares: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl Withdraw<'_> {
    /// Burns shares and pays their part, as far as there is cash.
    pub fn process(&mut self, shares: u64, minimum_lamports: u64) -> Result<()> {
        require!(shares > 0, VaultError::ZeroAmount);
        let book = &mut self.market.book;
        book.accrue(Clock::get()?.slot)?;
        let lamports = book.withdraw(shares)?;
        require!(lamports >= minimum_lamports, VaultError::BelowMinimum);

        self.burn_shares(shares)?;
        give_lamports(&self.market, &self.lender, lamports)?;
        emit!(LentChanged {
            market: self.market.key(),
            lender: self.lender.key(),
            added: false,
            lamports,
            shares,
            book: self.market.book,
        });
        Ok(())
    }

    fn burn_shares(&self, shares: u64) -> Result<()> {
        let accounts = Burn {
            mint: self.share_mint.to_account_info(),
            from: self.lender_shares.to_account_info(),
            authority: self.lender.to_account_info(),
        };
        token::burn(CpiContext::new(self.token_program.key(), accounts), shares)
    }
}
