use anchor_lang::prelude::*;

use super::MoveStake;
use crate::{
    calls::signer::PoolSigner,
    ensure,
    error::{Checked, SluiceError},
    events::StakeDelegated,
    moment::Moment,
    state::Pool,
};

impl MoveStake<'_> {
    /// Delegates to a validator below its target what the reserve can spare.
    /// Does nothing where nothing is due.
    pub fn delegate(&mut self, index: u8) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        self.validate(&pool, &page, index)?;
        pool.require_fresh(clock)?;
        ensure!(!pool.is_paused(clock.epoch), SluiceError::Paused);
        pool.require_window(&moment)?;
        pool.roll_queue(clock.slot)?;

        let slot = self.slot_now(&page, index, &moment)?;
        // Asked first: the minimum delegation among the flows is a call.
        if !self.takes_stake(page.slot(index)?, clock.epoch)? || !slot.can_delegate().checked()? {
            return Ok(());
        }
        let flows = pool.flows(&moment)?;
        let stake = page.slot(index)?.stake(clock.epoch)?;
        let Some(arrival) = slot.arrival(&flows, &stake).checked()? else {
            return Ok(());
        };
        self.fund(&pool, arrival.funding)?;
        let signer = PoolSigner::stake_authority(self.pool.key(), &pool);
        self.stake_signer(&signer)
            .delegate(&self.transient, &self.vote)?;
        pool.book_arrival(&mut page, index, &arrival, clock.epoch)?;
        pool.check_invariants(&self.reserve)?;
        emit!(StakeDelegated {
            pool: self.pool.key(),
            vote: self.vote.key(),
            lamports: arrival.lamports.get(),
            books: (&*pool).into(),
        });
        Ok(())
    }
}
