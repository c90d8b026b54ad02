use anchor_lang::prelude::*;

use super::Govern;
use crate::{
    error::ensure_named,
    events::{ChangeCancelled, ChangeScheduled},
    state::{Parameter, PendingChange},
};

impl Govern<'_> {
    /// Announces another value of a parameter; a later epoch's finalize applies it.
    pub fn schedule_change(
        &mut self,
        parameter: Parameter,
        value: u64,
        replaces: u64,
    ) -> Result<()> {
        let mut pool = self.administered()?;
        ensure_named(&replaces, &pool.planned_value(parameter))?;
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
    pub fn cancel_change(
        &mut self,
        parameter: Parameter,
        value: u64,
        from_epoch: u64,
    ) -> Result<()> {
        let change = PendingChange { value, from_epoch };
        self.administered()?.cancel_change(parameter, change)?;
        emit!(ChangeCancelled {
            pool: self.pool.key(),
            parameter,
            value,
        });
        Ok(())
    }
}
