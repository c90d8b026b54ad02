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
