use anchor_lang::prelude::*;

use super::Govern;
use crate::events::LossAcknowledged;

impl Govern<'_> {
    /// Ends the breaker: what opens again, opens at the price of the moment.
    pub fn acknowledge_loss(
        &mut self,
        breaker_epoch: u64,
        maximum_unrestored_lamports: u64,
    ) -> Result<()> {
        let unrestored_lamports = self
            .administered()?
            .acknowledge_loss(breaker_epoch, maximum_unrestored_lamports)?;
        emit!(LossAcknowledged {
            pool: self.pool.key(),
            unrestored_lamports,
        });
        Ok(())
    }
}
