use anchor_lang::prelude::*;

use crate::{
    ensure,
    error::{SluiceError, ensure_own, refuse},
    events::ValidatorEjected,
    foreign::{StakeView, VoteAccount, VoteView},
    state::{Breach, Marker, Pool, Slot, SlotState, ValidatorPage},
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
    /// The validator's vote account.
    /// CHECK: compared with the slot, judged by `VoteView`
    pub vote: UncheckedAccount<'info>,
    /// The slot's main stake account.
    /// CHECK: compared with the slot
    pub main: UncheckedAccount<'info>,
    /// Marker of another validator of the pool, which did earn credits. Only needed to eject for
    /// having earned none.
    pub reference_marker: Option<AccountLoader<'info, Marker>>,
    /// That validator's vote account.
    /// CHECK: judged by `earned_nothing`
    pub reference_vote: Option<UncheckedAccount<'info>>,
}

impl EjectValidator<'_> {
    fn validate(&self, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.vote, &slot.vote),
            (&self.main, &slot.main),
        ])
    }

    /// Lets a validator that breaks the pool's rules drain, within the epoch's budget. Where it
    /// drains already for a breach, its way back starts anew.
    pub fn process(&mut self, slot_index: u8) -> Result<()> {
        let clock = Clock::get()?;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(slot_index)?;
        self.validate(&page, &slot)?;
        pool.require_fresh(&clock)?;
        let state = slot.state()?;
        ensure!(state != SlotState::Retiring, SluiceError::SlotLeaving);
        let breach = self
            .breach(&pool, &slot, clock.epoch)?
            .ok_or_else(|| refuse(SluiceError::NoBreach))?;

        if state == SlotState::Active {
            pool.book_ejection(slot.weight, breach, clock.epoch)?;
        }
        page.eject(slot_index, clock.epoch)?;
        emit!(ValidatorEjected {
            pool: self.pool.key(),
            vote: slot.vote,
            breach,
            weight: slot.weight,
            reinstatable_epoch: u64::from(page.slot(slot_index)?.due_epoch),
        });
        Ok(())
    }

    fn breach(&self, pool: &Pool, slot: &Slot, epoch: u64) -> Result<Option<Breach>> {
        let data = self.vote.try_borrow_data()?;
        let view = VoteView::read(self.vote.owner, &data);
        if view == VoteView::Gone {
            return Ok(Some(Breach::VoteAccountGone));
        }
        let vote = view.known()?;
        let terms = &vote.terms;
        Ok(if terms.exceeds_commission(&pool.config) {
            Some(Breach::Commission)
        } else if terms.exceeds_block_commission(&pool.config) {
            Some(Breach::BlockCommission)
        } else if vote.is_delinquent(epoch) {
            Some(Breach::Delinquent)
        } else if self.earned_nothing(pool, slot, &vote, epoch)? {
            Some(Breach::NoCredits)
        } else {
            None
        })
    }

    /// Whether the validator earned no credits in the last whole epoch, through all of which the
    /// pool's stake was active with it, while another validator of the pool did. Without that
    /// other one, a halt of the cluster would let anybody eject everybody.
    fn earned_nothing(
        &self,
        pool: &Pool,
        slot: &Slot,
        vote: &VoteAccount<'_>,
        epoch: u64,
    ) -> Result<bool> {
        let (Some(marker), Some(reference)) = (&self.reference_marker, &self.reference_vote) else {
            return Ok(false);
        };
        let marker = marker.load()?;
        ensure!(
            marker.pool == self.pool.key()
                && marker.vote == reference.key()
                && marker.vote != slot.vote,
            SluiceError::WrongReference
        );
        let Some(last_epoch) = epoch.checked_sub(1) else {
            return Ok(false);
        };
        let data = self.main.try_borrow_data()?;
        let main = StakeView::read(self.main.owner, &data, &pool.stake_authority);
        if main.earning(last_epoch).is_zero() || vote.credits(last_epoch) > 0 {
            return Ok(false);
        }
        let data = reference.try_borrow_data()?;
        let reference = VoteView::read(reference.owner, &data).known()?;
        Ok(reference.credits(last_epoch) > 0)
    }
}
