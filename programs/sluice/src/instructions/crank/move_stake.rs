//! What `collect`, `delegate` and `undelegate` share: the accounts of a slot, and the steps on
//! them. What is to be done `sluice-math` says, from the slot as it is.

use anchor_lang::prelude::*;
use sluice_math::{Lamports, SlotNow, StakeNow};
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use crate::{
    calls::{signer::PoolSigner, stake::StakeSigner, system},
    error::ensure_own,
    foreign::{StakeView, VoteView},
    moment::Moment,
    state::{Pool, Slot, StakeAccountKind, ValidatorPage},
};

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

    /// The slot as its accounts and the books say, before anything is done.
    pub(super) fn slot_now(
        &self,
        page: &ValidatorPage,
        index: u8,
        moment: &Moment,
    ) -> Result<SlotNow> {
        let slot = page.slot(index)?;
        let stake = |account: &AccountInfo<'_>, kind| -> Result<StakeNow> {
            let data = account.try_borrow_data()?;
            let view = StakeView::read(account.owner, &data, self.stake_authority.key);
            Ok(view.now(Lamports::new(account.lamports()), slot.booked(kind), moment))
        };
        Ok(SlotNow {
            main: stake(&self.main, StakeAccountKind::Main)?,
            transient: stake(&self.transient, StakeAccountKind::Transient)?,
            rent: moment.stake_rent()?,
        })
    }

    /// Whether the validator can be given stake in `epoch`.
    pub(super) fn takes_stake(&self, slot: &Slot, epoch: u64) -> Result<bool> {
        let data = self.vote.try_borrow_data()?;
        slot.takes_delegation(&VoteView::read(self.vote.owner, &data), epoch)
    }

    pub(super) fn stake_signer<'a>(&'a self, signer: &'a PoolSigner) -> StakeSigner<'a, 'info> {
        StakeSigner {
            authority: &self.stake_authority,
            signer,
        }
    }

    /// Moves lamports from the reserve into transient.
    pub(super) fn fund(&self, pool: &Pool, lamports: Lamports) -> Result<()> {
        let signer = PoolSigner::reserve(self.pool.key(), pool);
        system::transfer_signed(&self.reserve, &self.transient, lamports, &signer)
    }

    /// Withdraws lamports from a stake account into the reserve.
    pub(super) fn withdraw(
        &self,
        stake: &StakeSigner<'_, 'info>,
        account: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        if lamports.is_zero() {
            return Ok(());
        }
        stake.withdraw(account, &self.reserve, lamports)
    }
}
