use anchor_lang::prelude::*;
use sluice_math::Rewarded;

use crate::{
    calls::account,
    ensure,
    error::{SluiceError, ensure_own, refuse},
    events::ValidatorEjected,
    foreign::{StakeView, VoteView},
    moment::Moment,
    state::{Breach, Evidence, Marker, Pool, Slot, SlotState, ValidatorPage},
};

/// Accounts of `eject_validator`.
#[derive(Accounts)]
pub struct EjectValidator<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The validator's marker, which remembers how long it has to wait.
    #[account(mut)]
    pub marker: AccountLoader<'info, Marker>,
    /// The validator's vote account.
    /// CHECK: compared with the slot, judged by `VoteView`
    pub vote: UncheckedAccount<'info>,
    /// The slot's main stake account.
    /// CHECK: compared with the slot
    pub main: UncheckedAccount<'info>,
    /// The page of another validator of the pool, by whose rewards this one is judged where the
    /// cluster counts no points; may be left out where it is the same page.
    /// CHECK: loaded as a page of this pool
    pub reference_page: Option<UncheckedAccount<'info>>,
}

impl EjectValidator<'_> {
    fn validate(&self, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        let marker = self.marker.load()?;
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (self.pool.as_ref(), &marker.pool),
            (&self.vote, &marker.vote),
            (&self.vote, &slot.vote),
            (&self.main, &slot.main),
        ])
    }

    /// Lets a validator that breaks the pool's rules drain, within the epoch's budget, whether the
    /// pool is priced or not: no stake moves. One that retires gives all of its stake at once then.
    /// Where it drains already for a breach, its way back starts anew.
    pub fn process(&mut self, slot_index: u8, reference_slot: Option<u8>) -> Result<()> {
        let moment = Moment::now()?;
        let epoch = moment.clock.epoch;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(slot_index)?;
        self.validate(&page, &slot)?;
        let reference = self.reference(&page, reference_slot, epoch)?;
        let breach = self.breach(&pool, &slot, reference, &moment)?;
        let breach = breach.ok_or_else(|| refuse(SluiceError::NoBreach))?;

        let drains = slot.state()? == SlotState::Ejected;
        if !drains {
            pool.book_ejection(&slot, breach, epoch)?;
        }
        let mut marker = self.marker.load_mut()?;
        let from_epoch = marker.book_ejection(breach.takes_too_much(), drains, epoch)?;
        page.eject(slot_index, from_epoch)?;
        emit!(ValidatorEjected {
            pool: self.pool.key(),
            vote: slot.vote,
            breach,
            weight: slot.weight,
            rewarded_lamports: slot.rewarded_lamports,
            paid_lamports: slot.paid_lamports,
            reinstatable_epoch: u64::from(from_epoch),
        });
        Ok(())
    }

    fn breach(
        &self,
        pool: &Pool,
        slot: &Slot,
        reference: Option<Rewarded>,
        moment: &Moment,
    ) -> Result<Option<Breach>> {
        let main = self.main.try_borrow_data()?;
        let main = StakeView::read(self.main.owner, &main, &pool.stake_authority);
        let evidence = Evidence {
            slot,
            main: &main,
            reference,
        };
        let vote = self.vote.try_borrow_data()?;
        pool.breach(VoteView::read(self.vote.owner, &vote), &evidence, moment)
    }

    /// What the last boundary paid for another slot of the pool, where one is named.
    fn reference(
        &self,
        page: &ValidatorPage,
        index: Option<u8>,
        epoch: u64,
    ) -> Result<Option<Rewarded>> {
        let slot = match (index, &self.reference_page) {
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(refuse(SluiceError::WrongReference)),
            (Some(index), None) => *page.slot(index)?,
            (Some(index), Some(other)) => {
                let other = account::load::<ValidatorPage>(other)?;
                ensure!(other.pool == page.pool, SluiceError::WrongReference);
                *other.slot(index)?
            }
        };
        ensure!(slot.is_observed(epoch), SluiceError::WrongReference);
        Ok(slot.judged(epoch))
    }
}
