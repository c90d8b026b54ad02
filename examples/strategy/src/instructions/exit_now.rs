use anchor_lang::{
    prelude::*,
    system_program::{self, Transfer},
};
use anchor_spl::token::{Mint, Token, TokenAccount};

use super::shares;
use crate::{
    Strategy, StrategyError,
    events::HoldingsChanged,
    state::{TILL_SEED, rate_of, unpriced},
};

/// Accounts of `exit_now`.
#[derive(Accounts)]
pub struct ExitNow<'info> {
    /// The strategy.
    #[account(
        mut,
        has_one = pool @ StrategyError::WrongPool,
        has_one = till @ StrategyError::WrongTill,
        has_one = share_mint @ StrategyError::WrongMint
    )]
    pub strategy: Account<'info, Strategy>,
    /// The pool.
    /// CHECK: compared with the strategy
    pub pool: UncheckedAccount<'info>,
    /// The strategy's SOL.
    #[account(mut)]
    pub till: SystemAccount<'info>,
    /// The mint of the shares.
    #[account(mut)]
    pub share_mint: Account<'info, Mint>,
    /// Whose shares are burned, and who is paid.
    #[account(mut)]
    pub user: Signer<'info>,
    /// The user's shares.
    #[account(mut, token::mint = share_mint, token::authority = user)]
    pub user_shares: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl ExitNow<'_> {
    /// Pays at the exit price, as the queue would, and never while a loss may be missing in it.
    pub fn process(&mut self, shares: u64, minimum_lamports: u64) -> Result<()> {
        let clock = Clock::get()?;
        let rate = rate_of(&self.pool)?;
        require!(!rate.is_stale(clock.epoch), StrategyError::PriceStale);
        require!(!rate.is_tripped(), StrategyError::BreakerTripped);
        let holdings = &mut self.strategy.holdings;
        let lst = holdings.leave(shares, &rate)?;
        let lamports = rate
            .collateral_lamports(lst, clock.slot)
            .map_err(unpriced)?;
        require!(lamports >= minimum_lamports, StrategyError::BelowMinimum);
        holdings.take_lamports(lamports)?;

        shares::burn(
            &self.share_mint,
            &self.user_shares,
            &self.user,
            &self.token_program,
            shares,
        )?;
        self.pay(lamports)?;
        emit!(HoldingsChanged {
            strategy: self.strategy.key(),
            holdings: self.strategy.holdings,
        });
        Ok(())
    }

    fn pay(&self, lamports: u64) -> Result<()> {
        let accounts = Transfer {
            from: self.till.to_account_info(),
            to: self.user.to_account_info(),
        };
        let strategy = self.strategy.key();
        let signers: &[&[&[u8]]] = &[&[TILL_SEED, strategy.as_ref(), &[self.strategy.till_bump]]];
        let pay = CpiContext::new_with_signer(self.system_program.key(), accounts, signers);
        system_program::transfer(pay, lamports)
    }
}
