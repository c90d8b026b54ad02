use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};
use sluice::{
    cpi::{self, accounts::DepositSol},
    program::Sluice,
};

use super::shares;
use crate::{Strategy, StrategyError, error::Checked, events::HoldingsChanged, state::rate_of};

/// Accounts of `deposit`.
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// The strategy.
    #[account(
        mut,
        has_one = pool @ StrategyError::WrongPool,
        has_one = lst_mint @ StrategyError::WrongMint,
        has_one = vault @ StrategyError::WrongVault,
        has_one = share_mint @ StrategyError::WrongMint
    )]
    pub strategy: Account<'info, Strategy>,
    /// The strategy's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The mint of the shares.
    #[account(mut)]
    pub share_mint: Account<'info, Mint>,
    /// Who deposits.
    #[account(mut)]
    pub user: Signer<'info>,
    /// Who gets the shares.
    #[account(mut, token::mint = share_mint)]
    pub user_shares: Account<'info, TokenAccount>,
    /// The pool.
    /// CHECK: compared with the strategy
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The pool's LST.
    #[account(mut)]
    pub lst_mint: Account<'info, Mint>,
    /// The pool's mint authority.
    /// CHECK: Sluice compares it with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The pool's reserve of SOL.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// Sluice.
    pub sluice: Program<'info, Sluice>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl Deposit<'_> {
    /// Stakes SOL of the user. The shares follow from the LST that Sluice has minted, so the user alone
    /// bears fee and entry charge.
    pub fn process(&mut self, lamports: u64, minimum_shares: u64) -> Result<()> {
        let rate = rate_of(&self.pool)?;
        let lst = self.stake(lamports)?;
        let shares = self.strategy.holdings.enter(lst, &rate)?;
        require!(shares >= minimum_shares, StrategyError::BelowMinimum);

        shares::mint(
            &self.strategy,
            &self.share_mint,
            &self.user_shares,
            &self.token_program,
            shares,
        )?;
        emit!(HoldingsChanged {
            strategy: self.strategy.key(),
            holdings: self.strategy.holdings,
        });
        Ok(())
    }

    /// SOL of the user becomes LST of the vault. The user's signature reaches through this program.
    /// Returns how many, in smallest units.
    fn stake(&mut self, lamports: u64) -> Result<u64> {
        let before = self.vault.amount;
        let accounts = DepositSol {
            pool: self.pool.to_account_info(),
            mint: self.lst_mint.to_account_info(),
            mint_authority: self.mint_authority.to_account_info(),
            reserve: self.reserve.to_account_info(),
            depositor: self.user.to_account_info(),
            recipient: self.vault.to_account_info(),
            token_program: self.token_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
        };
        let deposit = CpiContext::new(self.sluice.key(), accounts);
        cpi::deposit_sol(deposit, lamports, 0)?;
        self.vault.reload()?;
        self.vault.amount.checked_sub(before).checked()
    }
}
