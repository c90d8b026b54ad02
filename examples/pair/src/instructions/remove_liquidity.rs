use anchor_lang::prelude::*;
use anchor_spl::token::{self, Burn, Mint, Token, TokenAccount};

use super::moves::Moves;
use crate::{Pair, PairError, events::LiquidityChanged};

/// Accounts of `remove_liquidity`.
#[derive(Accounts)]
pub struct RemoveLiquidity<'info> {
    /// The pair.
    #[account(
        mut,
        has_one = lst_mint @ PairError::WrongMint,
        has_one = vault @ PairError::WrongVault,
        has_one = share_mint @ PairError::WrongMint
    )]
    pub pair: Account<'info, Pair>,
    /// The LST.
    pub lst_mint: Account<'info, Mint>,
    /// The pair's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The mint of the pair's shares.
    #[account(mut)]
    pub share_mint: Account<'info, Mint>,
    /// Whose shares are burned.
    #[account(mut)]
    pub provider: Signer<'info>,
    /// Who gets the LST.
    #[account(mut, token::mint = lst_mint)]
    pub provider_lst: Account<'info, TokenAccount>,
    /// The provider's shares.
    #[account(mut, token::mint = share_mint, token::authority = provider)]
    pub provider_shares: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl RemoveLiquidity<'_> {
    /// Burns shares and gives their part of both reserves.
    pub fn process(&mut self, shares: u64, minimum_lamports: u64, minimum_lst: u64) -> Result<()> {
        let removed = self.pair.reserves.remove(shares)?;
        let is_enough = removed.lamports >= minimum_lamports && removed.lst >= minimum_lst;
        require!(is_enough, PairError::BelowMinimum);

        self.pair.reserves = removed.reserves;
        self.burn_shares(shares)?;
        let moves = Moves {
            pair: &self.pair,
            lst_mint: &self.lst_mint,
            vault: &self.vault,
            user: &self.provider,
            user_lst: &self.provider_lst,
            token_program: &self.token_program,
            system_program: &self.system_program,
        };
        moves.give_lst(removed.lst)?;
        moves.give_lamports(removed.lamports)?;
        emit!(LiquidityChanged {
            pair: self.pair.key(),
            provider: self.provider.key(),
            added: false,
            lamports: removed.lamports,
            lst: removed.lst,
            shares,
            reserves: removed.reserves,
        });
        Ok(())
    }

    fn burn_shares(&self, shares: u64) -> Result<()> {
        let accounts = Burn {
            mint: self.share_mint.to_account_info(),
            from: self.provider_shares.to_account_info(),
            authority: self.provider.to_account_info(),
        };
        token::burn(CpiContext::new(self.token_program.key(), accounts), shares)
    }
}
