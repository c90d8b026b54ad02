//! Validators: pages of slots.

use std::cell::Ref;

use anchor_lang::prelude::*;
use bytemuck::{CheckedBitPattern, checked};
use sluice_math::{Lamports, Rewarded, SlotStake};

use super::Pool;
use crate::{
    calls::account,
    ensure,
    error::{Checked, SluiceError, refuse},
};

/// Seed of a page's address, followed by the pool and the page's index as u16.
pub const PAGE_SEED: &[u8] = b"page";
/// Seed of a main stake account's address, followed by the pool and the slot's serial as u64.
pub const MAIN_SEED: &[u8] = b"main";
/// Seed of a transient stake account's address, followed by the pool and the serial as u64.
pub const TRANSIENT_SEED: &[u8] = b"transient";

/// Slots on a page.
pub const SLOTS_PER_PAGE: usize = 56;
/// Pages of a pool, at most.
pub const MAX_PAGES: u16 = 36;

/// What a slot is in, stored as a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CheckedBitPattern)]
#[repr(u8)]
pub enum SlotState {
    /// No validator.
    Empty,
    /// Gets stake by its weight.
    Active,
    /// Drains, then closes.
    Retiring,
    /// Drains because the validator misbehaved.
    Ejected,
}

impl SlotState {
    /// As stored.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// What a slot's transient stake account was last used for.
///
/// It only decides whether the account must be read to price the pool; what can be done with the
/// stake is always decided from the account itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransientUse {
    /// Holds its rent.
    Idle,
    /// Delegated; earns nothing before the epoch after next.
    Activating,
    /// Deactivated; still earns for the epoch of its deactivation.
    Deactivating,
}

/// The observation of a new or reinstated validator from which on what a boundary paid is judged: the
/// commission of an epoch's rewards is fixed at the start of the epoch before it, and they are paid at
/// the start of the next.
pub const UNJUDGED_EPOCHS: u8 = 3;

/// Flag: `observe` retires the slot once its due epoch has come.
pub const FLAG_RETIRE: u8 = 1;
/// Flag: the main stake account was missing, foreign or of an unknown layout when last observed.
pub const FLAG_MAIN_ODD: u8 = 2;
/// Flag: the same for the transient stake account.
pub const FLAG_TRANSIENT_ODD: u8 = 4;
/// Flag: the transient stake account was delegated last.
pub const FLAG_TRANSIENT_ACTIVATING: u8 = 8;
/// Flag: the transient stake account was deactivated last.
pub const FLAG_TRANSIENT_DEACTIVATING: u8 = 16;

/// One validator of a pool.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Slot {
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Stake account with the active stake.
    pub main: Pubkey,
    /// Stake account with what is activating or deactivating.
    pub transient: Pubkey,
    /// Booked lamports of the main stake account.
    pub main_lamports: u64,
    /// Booked lamports of the transient stake account.
    pub transient_lamports: u64,
    /// The part of both that is on its way back to the reserve.
    pub deactivating_lamports: u64,
    /// What main has delegated, as it is booked: the next boundary pays for it.
    pub delegated_lamports: u64,
    /// What main had delegated when the last boundary paid; zero where that cannot be known.
    pub rewarded_lamports: u64,
    /// What the last boundary added to it.
    pub paid_lamports: u64,
    /// Number of this entry in the life of the pool; its stake accounts are derived from it.
    pub serial: u32,
    /// Rent that the curator paid in for both stake accounts.
    pub rent_lamports: u32,
    /// Credits that main had observed after the last boundary, the lower 32 bits of them.
    pub credits_observed: u32,
    /// Epoch in which the slot was last observed.
    pub observed_epoch: u32,
    /// Epoch from which `next_weight` and a retirement hold; zero for none.
    pub due_epoch: u32,
    /// Epoch in which the transient stake account was last delegated or deactivated.
    pub moved_epoch: u32,
    /// Weight in the pool's targets.
    pub weight: u16,
    /// Weight from the due epoch on.
    pub next_weight: u16,
    /// State, as [`SlotState`]: 0 no validator, 1 active, 2 retiring, 3 ejected.
    pub state: u8,
    /// Flags: 1 retires once its due epoch has come; 2 the main stake account was missing, foreign or
    /// of an unknown layout when last observed, 4 the same of the transient one; 8 the transient stake
    /// account was delegated last, 16 deactivated.
    pub flags: u8,
    /// Observations until what boundaries pay is judged, see [`UNJUDGED_EPOCHS`].
    pub unjudged_epochs: u8,
    /// Padding.
    pub padding: u8,
}

