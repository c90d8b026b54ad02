use anchor_lang::prelude::*;

use super::Govern;
use crate::{
    ensure,
    error::{SluiceError, ensure_is},
    events::{PoolPaused, PoolUnpaused},
    state::Pool,
};

impl Govern<'_> {
    /// Pauses deposits and delegation from now on, for as long as the guardian may.
    pub fn pause(&mut self) -> Result<()> {
        let mut pool = Pool::current_mut(&self.pool)?;
        ensure_is(&self.authority, &pool.guardian, SluiceError::NotGuardian)?;
        pool.pause(Clock::get()?.epoch)?;
        emit!(PoolPaused {
            pool: self.pool.key(),
            until_epoch: pool.paused_until_epoch,
        });
        Ok(())
    }

    /// Ends the pause that would last until this epoch.
    pub fn unpause(&mut self, until_epoch: u64) -> Result<()> {
        let mut pool = Pool::current_mut(&self.pool)?;
        ensure!(
            [&pool.guardian, &pool.admin].contains(&self.authority.key),
            SluiceError::NotGuardian
        );
        let epoch = Clock::get()?.epoch;
        pool.unpause(until_epoch, epoch)?;
        emit!(PoolUnpaused {
            pool: self.pool.key(),
            epoch,
        });
        Ok(())
    }
}
