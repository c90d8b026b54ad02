//! Layout version 0, frozen: the parts of it that version 1 has moved. Everything else is where
//! it was. These types describe bytes on the chain; they are read by migrations alone, and never
//! change.

use anchor_lang::prelude::*;

/// The version.
pub const VERSION: u8 = 0;

/// A pool from [`super::POOL_PREFIX_BYTES`] on.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct PoolRest {
    /// Lamports that instant exits were paid since the last finalize.
    pub instant_paid_lamports: u64,
    /// Rent of the reserve, as the creator paid it in.
    pub reserve_rent_lamports: u64,
    /// Zeros.
    pub reserved: [u8; 496],
}

/// What an epoch's finalize booked.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EpochRate {
    /// Number of the epoch.
    pub epoch: u64,
    /// What the pool owned, in lamports.
    pub full_lamports: u64,
    /// LST in existence.
    pub lst_supply: u64,
    /// Gain in lamports; zero after a loss.
    pub gain_lamports: u64,
}

/// Slots on a page.
pub const SLOTS_PER_PAGE: usize = 64;

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
    /// Number of this entry in the life of the pool.
    pub serial: u64,
    /// Booked lamports of the main stake account.
    pub main_lamports: u64,
    /// Booked lamports of the transient stake account.
    pub transient_lamports: u64,
    /// The part of both that is on its way back to the reserve.
    pub deactivating_lamports: u64,
    /// Rent that the curator paid in for both stake accounts.
    pub rent_lamports: u32,
    /// Weight in the pool's targets.
    pub weight: u16,
    /// Weight from the due epoch on.
    pub next_weight: u16,
    /// Epoch in which the slot was last observed.
    pub observed_epoch: u32,
    /// Epoch from which `next_weight` and a retirement hold; zero for none.
    pub due_epoch: u32,
    /// Epoch in which the transient stake account was last delegated or deactivated.
    pub moved_epoch: u32,
    /// Bumps of both stake accounts.
    pub bumps: [u8; 2],
    /// State, as in version 1.
    pub state: u8,
    /// Flags, as in version 1.
    pub flags: u8,
}

/// A page of validator slots, without its discriminator.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct ValidatorPage {
    /// Everything before the slots, as in version 1 but for zeros in its place of what is new.
    pub front: [u64; PAGE_FRONT],
    /// The slots; those without a validator are empty.
    pub slots: [Slot; SLOTS_PER_PAGE],
}

/// Numbers of 8 bytes before the slots of a page.
pub const PAGE_FRONT: usize = 18;

/// Epochs that a history holds.
pub const HISTORY_EPOCHS: usize = 256;

/// Ring of the last epochs' rates, without its discriminator.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct RateHistory {
    /// Layout version.
    pub version: u8,
    /// Bump of the history's address.
    pub bump: u8,
    /// Index at which the next epoch is written.
    pub next: u16,
    /// Epochs written, at most [`HISTORY_EPOCHS`].
    pub count: u16,
    /// Padding.
    pub padding: u16,
    /// Address of the pool.
    pub pool: Pubkey,
    /// The epochs, oldest overwritten first.
    pub epochs: [EpochRate; HISTORY_EPOCHS],
}
