use anchor_lang::prelude::*;
use bytemuck::Zeroable;
use sluice_math::{Lamports, StakeStatus};
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use crate::{
    calls::{signer::PoolSigner, stake::StakeSigner},
    ensure,
    error::{SluiceError, ensure_own},
    events::SlotClosed,
    foreign::StakeView,
    moment::Moment,
    state::{Marker, Pool, Slot, SlotState, StakeAccountKind, ValidatorPage},
    sums::Tally,
};

/// Accounts of `close_slot`.
#[derive(Accounts)]
pub struct CloseSlot<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The validator's marker, which is closed, unless it remembers an ejection for taking too much.
    #[account(mut)]
    pub marker: AccountLoader<'info, Marker>,
    /// Who paid for the marker.
    /// CHECK: compared with the marker
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
    /// The main stake account, which is emptied.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub main: UncheckedAccount<'info>,
    /// The transient stake account, which is emptied.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub transient: UncheckedAccount<'info>,
    /// The pool's reserve, which receives everything.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: compared with the pool
    pub stake_authority: UncheckedAccount<'info>,
    /// The stake program.
    /// CHECK: compared with its address
    pub stake_program: UncheckedAccount<'info>,
}

impl<'info> CloseSlot<'info> {
    fn validate(&self, pool: &Pool, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        let marker = self.marker.load()?;
        let is_its = marker.vote == slot.vote && marker.serial == slot.serial;
        ensure!(is_its, SluiceError::ForeignAccount);
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (self.pool.as_ref(), &marker.pool),
            (&self.payer, &marker.payer),
            (&self.main, &slot.main),
            (&self.transient, &slot.transient),
            (&self.reserve, &pool.reserve),
            (&self.stake_authority, &pool.stake_authority),
            (&self.stake_program, &STAKE_PROGRAM),
        ])
    }

    /// Closes the slot of a validator that has left and holds nothing but rent.
    pub fn process(&mut self, index: u8) -> Result<()> {
        let moment = Moment::now()?;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(index)?;
        self.validate(&pool, &page, &slot)?;
        pool.require_fresh(&moment.clock)?;
        slot.require_drained(&moment)?;
        slot.require_waited(&*self.marker.load()?, moment.clock.epoch)?;

        let mut gone = Lamports::ZERO;
        for (account, kind) in [
            (&self.main, StakeAccountKind::Main),
            (&self.transient, StakeAccountKind::Transient),
        ] {
            let booked = slot.booked(kind);
            if self.empty(&pool, account, &moment)? {
                pool.book_to_reserve(&mut page, index, kind, booked)?;
            } else {
                pool.book_gone(&mut page, index, kind)?;
                gone.increase(booked)?;
            }
        }
        pool.book_closed_slot(&slot, gone)?;
        page.remove(index, moment.clock.epoch)?;
        self.close_marker()?;
        pool.check_invariants(&self.reserve)?;
        emit!(SlotClosed {
            pool: self.pool.key(),
            vote: slot.vote,
            serial: u64::from(slot.serial),
            rent_lamports: u64::from(slot.rent_lamports),
            books: (&*pool).into(),
        });
        Ok(())
    }

    fn close_marker(&self) -> Result<()> {
        let mut marker = self.marker.load_mut()?;
        if marker.outlives_slot() {
            marker.is_kept = 1;
            return Ok(());
        }
        drop(marker);
        self.marker.close(self.payer.to_account_info())
    }

    /// Withdraws everything, also what strangers sent: the address is never used again.
    /// An account that is not the pool's, or gone, is left alone: false.
    fn empty(&self, pool: &Pool, account: &AccountInfo<'info>, moment: &Moment) -> Result<bool> {
        let data = account.try_borrow_data()?;
        let view = StakeView::read(account.owner, &data, self.stake_authority.key);
        drop(data);
        ensure!(
            view != StakeView::Uninitialized,
            SluiceError::StakeNotInitialized
        );
        if !view.is_ours() {
            return Ok(false);
        }
        ensure!(
            view.status(moment) == StakeStatus::Inactive,
            SluiceError::SlotNotDrained
        );
        StakeSigner {
            authority: &self.stake_authority,
            signer: &PoolSigner::stake_authority(self.pool.key(), pool),
        }
        .withdraw(account, &self.reserve, Lamports::new(account.lamports()))?;
        Ok(true)
    }
}

impl ValidatorPage {
    fn remove(&mut self, index: u8, epoch: u64) -> Result<()> {
        let slot = self.slot_mut(index)?;
        let weight = u64::from(slot.weight);
        let was_observed = slot.is_observed(epoch);
        *slot = Slot::zeroed();
        slot.state = SlotState::Empty.code();
        self.occupied.decrease(1)?;
        if was_observed {
            self.observed.decrease(1)?;
        }
        self.total_weight = self.total_weight.saturating_sub(weight);
        Ok(())
    }
}

impl Pool {
    /// Writes an account off that holds nothing of the pool. It was booked with its rent, which is
    /// locked, so that no price falls.
    fn book_gone(
        &mut self,
        page: &mut ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
    ) -> Result<()> {
        let booked = page.slot(index)?.booked(kind);
        page.book_out(index, kind, booked)?;
        self.staked_lamports.decrease(booked.get())
    }

    /// The slot's rent is no longer locked: what is still there of it drips to all holders.
    fn book_closed_slot(&mut self, slot: &Slot, gone: Lamports) -> Result<()> {
        let rent = Lamports::new(u64::from(slot.rent_lamports));
        ensure!(gone <= rent, SluiceError::SlotNotDrained);
        self.locked_lamports.decrease(rent.get())?;
        self.pending_lamports
            .increase(rent.saturating_sub(gone).get())?;
        self.total_weight = self.total_weight.saturating_sub(u64::from(slot.weight));
        self.validator_count.decrease(1)
    }
}
