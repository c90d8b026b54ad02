use crate::{
    ensure,
    error::{Checked, SluiceError, ensure_is},
    events::PageMigrated,
    state::{Pool, StakeAccountKind, VERSION, ValidatorPage, needs_migration},
};
use anchor_lang::prelude::*;
use sluice_math::Lamports;

/// Accounts of `migrate_page`.
#[derive(Accounts)]
pub struct MigratePage<'info> {
    /// The pool.
    pub pool: AccountLoader<'info, Pool>,
    /// The page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
}

impl MigratePage<'_> {
    /// Gives a page the current layout, once its books have been checked. Does nothing where it
    /// has the layout.
    pub fn process(&mut self) -> Result<()> {
        let mut page = self.page.load_mut()?;
        ensure_is(self.pool.as_ref(), &page.pool, SluiceError::ForeignAccount)?;
        let from_version = page.version;
        if !needs_migration(from_version)? {
            return Ok(());
        }
        // Version 1 keeps the slots of version 0 as they are: there is nothing to move.
        page.require_sums()?;
        page.version = VERSION;
        emit!(PageMigrated {
            pool: self.pool.key(),
            page: page.index,
            from_version,
        });
        Ok(())
    }
}

impl ValidatorPage {
    /// Fails unless the page's totals are those of its slots.
    fn require_sums(&self) -> Result<()> {
        let (mut staked, mut deactivating) = (Lamports::ZERO, Lamports::ZERO);
        let (mut occupied, mut weight) = (0, 0);
        for slot in self.slots.iter().filter(|slot| !slot.is_empty()) {
            for kind in [StakeAccountKind::Main, StakeAccountKind::Transient] {
                staked = staked.add(slot.booked(kind)).checked()?;
            }
            let returning = Lamports::new(slot.deactivating_lamports);
            deactivating = deactivating.add(returning).checked()?;
            occupied += 1;
            weight += u64::from(slot.weight);
        }
        let sums = (staked.get(), deactivating.get(), occupied, weight);
        let booked = (
            self.staked_lamports,
            self.deactivating_lamports,
            self.occupied,
            self.total_weight,
        );
        ensure!(sums == booked, SluiceError::InvariantViolated);
        Ok(())
    }
}
