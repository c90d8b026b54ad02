use crate::{
    error::{Checked, ensure_own},
    events::LossReported,
    foreign::StakeView,
    moment::Moment,
    state::{Pool, Slot, StakeAccountKind, ValidatorPage},
};
use anchor_lang::prelude::*;
use sluice_math::Lamports;

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
        let rent = moment.stake_rent()?;
        let mut lost = Lamports::ZERO;
        let mut returning = Lamports::ZERO;
        for (kind, account) in [
            (StakeAccountKind::Main, &self.main),
            (StakeAccountKind::Transient, &self.transient),
        ] {
            let data = account.try_borrow_data()?;
            let view = StakeView::read(account.owner, &data, &pool.stake_authority);
            let booked = slot.booked(kind);
            let there = Lamports::new(account.lamports());
            let held = view
                .worth(there, booked, rent)
                .unwrap_or(booked)
                .min(booked);
            lost = lost.add(booked.sub(held).checked()?).checked()?;
            returning = returning.add(view.returning(held, rent)).checked()?;
            page.book_observed(slot_index, kind, held)?;
        }
        if lost.is_zero() {
            return Ok(());
        }

        let ledger = pool.ledger();
        let value_before = ledger.value(clock.slot).checked()?;
        let loss = ledger.lose(lost, clock.slot).checked()?;
        pool.book(&loss.ledger);
        pool.book_deactivating(&mut page, slot_index, returning)?;
        pool.book_fall(loss.fall, value_before, clock.epoch)?;
        pool.check_invariants(&self.reserve)?;
        emit!(LossReported {
            pool: self.pool.key(),
            vote: slot.vote,
            lamports: lost.get(),
            fall_lamports: loss.fall.get(),
            tripped: pool.is_tripped(),
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }
}
