//! What `collect`, `delegate` and `undelegate` share: the accounts of a slot and the safe steps
//! on them.

use crate::{
    cpi::{signer::PoolSigner, stake::StakeSigner, system},
    error::{Checked, ensure_own},
    foreign::{StakeStatus, StakeView},
    moment::Moment,
    state::{Pool, StakeAccountKind, ValidatorPage},
};
use anchor_lang::prelude::*;
use sluice_math::Lamports;
use solana_stake_interface::program::ID as STAKE_PROGRAM;

/// Accounts of `collect`, `delegate` and `undelegate`.
#[derive(Accounts)]
pub struct MoveStake<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The slot's main stake account.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub main: UncheckedAccount<'info>,
    /// The slot's transient stake account.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub transient: UncheckedAccount<'info>,
    /// The slot's vote account.
    /// CHECK: compared with the slot
    pub vote: UncheckedAccount<'info>,
    /// The pool's reserve.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: compared with the pool
    pub stake_authority: UncheckedAccount<'info>,
    /// The stake program.
    /// CHECK: compared with its address
    pub stake_program: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> MoveStake<'info> {
    pub(super) fn validate(&self, pool: &Pool, page: &ValidatorPage, index: u8) -> Result<()> {
        let slot = page.slot(index)?;
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.main, &slot.main),
            (&self.transient, &slot.transient),
            (&self.vote, &slot.vote),
            (&self.reserve, &pool.reserve),
            (&self.stake_authority, &pool.stake_authority),
            (&self.stake_program, &STAKE_PROGRAM),
        ])
    }

    pub(super) fn account(&self, kind: StakeAccountKind) -> &AccountInfo<'info> {
        match kind {
            StakeAccountKind::Main => &self.main,
            StakeAccountKind::Transient => &self.transient,
        }
    }

    /// The account as it is now: read again after every call that may have changed it.
    pub(super) fn view(&self, kind: StakeAccountKind) -> Result<StakeView> {
        let account = self.account(kind);
        let data = account.try_borrow_data()?;
        Ok(StakeView::read(
            account.owner,
            &data,
            self.stake_authority.key,
        ))
    }

    pub(super) fn stake_signer<'a>(&'a self, signer: &'a PoolSigner) -> StakeSigner<'a, 'info> {
        StakeSigner {
            authority: &self.stake_authority,
            signer,
        }
    }

    /// Lamports that the account could give to the reserve: what the stake program does not hold
    /// back, and never more than is booked. What strangers sent stays until it is observed.
    pub(super) fn free(
        &self,
        page: &ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
        moment: &Moment,
    ) -> Result<Lamports> {
        let view = self.view(kind)?;
        if !view.is_ours() {
            return Ok(Lamports::ZERO);
        }
        let held_back = view.staked(moment).add(moment.stake_rent()?).checked()?;
        let there = Lamports::new(self.account(kind).lamports());
        let booked = page.slot(index)?.booked(kind);
        Ok(there.min(booked).saturating_sub(held_back))
    }

    /// Whether main could take `lamports` of active stake: it is active or empty, and would hold
    /// at least the minimum delegation.
    pub(super) fn main_takes(&self, lamports: Lamports, moment: &Moment) -> Result<bool> {
        let main = self.view(StakeAccountKind::Main)?;
        let held = match (main, main.status(moment)) {
            (StakeView::Delegated(delegation), StakeStatus::Active) => delegation.lamports,
            (view, StakeStatus::Inactive) if view.is_ours() => Lamports::ZERO,
            _ => return Ok(false),
        };
        Ok(held.add(lamports).checked()? >= moment.minimum_delegation()?)
    }

    /// Withdraws from a stake account into the reserve and books it.
    pub(super) fn withdraw(
        &self,
        pool: &mut Pool,
        page: &mut ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        if lamports.is_zero() {
            return Ok(());
        }
        let signer = PoolSigner::stake_authority(self.pool.key(), pool);
        self.stake_signer(&signer)
            .withdraw(self.account(kind), &self.reserve, lamports)?;
        pool.book_to_reserve(page, index, kind, lamports)
    }

    /// Moves lamports from the reserve into a stake account and books them.
    pub(super) fn fund(
        &self,
        pool: &mut Pool,
        page: &mut ValidatorPage,
        index: u8,
        kind: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        let signer = PoolSigner::reserve(self.pool.key(), pool);
        system::transfer_signed(&self.reserve, self.account(kind), lamports, &signer)?;
        pool.book_from_reserve(page, index, kind, lamports)
    }

    /// Lamports that the account lacks to hold today's rent beside its stake: rent may rise.
    pub(super) fn rent_shortfall(
        &self,
        kind: StakeAccountKind,
        moment: &Moment,
    ) -> Result<Lamports> {
        let held_back = self
            .view(kind)?
            .staked(moment)
            .add(moment.stake_rent()?)
            .checked()?;
        let there = Lamports::new(self.account(kind).lamports());
        Ok(held_back.saturating_sub(there))
    }

    /// Whether the reserve can top the transient up to today's rent, which it must hold to be
    /// emptied into main. Moving a part of main into it takes no rent.
    pub(super) fn can_merge(&self, spendable: Lamports, moment: &Moment) -> Result<bool> {
        let missing = self.rent_shortfall(StakeAccountKind::Transient, moment)?;
        Ok(missing <= spendable)
    }

    /// Books what of the slot is on its way back, as both accounts say now.
    pub(super) fn book_returning(
        &self,
        pool: &mut Pool,
        page: &mut ValidatorPage,
        index: u8,
        moment: &Moment,
    ) -> Result<()> {
        let mut returning = Lamports::ZERO;
        for kind in [StakeAccountKind::Main, StakeAccountKind::Transient] {
            let booked = page.slot(index)?.booked(kind);
            let part = self.view(kind)?.returning(booked, moment.stake_rent()?);
            returning = returning.add(part).checked()?;
        }
        pool.book_deactivating(page, index, returning)
    }
}
