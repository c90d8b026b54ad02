use std::cell::RefMut;

use anchor_lang::prelude::*;

use crate::{
    ensure,
    error::{SluiceError, ensure_is, ensure_named, ensure_own, refuse},
    events::{ValidatorReinstated, WeightSet},
    foreign::VoteView,
    state::{PROBATION_EPOCHS, Pool, Slot, SlotState, UNJUDGED_EPOCHS, ValidatorPage, short_epoch},
    sums::Tally,
};

/// Accounts of `set_weight` and `retire_validator`.
#[derive(Accounts)]
pub struct CurateValidator<'info> {
    /// The pool.
    pub pool: AccountLoader<'info, Pool>,
    /// The curator.
    pub curator: Signer<'info>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The validator's vote account.
    /// CHECK: compared with the slot
    pub vote: UncheckedAccount<'info>,
}

impl CurateValidator<'_> {
    fn validate(&self, pool: &Pool, page: &ValidatorPage, index: u8) -> Result<()> {
        ensure_is(&self.curator, &pool.curator, SluiceError::NotCurator)?;
        let vote = &page.slot(index)?.vote;
        ensure_own(&[(self.pool.as_ref(), &page.pool), (&self.vote, vote)])
    }

    /// The slot to change, if the signer is the pool's curator. The serial is that of the stay in
    /// the pool that is meant: who left and was added again has another one.
    pub(super) fn curated_slot(&self, index: u8, serial: u64) -> Result<RefMut<'_, Slot>> {
        let pool = Pool::current(&self.pool)?;
        let page = self.page.load_mut()?;
        self.validate(&pool, &page, index)?;
        let slot = RefMut::filter_map(page, |page| page.slot_mut(index).ok())
            .map_err(|_| refuse(SluiceError::SlotEmpty))?;
        ensure_named(&serial, &u64::from(slot.serial))?;
        Ok(slot)
    }

    /// Gives a validator another weight, from the next epoch on. Takes an ejected one back.
    pub fn set_weight(
        &mut self,
        slot_index: u8,
        weight: u16,
        serial: u64,
        replaces: u16,
    ) -> Result<()> {
        let mut slot = self.curated_slot(slot_index, serial)?;
        ensure_named(&replaces, &slot.next_weight)?;
        let from_epoch = next_epoch()?;
        if slot.state()? == SlotState::Ejected {
            self.require_reinstatable(&slot, from_epoch)?;
            slot.state = SlotState::Active.code();
            slot.unjudged_epochs = UNJUDGED_EPOCHS;
            emit!(ValidatorReinstated {
                pool: self.pool.key(),
                vote: slot.vote,
            });
        }
        ensure!(!slot.will_leave(), SluiceError::SlotLeaving);
        slot.next_weight = weight;
        slot.due_epoch = short_epoch(from_epoch)?;
        emit!(WeightSet {
            pool: self.pool.key(),
            vote: slot.vote,
            weight,
            from_epoch,
            weight_before: slot.weight,
        });
        Ok(())
    }
}

impl CurateValidator<'_> {
    /// Two whole epochs must have passed since the last breach; in both the validator earned
    /// credits, and it keeps the rules now.
    fn require_reinstatable(&self, slot: &Slot, next_epoch: u64) -> Result<()> {
        let pool = Pool::current(&self.pool)?;
        let data = self.vote.try_borrow_data()?;
        let vote = VoteView::read(self.vote.owner, &data).known()?;
        vote.terms.require_acceptable(&pool.config)?;
        let mut kept = u64::from(slot.due_epoch) < next_epoch;
        for ago in 1..=PROBATION_EPOCHS {
            let epoch = next_epoch.saturating_sub(ago).saturating_sub(1);
            kept = kept && vote.credits(epoch) > 0;
        }
        ensure!(kept, SluiceError::NotReinstatable);
        Ok(())
    }
}

/// Changes of the curator act from the next epoch on.
pub(super) fn next_epoch() -> Result<u64> {
    let mut epoch = Clock::get()?.epoch;
    epoch.increase(1)?;
    Ok(epoch)
}
