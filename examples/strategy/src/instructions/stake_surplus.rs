use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};
use sluice::{
    cpi::{self, accounts::DepositSol},
    program::Sluice,
};

use crate::{
    Strategy, StrategyError,
    error::Checked,
    events::HoldingsChanged,
    state::{TILL_SEED, rate_of},
};

/// Accounts of `stake_surplus`. Nobody needs to sign.
#[derive(Accounts)]
pub struct StakeSurplus<'info> {
    /// The strategy.
    #[account(
        mut,
        has_one = pool @ StrategyError::WrongPool,
        has_one = lst_mint @ StrategyError::WrongMint,
        has_one = vault @ StrategyError::WrongVault,
        has_one = till @ StrategyError::WrongTill
    )]
    pub strategy: Account<'info, Strategy>,
    /// The strategy's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The strategy's SOL.
    #[account(mut)]
    pub till: SystemAccount<'info>,
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

impl StakeSurplus<'_> {
    /// Stakes what the till has above its share.
    pub fn process(&mut self) -> Result<()> {
        let rate = rate_of(&self.pool)?;
        let lamports = self.strategy.holdings.surplus_lamports(&rate)?;

        let lst = self.stake(lamports)?;

        let holdings = &mut self.strategy.holdings;
        holdings.take_lamports(lamports)?;
        holdings.lst = holdings.lst.checked_add(lst).checked()?;
        emit!(HoldingsChanged {
            strategy: self.strategy.key(),
            holdings: self.strategy.holdings,
        });
        Ok(())
    }

    /// SOL of the till becomes LST of the vault. Returns how many, in smallest units.
    fn stake(&mut self, lamports: u64) -> Result<u64> {
        let before = self.vault.amount;
        let accounts = DepositSol {
            pool: self.pool.to_account_info(),
            mint: self.lst_mint.to_account_info(),
            mint_authority: self.mint_authority.to_account_info(),
            reserve: self.reserve.to_account_info(),
            depositor: self.till.to_account_info(),
            recipient: self.vault.to_account_info(),
            token_program: self.token_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
        };
        let strategy = self.strategy.key();
        let signers: &[&[&[u8]]] = &[&[TILL_SEED, strategy.as_ref(), &[self.strategy.till_bump]]];
        let deposit = CpiContext::new_with_signer(self.sluice.key(), accounts, signers);
        cpi::deposit_sol(deposit, lamports, 0)?;
        self.vault.reload()?;
        self.vault.amount.checked_sub(before).checked()
    }
}
