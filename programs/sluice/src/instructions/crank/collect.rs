use anchor_lang::prelude::*;
use sluice_math::{Collection, Lamports};

use super::MoveStake;
use crate::{
    calls::signer::PoolSigner, error::Checked, events::StakeCollected, moment::Moment, state::Pool,
};

impl MoveStake<'_> {
    /// Moves activated stake into main, and everything that is no longer staked into the reserve.
    /// Does nothing where nothing is due.
    pub fn collect(&mut self, index: u8) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        self.validate(&pool, &page, index)?;
        pool.require_fresh(clock)?;

        let slot = self.slot_now(&page, index, &moment)?;
        // The minimum delegation is a call: it only decides what becomes of activated stake.
        let minimum = if slot.has_activated() {
            moment.minimum_delegation()?
        } else {
            Lamports::ZERO
        };
        let spendable = pool.spendable(moment.reserve_rent()?);
        let collection = slot.collection(spendable, minimum).checked()?;
        self.gather(&pool, &collection)?;
        pool.book_collection(&mut page, index, &collection, clock.epoch)?;
        if !collection.moves() {
            return Ok(());
        }
        pool.check_invariants(&self.reserve)?;
        emit!(StakeCollected {
            pool: self.pool.key(),
            vote: self.vote.key(),
            activated_lamports: collection.activated().get(),
            returned_lamports: collection.returned().checked()?.get(),
            books: (&*pool).into(),
        });
        Ok(())
    }

    fn gather(&self, pool: &Pool, collection: &Collection) -> Result<()> {
        let signer = PoolSigner::stake_authority(self.pool.key(), pool);
        let stake = self.stake_signer(&signer);
        if let Some(merge) = &collection.merge {
            self.fund(pool, merge.missing_rent)?;
            stake.move_stake(&self.transient, &self.main, merge.lamports)?;
        }
        self.withdraw(&stake, &self.transient, collection.from_transient)?;
        self.withdraw(&stake, &self.main, collection.from_main)
    }
}
