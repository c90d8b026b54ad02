//! Rates of the last epochs.

use anchor_lang::prelude::*;

/// Seed of a history's address, followed by the pool.
pub const HISTORY_SEED: &[u8] = b"history";
/// Epochs that a history holds.
pub const HISTORY_EPOCHS: usize = 200;

/// What an epoch's finalize booked.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EpochRate {
    /// The epoch.
    pub epoch: u64,
    /// What the pool owned, in lamports.
    pub full_lamports: u64,
    /// LST in existence.
    pub lst_supply: u64,
    /// Gain in lamports; zero after a loss.
    pub gain_lamports: u64,
    /// The treasury's part of the gain, for which it got LST.
    pub fee_lamports: u64,
    /// The part of the reward fee that stayed with all holders.
    pub fee_kept_lamports: u64,
}

/// Ring of the last epochs' rates.
#[account(zero_copy)]
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
    /// The pool.
    pub pool: Pubkey,
    /// The epochs, oldest overwritten first.
    pub epochs: [EpochRate; HISTORY_EPOCHS],
}

impl RateHistory {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// Writes an epoch over the oldest one.
    pub fn record(&mut self, rate: EpochRate) {
        let at = usize::from(self.next) % HISTORY_EPOCHS;
        self.epochs[at] = rate;
        let next = if at + 1 == HISTORY_EPOCHS {
            0
        } else {
            self.next + 1
        };
        self.next = next;
        if usize::from(self.count) < HISTORY_EPOCHS {
            self.count += 1;
        }
    }

    /// The recorded epochs, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &EpochRate> {
        let count = usize::from(self.count).min(HISTORY_EPOCHS);
        let start = usize::from(self.next) + HISTORY_EPOCHS - count;
        (0..count).map(move |offset| &self.epochs[(start + offset) % HISTORY_EPOCHS])
    }
}