impl Slot {
    /// The slot's state.
    pub fn state(&self) -> Result<SlotState> {
        checked::try_cast(self.state).map_err(|_| refuse(SluiceError::InvariantViolated))
    }

    /// Whether the slot has no validator.
    pub fn is_empty(&self) -> bool {
        self.state == SlotState::Empty.code()
    }

    /// Whether the slot drains, whatever its weight.
    pub fn is_leaving(&self) -> bool {
        self.state == SlotState::Retiring.code() || self.state == SlotState::Ejected.code()
    }

    /// What the transient stake account was last used for.
    pub fn transient_use(&self) -> TransientUse {
        if self.flags & FLAG_TRANSIENT_ACTIVATING != 0 {
            TransientUse::Activating
        } else if self.flags & FLAG_TRANSIENT_DEACTIVATING != 0 {
            TransientUse::Deactivating
        } else {
            TransientUse::Idle
        }
    }

    /// Records what the transient stake account is used for from `epoch` on.
    pub fn set_transient_use(&mut self, transient_use: TransientUse, epoch: u64) -> Result<()> {
        self.flags &= !(FLAG_TRANSIENT_ACTIVATING | FLAG_TRANSIENT_DEACTIVATING);
        self.flags |= match transient_use {
            TransientUse::Idle => 0,
            TransientUse::Activating => FLAG_TRANSIENT_ACTIVATING,
            TransientUse::Deactivating => FLAG_TRANSIENT_DEACTIVATING,
        };
        if transient_use != TransientUse::Idle {
            self.moved_epoch = short_epoch(epoch)?;
        }
        Ok(())
    }

    /// Whether pricing the pool in `epoch` must read the transient stake account. What was
    /// delegated in this epoch or the last has earned nothing, and what is idle holds only rent.
    pub fn must_observe_transient(&self, epoch: u64) -> bool {
        match self.transient_use() {
            TransientUse::Idle => false,
            TransientUse::Activating => u64::from(self.moved_epoch).saturating_add(1) < epoch,
            TransientUse::Deactivating => true,
        }
    }

    /// What the last boundary paid for main, where that can be known.
    pub fn rewarded(&self) -> Option<Rewarded> {
        (self.rewarded_lamports > 0).then_some(Rewarded {
            delegated: Lamports::new(self.rewarded_lamports),
            paid: Lamports::new(self.paid_lamports),
        })
    }

    /// Whether the slot was observed in `epoch`.
    pub fn is_observed(&self, epoch: u64) -> bool {
        u64::from(self.observed_epoch) == epoch
    }

    /// The slot's stake as the moves see it in `epoch`.
    pub fn stake(&self, epoch: u64) -> Result<SlotStake> {
        let booked = Lamports::new(self.main_lamports)
            .add(Lamports::new(self.transient_lamports))
            .checked()?;
        let has = booked
            .saturating_sub(Lamports::new(u64::from(self.rent_lamports)))
            .saturating_sub(Lamports::new(self.deactivating_lamports));
        let activating = self.transient_use() == TransientUse::Activating
            && u64::from(self.moved_epoch) == epoch;
        Ok(SlotStake {
            has,
            activating: if activating {
                Lamports::new(self.transient_lamports)
            } else {
                Lamports::ZERO
            },
            weight: self.weight,
            leaving: self.is_leaving(),
            ejected: self.state == SlotState::Ejected.code(),
        })
    }
}

/// Epochs are stored in 32 bits: 4 billion of them last longer than the network.
pub fn short_epoch(epoch: u64) -> Result<u32> {
    u32::try_from(epoch).map_err(|_| refuse(SluiceError::MathOverflow))
}

/// So are serials: nobody pays the rent of 4 billion entries.
pub fn short_serial(serial: u64) -> Result<u32> {
    u32::try_from(serial).map_err(|_| refuse(SluiceError::TooManyValidators))
}

