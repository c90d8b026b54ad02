use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, TokenAccount};

use super::{queue::*, shares};
use crate::{StrategyError, events::HoldingsChanged, state::rate_of};

/// Accounts of `request_exit`. Other batches of the pool may follow, writable.
#[derive(Accounts)]
pub struct RequestExit<'info> {
    /// The accounts of a request to the queue. Its payer is who leaves.
    pub request: Queue<'info>,
    /// The mint of the shares.
    #[account(mut, address = request.strategy.share_mint @ StrategyError::WrongMint)]
    pub share_mint: Account<'info, Mint>,
    /// The shares of who leaves.
    #[account(mut, token::mint = share_mint, token::authority = request.payer)]
    pub user_shares: Account<'info, TokenAccount>,
}

impl<'info> RequestExit<'info> {
    /// Burns shares and queues what they are in LST. That needs no exit price: the queue will pay the one
    /// of its settlement.
    pub fn process(
        &mut self,
        bump: u8,
        shares: u64,
        other_batches: &[AccountInfo<'info>],
    ) -> Result<()> {
        let rate = rate_of(&self.request.pool)?;
        let lst = self.request.strategy.holdings.leave(shares, &rate)?;

        shares::burn(
            &self.share_mint,
            &self.user_shares,
            &self.request.payer,
            &self.request.token_program,
            shares,
        )?;
        let owner = self.request.payer.key();
        self.request
            .request(bump, owner, lst, shares, other_batches)?;
        emit!(HoldingsChanged {
            strategy: self.request.strategy.key(),
            holdings: self.request.strategy.holdings,
        });
        Ok(())
    }
}
