use crate::{
    ensure,
    error::{SluiceError, ensure_is, refuse},
    events::WeightSet,
    state::{Pool, Slot, ValidatorPage, short_epoch},
};
use anchor_lang::prelude::*;
use std::cell::RefMut;

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
}

impl CurateValidator<'_> {
    /// The page, if it is the pool's and the signer its curator.
    pub(super) fn curated_page(&self) -> Result<RefMut<'_, ValidatorPage>> {
        let pool = self.pool.load()?;
        ensure_is(&self.curator, &pool.curator, SluiceError::NotCurator)?;
        let page = self.page.load_mut()?;
        ensure_is(self.pool.as_ref(), &page.pool, SluiceError::ForeignAccount)?;
        Ok(page)
    }

    /// Gives a validator another weight, from the next epoch on.
    pub fn set_weight(&mut self, slot_index: u8, weight: u16) -> Result<()> {
        let mut page = self.curated_page()?;
        let slot = page.slot_mut(slot_index)?;
        ensure!(!slot.will_leave(), SluiceError::SlotLeaving);
        let from_epoch = next_epoch()?;
        slot.next_weight = weight;
        slot.due_epoch = short_epoch(from_epoch)?;
        emit!(WeightSet {
            pool: self.pool.key(),
            vote: slot.vote,
            weight,
            from_epoch,
        });
        Ok(())
    }
}

impl Slot {
    /// Whether the slot drains, now or from its due epoch on.
    pub fn will_leave(&self) -> bool {
        self.is_leaving() || self.flags & crate::state::FLAG_RETIRE != 0
    }
}

/// Changes of the curator act from the next epoch on.
pub(super) fn next_epoch() -> Result<u64> {
    Clock::get()?
        .epoch
        .checked_add(1)
        .ok_or_else(|| refuse(SluiceError::MathOverflow))
}
