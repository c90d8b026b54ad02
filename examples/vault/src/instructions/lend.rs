use anchor_lang::prelude::*;
use anchor_spl::token::{self, Mint, MintTo, Token, TokenAccount};

use super::moves::take_lamports;
use crate::{Market, VaultError, events::LentChanged};

/// Accounts of `lend`.
#[derive(Accounts)]
pub struct Lend<'info> {
    /// The market.
    #[account(mut, has_one = share_mint @ VaultError::WrongMint)]
    pub market: Account<'info, Market>,
    /// The mint of the shares.
    #[account(mut)]
    pub share_mint: Account<'info, Mint>,
    /// Who lends.
    #[account(mut)]
    pub lender: Signer<'info>,
    /// Who gets the shares.
    #[account(mut, token::mint = share_mint)]
    pub lender_shares: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl Lend<'_> {
    /// Takes SOL and mints shares.
    pub fn process(&mut self, lamports: u64, minimum_shares: u64) -> Result<()> {
        require!(lamports > 0, VaultError::ZeroAmount);
        let book = &mut self.market.book;
        book.accrue(Clock::get()?.slot)?;
        let shares = book.lend(lamports)?;
        require!(shares >= minimum_shares, VaultError::BelowMinimum);

        take_lamports(&self.lender, &self.market, &self.system_program, lamports)?;
        self.mint_shares(shares)?;
        emit!(LentChanged {
            market: self.market.key(),
            lender: self.lender.key(),
            added: true,
            lamports,
            shares,
            book: self.market.book,
        });
        Ok(())
    }

    fn mint_shares(&self, shares: u64) -> Result<()> {
        let accounts = MintTo {
            mint: self.share_mint.to_account_info(),
            to: self.lender_shares.to_account_info(),
            authority: self.market.to_account_info(),
        };
        let signers: &[&[&[u8]]] = &[&self.market.seeds()];
        let mint = CpiContext::new_with_signer(self.token_program.key(), accounts, signers);
        token::mint_to(mint, shares)
    }
}
