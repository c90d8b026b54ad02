use std::cell::RefMut;

use anchor_lang::{Discriminator, error::ErrorCode, prelude::*};
use sluice_math::Lamports;

use crate::{
    calls::{account, system},
    ensure,
    error::SluiceError,
    events::PageMigrated,
    moment::rent_of,
    state::{VERSION, ValidatorPage, needs_migration, v0},
};

/// Accounts of `migrate_page`.
#[derive(Accounts)]
pub struct MigratePage<'info> {
    /// The page.
    /// CHECK: loaded as a page of either layout
    #[account(mut)]
    pub page: UncheckedAccount<'info>,
    /// Pays what rent the page needs more.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The system program.
    /// CHECK: called by its address
    pub system_program: UncheckedAccount<'info>,
    /// Another page of the pool, which has the current layout: it takes the validators in places
    /// that a page has no more. Only needed where there are some.
    /// CHECK: loaded as a page of the pool
    #[account(mut)]
    pub other_page: Option<UncheckedAccount<'info>>,
}

impl MigratePage<'_> {
    /// Gives a page the current layout. Does nothing where it has it.
    pub fn process(&mut self) -> Result<()> {
        let Some(old) = self.old_slots()? else {
            return Ok(());
        };
        let rent = rent_of(ValidatorPage::SPACE)?;
        let missing = rent.saturating_sub(Lamports::new(self.page.lamports()));
        system::transfer(&self.payer, &self.page, missing)?;
        self.page.resize(ValidatorPage::SPACE)?;
        let mut page = account::load_mut::<ValidatorPage>(&self.page)?;
        let homeless = page.convert_from_v0(&old)?;
        match self.other_page(&page)? {
            Some(mut other) => other.take_over(homeless, &page)?,
            None => ensure!(homeless.is_empty(), SluiceError::SlotsDoNotFit),
        }
        let from_version = std::mem::replace(&mut page.version, VERSION);
        emit!(PageMigrated {
            pool: page.pool,
            page: page.index,
            from_version,
        });
        Ok(())
    }

    fn other_page(&self, page: &ValidatorPage) -> Result<Option<RefMut<'_, ValidatorPage>>> {
        let Some(other) = &self.other_page else {
            return Ok(None);
        };
        let other = account::load_mut::<ValidatorPage>(other)?;
        ensure!(other.pool == page.pool, SluiceError::WrongPages);
        Ok(Some(other))
    }

    /// The slots of a page of version 0, on the heap; `None` where it has the current layout.
    fn old_slots(&self) -> Result<Option<Vec<v0::Slot>>> {
        account::require_own(&self.page)?;
        let data = self.page.try_borrow_data()?;
        let body = data.strip_prefix(ValidatorPage::DISCRIMINATOR);
        let body = body.ok_or(ErrorCode::AccountDiscriminatorMismatch)?;
        let version = body.first().copied().unwrap_or(VERSION);
        if !needs_migration(version)? {
            return Ok(None);
        }
        let old = bytemuck::try_from_bytes::<v0::ValidatorPage>(body);
        let old = old.map_err(|_| ErrorCode::AccountDidNotDeserialize)?;
        Ok(Some(old.slots.to_vec()))
    }
}
