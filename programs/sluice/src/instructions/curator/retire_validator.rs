use anchor_lang::prelude::*;

use super::set_weight::{CurateValidator, next_epoch};
use crate::{
    ensure,
    error::SluiceError,
    events::ValidatorRetired,
    state::{FLAG_RETIRE, short_epoch},
};

impl CurateValidator<'_> {
    /// Lets a validator drain from the next epoch on, until its slot can be closed.
    pub fn retire(&mut self, slot_index: u8, serial: u64) -> Result<()> {
        let mut slot = self.curated_slot(slot_index, serial)?;
        ensure!(!slot.will_leave(), SluiceError::SlotLeaving);
        let from_epoch = next_epoch()?;
        slot.next_weight = 0;
        slot.flags |= FLAG_RETIRE;
        slot.due_epoch = short_epoch(from_epoch)?;
        emit!(ValidatorRetired {
            pool: self.pool.key(),
            vote: slot.vote,
            from_epoch,
            weight_before: slot.weight,
        });
        Ok(())
    }
}
