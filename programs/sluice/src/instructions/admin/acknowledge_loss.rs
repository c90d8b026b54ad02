use anchor_lang::prelude::*;

use super::Govern;
use crate::events::LossAcknowledged;

impl Govern<'_> {
    /// Ends the breaker: what opens again, opens at the price of the moment.
    pub fn acknowledge_loss(&mut self) -> Result<()> {
        let unrestored_lamports = self.administered()?.acknowledge_loss()?;
        emit!(LossAcknowledged {
            pool: self.pool.key(),
            unrestored_lamports,
        });
        Ok(())
    }
}
