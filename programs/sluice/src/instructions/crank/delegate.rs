use super::MoveStake;
use crate::{
    cpi::signer::PoolSigner,
    ensure,
    error::{Checked, SluiceError},
    events::StakeDelegated,
    foreign::{StakeStatus, VoteView},
    moment::Moment,
    state::{
        Pool, SlotState,
        StakeAccountKind::{Main, Transient},
        TransientUse, ValidatorPage,
    },
};
use anchor_lang::prelude::*;

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
        if !self.can_delegate(&page, index, &moment)? {
            return Ok(());
        }
        let flows = pool.flows(&moment)?;
        let stake = page.slot(index)?.stake(clock.epoch)?;
        let Some(lamports) = flows.delegation(&stake).checked()? else {
            return Ok(());
        };
        let missing_rent = self.rent_shortfall(Transient, &moment)?;
        let funding = lamports.add(missing_rent).checked()?;
        if funding > flows.spendable {
            return Ok(());
        }

        self.fund(&mut pool, &mut page, index, Transient, funding)?;
        let signer = PoolSigner::stake_authority(self.pool.key(), &pool);
        self.stake_signer(&signer)
            .delegate(&self.transient, &self.vote)?;

        page.slot_mut(index)?
            .set_transient_use(TransientUse::Activating, clock.epoch)?;
        self.book_returning(&mut pool, &mut page, index, &moment)?;
        pool.check_invariants(&self.reserve)?;
        emit!(StakeDelegated {
            pool: self.pool.key(),
            vote: self.vote.key(),
            lamports: lamports.get(),
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// The validator takes stake, and its transient is idle or began to activate in this epoch.
    fn can_delegate(&self, page: &ValidatorPage, index: u8, moment: &Moment) -> Result<bool> {
        let takes_stake = page.slot(index)?.state()? == SlotState::Active
            && !VoteView::is_gone(self.vote.owner, &self.vote.try_borrow_data()?);
        let transient = self.view(Transient)?;
        let ready = match transient.status(moment) {
            // What is left above rent waits for `collect`.
            StakeStatus::Inactive => self.free(page, index, Transient, moment)?.is_zero(),
            StakeStatus::Activating => true,
            StakeStatus::Active | StakeStatus::Between => false,
        };
        Ok(takes_stake && transient.is_ours() && self.view(Main)?.is_ours() && ready)
    }
}
