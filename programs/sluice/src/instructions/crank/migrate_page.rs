use anchor_lang::prelude::*;

use crate::{
    events::PageMigrated,
    state::{VERSION, ValidatorPage, needs_migration},
};

/// Accounts of `migrate_page`.
#[derive(Accounts)]
pub struct MigratePage<'info> {
    /// The page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
}

impl MigratePage<'_> {
    /// Gives a page the current layout. Does nothing where it has it.
    pub fn process(&mut self) -> Result<()> {
        let mut page = self.page.load_mut()?;
        let from_version = page.version;
        if !needs_migration(from_version)? {
            return Ok(());
        }
        // Version 1 keeps the slots of version 0 as they are: there is nothing to move.
        page.version = VERSION;
        emit!(PageMigrated {
            pool: page.pool,
            page: page.index,
            from_version,
        });
        Ok(())
    }
}
