use anchor_lang::prelude::*;
use sluice_math::{Holding, Lamports, MissingStake};

use crate::{
    error::{Checked, ensure_own},
    events::LossReported,
    foreign::StakeView,
    moment::Moment,
    state::{Pool, Slot, StakeAccountKind, ValidatorPage},
};

/// Accounts of `report_loss`.
#[derive(Accounts)]
pub struct ReportLoss<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The slot's main stake account.
    /// CHECK: compared with the slot
    pub main: UncheckedAccount<'info>,
    /// The slot's transient stake account.
    /// CHECK: compared with the slot
    pub transient: UncheckedAccount<'info>,
    /// The pool's reserve.
    /// CHECK: compared with the pool
    pub reserve: UncheckedAccount<'info>,
}

impl ReportLoss<'_> {
    fn validate(&self, pool: &Pool, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.main, &slot.main),
            (&self.transient, &slot.transient),
            (&self.reserve, &pool.reserve),
        ])
    }

    /// Books at once what a validator's stake accounts hold less than booked, so that nobody who
    /// saw the loss first leaves at the price before it. Does nothing where nothing is missing;
    /// what they hold more waits for the next finalize.
    pub fn process(&mut self, slot_index: u8) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(slot_index)?;
        self.validate(&pool, &page, &slot)?;
        pool.require_fresh(clock)?;
        let [main, transient] = [
            (&self.main, StakeAccountKind::Main),
            (&self.transient, StakeAccountKind::Transient),
        ]
        .map(|(account, kind)| holding(account, &pool.stake_authority, slot.booked(kind)));
        let missing = MissingStake::of(&main?, &transient?, moment.stake_rent()?).checked()?;
        if missing.lost.is_zero() {
            return Ok(());
        }
        let fall = pool.book_missing(&mut page, slot_index, &missing, clock)?;
        pool.check_invariants(&self.reserve)?;
        emit!(LossReported {
            pool: self.pool.key(),
            vote: slot.vote,
            lamports: missing.lost.get(),
            fall_lamports: fall.get(),
            tripped: pool.is_tripped(),
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }
}

fn holding(account: &AccountInfo<'_>, authority: &Pubkey, booked: Lamports) -> Result<Holding> {
    let view = StakeView::read(account.owner, &account.try_borrow_data()?, authority);
    Ok(Holding {
        kind: view.kind(),
        lamports: Lamports::new(account.lamports()),
        booked,
    })
}
