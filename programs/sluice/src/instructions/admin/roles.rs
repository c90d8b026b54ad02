use std::cell::RefMut;

use anchor_lang::prelude::*;

use crate::{
    ensure,
    error::{SluiceError, ensure_is, ensure_named},
    events::{AdminNominated, Role, RoleSet},
    state::Pool,
};

/// Accounts of every instruction that a role's key alone decides.
#[derive(Accounts)]
pub struct Govern<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The key that has the role.
    pub authority: Signer<'info>,
}

impl Govern<'_> {
    /// The pool, if its admin signs.
    pub(super) fn administered(&self) -> Result<RefMut<'_, Pool>> {
        let pool = Pool::current_mut(&self.pool)?;
        ensure_is(&self.authority, &pool.admin, SluiceError::NotAdmin)?;
        Ok(pool)
    }

    /// Nominates who may follow as admin; zero takes a nomination back.
    pub fn nominate_admin(&mut self, nominee: Pubkey, replaces: Pubkey) -> Result<()> {
        let mut pool = self.administered()?;
        ensure_named(&replaces, &pool.nominated_admin)?;
        pool.require_assignable(self.pool.as_ref().key, &nominee)?;
        pool.nominated_admin = nominee;
        emit!(AdminNominated {
            pool: self.pool.key(),
            admin: pool.admin,
            nominated: nominee,
        });
        Ok(())
    }

    /// Makes the nominated key the admin: only who can sign for it takes the role.
    pub fn accept_admin(&mut self) -> Result<()> {
        let mut pool = Pool::current_mut(&self.pool)?;
        let nominated = pool.nominated_admin;
        ensure_is(&self.authority, &nominated, SluiceError::NotNominated)?;
        pool.nominated_admin = Pubkey::default();
        let before = std::mem::replace(&mut pool.admin, nominated);
        self.say(Role::Admin, before, nominated);
        Ok(())
    }

    /// Makes another key the curator. A pool can do without one.
    pub fn set_curator(&mut self, curator: Pubkey, replaces: Pubkey) -> Result<()> {
        self.set(Role::Curator, curator, replaces, |pool| &mut pool.curator)
    }

    /// Makes another key the guardian. A pool can do without one.
    pub fn set_guardian(&mut self, guardian: Pubkey, replaces: Pubkey) -> Result<()> {
        self.set(Role::Guardian, guardian, replaces, |pool| {
            &mut pool.guardian
        })
    }

    /// Makes another key the treasury. What is paid to nobody's key would be lost.
    pub fn set_treasury(&mut self, treasury: Pubkey, replaces: Pubkey) -> Result<()> {
        ensure!(treasury != Pubkey::default(), SluiceError::KeyUnusable);
        self.set(Role::Treasury, treasury, replaces, |pool| {
            &mut pool.treasury
        })
    }

    fn set(
        &self,
        role: Role,
        key: Pubkey,
        replaces: Pubkey,
        field: fn(&mut Pool) -> &mut Pubkey,
    ) -> Result<()> {
        let mut pool = self.administered()?;
        pool.require_assignable(self.pool.as_ref().key, &key)?;
        let holder = field(&mut pool);
        ensure_named(&replaces, holder)?;
        *holder = key;
        self.say(role, replaces, key);
        Ok(())
    }

    fn say(&self, role: Role, before: Pubkey, now: Pubkey) {
        emit!(RoleSet {
            pool: self.pool.key(),
            role,
            before,
            now,
        });
    }
}