/// A page of validator slots.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct ValidatorPage {
    /// Layout version.
    pub version: u8,
    /// Bump of the page's address.
    pub bump: u8,
    /// Index of the page in its pool.
    pub index: u16,
    /// Slots in use.
    pub occupied: u16,
    /// Slots observed in `observed_epoch`.
    pub observed: u16,
    /// Address of the pool.
    pub pool: Pubkey,
    /// Epoch that `observed` counts for.
    pub observed_epoch: u64,
    /// Booked lamports of all stake accounts of the page.
    pub staked_lamports: u64,
    /// The part of them that is on its way back to the reserve.
    pub deactivating_lamports: u64,
    /// Delegated lamports that could earn in the epoch before `observed_epoch`.
    pub earning_lamports: u64,
    /// Sum of the weights.
    pub total_weight: u64,
    /// Rent of a stake account when the page was last observed.
    pub stake_rent_lamports: u64,
    /// Epoch in whose observation that rent was last higher than before.
    pub rent_rise_epoch: u64,
    /// Lamports that the last boundary added to the delegations of main accounts, where it is known.
    pub paid_lamports: u64,
    /// The delegations that they were added to, as they were before.
    pub rewarded_lamports: u64,
    /// Room for later versions.
    pub reserved: [u64; 4],
    /// The slots; those without a validator are empty.
    pub slots: [Slot; SLOTS_PER_PAGE],
}

impl ValidatorPage {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// A slot that has a validator.
    pub fn slot(&self, index: u8) -> Result<&Slot> {
        self.slots
            .get(usize::from(index))
            .filter(|slot| !slot.is_empty())
            .ok_or_else(|| refuse(SluiceError::SlotEmpty))
    }

    /// A slot that has a validator, to change.
    pub fn slot_mut(&mut self, index: u8) -> Result<&mut Slot> {
        self.slots
            .get_mut(usize::from(index))
            .filter(|slot| !slot.is_empty())
            .ok_or_else(|| refuse(SluiceError::SlotEmpty))
    }

    /// Starts to count observations anew in an epoch that has none.
    pub fn begin_epoch(&mut self, epoch: u64) {
        if self.observed_epoch != epoch {
            self.observed_epoch = epoch;
            self.observed = 0;
            self.earning_lamports = 0;
            self.paid_lamports = 0;
            self.rewarded_lamports = 0;
        }
    }

    /// Notes the rent of a stake account in the epoch of the observation.
    pub fn note_rent(&mut self, rent: Lamports) {
        if rent.get() > self.stake_rent_lamports {
            self.rent_rise_epoch = self.observed_epoch;
        }
        self.stake_rent_lamports = rent.get();
    }

    /// Whether rent was found to have risen in `epoch`.
    pub fn rent_rose_in(&self, epoch: u64) -> bool {
        self.rent_rise_epoch == epoch
    }

    /// Delegated lamports that could earn in the epoch before `epoch`: none where the page was
    /// not observed in it, because it has no validators.
    pub fn earning_lamports_in(&self, epoch: u64) -> u64 {
        if self.observed_epoch == epoch {
            self.earning_lamports
        } else {
            0
        }
    }

    /// What rewards added to delegations, and the delegations before, for the rewards that
    /// `epoch` books.
    pub fn paid_and_rewarded_in(&self, epoch: u64) -> (u64, u64) {
        if self.observed_epoch == epoch {
            (self.paid_lamports, self.rewarded_lamports)
        } else {
            (0, 0)
        }
    }

    /// Whether every validator of the page was observed in `epoch`.
    pub fn is_observed(&self, epoch: u64) -> bool {
        self.occupied == 0 || (self.observed_epoch == epoch && self.observed == self.occupied)
    }
}

/// Every page of a pool, in ascending order.
pub(crate) fn all_pages<'info>(
    pool_key: &Pubkey,
    pool: &Pool,
    accounts: &'info [AccountInfo<'info>],
) -> Result<Vec<Ref<'info, ValidatorPage>>> {
    ensure!(
        accounts.len() == usize::from(pool.page_count),
        SluiceError::WrongPages
    );
    let mut pages = Vec::with_capacity(accounts.len());
    for (index, account) in accounts.iter().enumerate() {
        let page = account::load::<ValidatorPage>(account)?;
        ensure!(
            page.pool == *pool_key && usize::from(page.index) == index,
            SluiceError::WrongPages
        );
        pages.push(page);
    }
    Ok(pages)
}
