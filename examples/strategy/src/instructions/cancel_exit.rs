use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};
use sluice::{
    cpi::{self, accounts::CancelTicket},
    program::Sluice,
};

use super::shares;
use crate::{
    Exit, Strategy, StrategyError,
    events::HoldingsChanged,
    state::{EXIT_SEED, rate_of},
};

/// Accounts of `cancel_exit`.
#[derive(Accounts)]
pub struct CancelExit<'info> {
    /// The strategy.
    #[account(
        mut,
        has_one = pool @ StrategyError::WrongPool,
        has_one = vault @ StrategyError::WrongVault,
        has_one = share_mint @ StrategyError::WrongMint
    )]
    pub strategy: Account<'info, Strategy>,
    /// The strategy's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The exit, whose rent goes back.
    #[account(
        mut,
        has_one = strategy @ StrategyError::WrongStrategy,
        has_one = ticket @ StrategyError::WrongTicket,
        has_one = owner @ StrategyError::WrongRecipient,
        has_one = payer @ StrategyError::WrongRecipient,
        close = payer
    )]
    pub exit: Account<'info, Exit>,
    /// Whose exit it is. The till signs nothing, so a refill is never cancelled.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// Who gets the shares.
    #[account(mut, token::mint = share_mint)]
    pub user_shares: Account<'info, TokenAccount>,
    /// Who paid the rents and gets them back.
    /// CHECK: compared with the exit
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
    /// The mint of the shares.
    #[account(mut)]
    pub share_mint: Account<'info, Mint>,
    /// The ticket.
    /// CHECK: compared with the exit
    #[account(mut)]
    pub ticket: UncheckedAccount<'info>,
    /// The pool.
    /// CHECK: compared with the strategy
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The ticket's batch.
    /// CHECK: Sluice compares it with the ticket
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The pool's escrow of queued LST.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The pool's mint authority.
    /// CHECK: Sluice compares it with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// Sluice.
    pub sluice: Program<'info, Sluice>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl CancelExit<'_> {
    /// Gives the LST back to the vault, and shares for them as if they came in now, but no more than were
    /// burned.
    pub fn process(&mut self) -> Result<()> {
        let rate = rate_of(&self.pool)?;
        let (lst, burned) = (self.exit.lst, self.exit.shares);
        let shares = self.strategy.holdings.come_back(lst, burned, &rate)?;

        self.cancel_ticket()?;
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

    /// Takes the ticket's LST back. The exit owns it, and signs with its seeds.
    fn cancel_ticket(&self) -> Result<()> {
        let accounts = CancelTicket {
            pool: self.pool.to_account_info(),
            batch: self.batch.to_account_info(),
            ticket: self.ticket.to_account_info(),
            owner: self.exit.to_account_info(),
            payer: self.payer.to_account_info(),
            recipient: self.vault.to_account_info(),
            escrow: self.escrow.to_account_info(),
            mint_authority: self.mint_authority.to_account_info(),
            token_program: self.token_program.to_account_info(),
        };
        let (strategy, number) = (self.strategy.key(), self.exit.number.to_le_bytes());
        let seeds: &[&[u8]] = &[EXIT_SEED, strategy.as_ref(), &number, &[self.exit.bump]];
        let signers = [seeds];
        let cancel = CpiContext::new_with_signer(self.sluice.key(), accounts, &signers);
        cpi::cancel_ticket(cancel)
    }
}
