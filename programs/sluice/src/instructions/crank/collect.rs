use super::MoveStake;
use crate::{
    cpi::signer::PoolSigner,
    error::Checked,
    events::StakeCollected,
    foreign::{StakeStatus, StakeView},
    moment::Moment,
    state::{
        Pool,
        StakeAccountKind::{Main, Transient},
        TransientUse, ValidatorPage,
    },
};
use anchor_lang::prelude::*;
use sluice_math::Lamports;

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

        let activated = self.merge_activated(&mut pool, &mut page, index, &moment)?;
        let mut returned = Lamports::ZERO;
        for kind in [Transient, Main] {
            let free = self.free(&page, index, kind, &moment)?;
            self.withdraw(&mut pool, &mut page, index, kind, free)?;
            returned = returned.add(free).checked()?;
        }
        // One that was reset, or is gone, still has to be observed.
        let transient = self.view(Transient)?;
        if transient.is_ours() && transient.status(&moment) == StakeStatus::Inactive {
            page.slot_mut(index)?
                .set_transient_use(TransientUse::Idle, clock.epoch)?;
        }
        if activated.is_zero() && returned.is_zero() {
            return Ok(());
        }
        self.book_returning(&mut pool, &mut page, index, &moment)?;
        pool.check_invariants(&self.reserve)?;
        emit!(StakeCollected {
            pool: self.pool.key(),
            vote: self.vote.key(),
            activated_lamports: activated.get(),
            returned_lamports: returned.get(),
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// Moves a fully active transient into main, which must be active too, or empty.
    fn merge_activated(
        &self,
        pool: &mut Pool,
        page: &mut ValidatorPage,
        index: u8,
        moment: &Moment,
    ) -> Result<Lamports> {
        let StakeView::Delegated(delegation) = self.view(Transient)? else {
            return Ok(Lamports::ZERO);
        };
        let active = self.view(Transient)?.status(moment) == StakeStatus::Active;
        if !active
            || !self.main_takes(delegation.lamports, moment)?
            || !self.can_merge(pool.spendable(moment.reserve_rent()?), moment)?
        {
            return Ok(Lamports::ZERO);
        }
        let missing_rent = self.rent_shortfall(Transient, moment)?;
        self.fund(pool, page, index, Transient, missing_rent)?;
        let signer = PoolSigner::stake_authority(self.pool.key(), pool);
        self.stake_signer(&signer)
            .move_stake(&self.transient, &self.main, delegation.lamports)?;
        let booked = page.slot(index)?.booked(Transient);
        let moved = delegation.lamports.min(booked);
        page.book_between(index, Transient, Main, moved)?;
        Ok(delegation.lamports)
    }
}
