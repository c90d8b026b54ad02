use anchor_lang::prelude::*;
use anchor_spl::token::{self, Mint, MintTo, Token, TokenAccount};

use super::moves::Moves;
use crate::{Pair, PairError, events::LiquidityChanged, state::PAIR_SEED};

/// Accounts of `add_liquidity`.
#[derive(Accounts)]
pub struct AddLiquidity<'info> {
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
    /// Who provides.
    #[account(mut)]
    pub provider: Signer<'info>,
    /// The provider's LST.
    #[account(mut, token::mint = lst_mint, token::authority = provider)]
    pub provider_lst: Account<'info, TokenAccount>,
    /// Who gets the shares.
    #[account(mut, token::mint = share_mint)]
    pub provider_shares: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl AddLiquidity<'_> {
    /// Takes both amounts and mints shares.
    pub fn process(&mut self, lamports: u64, lst: u64, minimum_shares: u64) -> Result<()> {
        let added = self.pair.reserves.add(lamports, lst)?;
        require!(added.shares >= minimum_shares, PairError::BelowMinimum);

        self.pair.reserves = added.reserves;
        let moves = Moves {
            pair: &self.pair,
            lst_mint: &self.lst_mint,
            vault: &self.vault,
            user: &self.provider,
            user_lst: &self.provider_lst,
            token_program: &self.token_program,
            system_program: &self.system_program,
        };
        moves.take_lamports(added.lamports)?;
        moves.take_lst(added.lst)?;
        self.mint_shares(added.shares)?;
        emit!(LiquidityChanged {
            pair: self.pair.key(),
            provider: self.provider.key(),
            added: true,
            lamports: added.lamports,
            lst: added.lst,
            shares: added.shares,
            reserves: added.reserves,
        });
        Ok(())
    }

    fn mint_shares(&self, shares: u64) -> Result<()> {
        let accounts = MintTo {
            mint: self.share_mint.to_account_info(),
            to: self.provider_shares.to_account_info(),
            authority: self.pair.to_account_info(),
        };
        let seeds: &[&[u8]] = &[PAIR_SEED, self.pair.pool.as_ref(), &[self.pair.bump]];
        let signers = [seeds];
        let mint = CpiContext::new_with_signer(self.token_program.key(), accounts, &signers);
        token::mint_to(mint, shares)
    }
}
