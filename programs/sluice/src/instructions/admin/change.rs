use anchor_lang::prelude::*;

use super::Govern;
use crate::{
    events::{ChangeCancelled, ChangeScheduled},
    state::Parameter,
};

impl Govern<'_> {
    /// Announces another value of a parameter; a later epoch's finalize applies it.
    pub fn schedule_change(&mut self, parameter: Parameter, value: u64) -> Result<()> {
        let mut pool = self.administered()?;
        let before = pool.parameters().get(parameter);
        let from_epoch = pool.schedule_change(parameter, value, Clock::get()?.epoch)?;
        emit!(ChangeScheduled {
            pool: self.pool.key(),
            parameter,
            before,
            value,
            from_epoch,
        });
        Ok(())
    }

    /// Takes an announced change back.
    pub fn cancel_change(&mut self, parameter: Parameter) -> Result<()> {
        let value = self.administered()?.cancel_change(parameter)?;
        emit!(ChangeCancelled {
            pool: self.pool.key(),
            parameter,
            value,
        });
        Ok(())
    }
}
