use anchor_lang::{error::ErrorCode, prelude::*};
use sluice_math::Lamports;

use crate::{
    calls::{account, system},
    ensure,
    error::{SluiceError, ensure_own},
    events::PoolMigrated,
    moment::rent_of,
    state::{Pool, RateHistory, VERSION, all_pages, needs_migration, v0},
};

/// Accounts of `migrate_pool`. Every page of the pool follows as a remaining account, in
/// ascending order.
#[derive(Accounts)]
pub struct MigratePool<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The rates of the last epochs.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub history: UncheckedAccount<'info>,
    /// Pays what rent the history needs more.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The system program.
    /// CHECK: called by its address
    pub system_program: UncheckedAccount<'info>,
}

impl<'info> MigratePool<'info> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure_own(&[(&self.history, &pool.history)])
    }

    /// Gives a pool and its history the current layout. Pages come first, so that the pool's
    /// version says that all is done. Does nothing where the pool has the layout.
    pub fn process(&mut self, pages: &'info [AccountInfo<'info>]) -> Result<()> {
        let mut pool = self.pool.load_mut()?;
        let from_version = pool.version;
        if !needs_migration(from_version)? {
            return Ok(());
        }
        self.validate(&pool)?;
        let pages = all_pages(self.pool.as_ref().key, &pool, pages)?;
        ensure!(
            pages.iter().all(|page| page.version == VERSION),
            SluiceError::MigrationNeeded
        );

        let before = pool.ledger();
        pool.convert_from_v0();
        pool.version = VERSION;
        pool.spread_weights(&pages)?;
        self.migrate_history()?;

        ensure!(pool.ledger() == before, SluiceError::InvariantViolated);
        emit!(PoolMigrated {
            pool: self.pool.key(),
            from_version,
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// Makes room for the fees of each epoch; the oldest epochs beyond the ring are forgotten.
    fn migrate_history(&self) -> Result<()> {
        let epochs = {
            let data = self.history.try_borrow_data()?;
            let old = data.get(RateHistory::DISCRIMINATOR.len()..);
            let old = old.and_then(|body| bytemuck::try_from_bytes::<v0::RateHistory>(body).ok());
            RateHistory::epochs_of_v0(old.ok_or(ErrorCode::AccountDidNotDeserialize)?)
        };
        let rent = rent_of(RateHistory::SPACE)?;
        let missing = rent.saturating_sub(Lamports::new(self.history.lamports()));
        system::transfer(&self.payer, &self.history, missing)?;
        self.history.resize(RateHistory::SPACE)?;
        let mut history = account::load_mut::<RateHistory>(&self.history)?;
        history.version = VERSION;
        history.refill(&epochs);
        Ok(())
    }
}
