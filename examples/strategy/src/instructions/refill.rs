use anchor_lang::prelude::*;

use super::queue::*;
use crate::{error::Checked, events::HoldingsChanged, state::rate_of};

/// Accounts of `refill`. Other batches of the pool may follow, writable.
#[derive(Accounts)]
pub struct Refill<'info> {
    /// The accounts of a request to the queue.
    pub request: Queue<'info>,
}

impl<'info> Refill<'info> {
    /// Queues what the till lacks. The exit is the till's.
    pub fn process(&mut self, bump: u8, other_batches: &[AccountInfo<'info>]) -> Result<()> {
        let rate = rate_of(&self.request.pool)?;
        let holdings = &mut self.request.strategy.holdings;
        let lst = holdings.missing_lst(&rate)?;
        holdings.queued_lst = holdings.queued_lst.checked_add(lst).checked()?;

        let owner = self.request.strategy.till;
        self.request.request(bump, owner, lst, 0, other_batches)?;
        emit!(HoldingsChanged {
            strategy: self.request.strategy.key(),
            holdings: self.request.strategy.holdings,
        });
        Ok(())
    }
}
