//! Rates of the last epochs.

use anchor_lang::prelude::*;

/// Seed of a history's address, followed by the pool.
pub const HISTORY_SEED: &[u8] = b"history";
/// Epochs that a history holds.
pub const HISTORY_EPOCHS: usize = 180;

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
    /// The treasury's part of the gain, for which it got LST.
    pub fee_lamports: u64,
    /// The part of the reward fee that stayed with all holders.
    pub fee_kept_lamports: u64,
    /// When the epoch began by the cluster's clock, in seconds since 1970; zero where version 0
    /// recorded it. What the price grew from entry to entry was earned between their two times, also
    /// where epochs were never finalized.
    pub epoch_start_timestamp: i64,
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
    /// Address of the pool.
    pub pool: Pubkey,
    /// The epochs, oldest overwritten first.
    pub epochs: [EpochRate; HISTORY_EPOCHS],
}

impl RateHistory {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// Writes an epoch over the oldest one.
    pub fn record(&mut self, rate: EpochRate) {
        let last = HISTORY_EPOCHS.saturating_sub(1);
        let at = usize::from(self.next).min(last);
        if let Some(oldest) = self.epochs.get_mut(at) {
            *oldest = rate;
        }
        self.next = if at == last {
            0
        } else {
            self.next.saturating_add(1)
        };
        if usize::from(self.count) < HISTORY_EPOCHS {
            self.count = self.count.saturating_add(1);
        }
    }

    /// The recorded epochs, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &EpochRate> {
        oldest_first(&self.epochs, self.next, self.count)
    }
}

/// The `count` entries of a ring before index `next`, oldest first.
pub(super) fn oldest_first<T>(ring: &[T], next: u16, count: u16) -> impl Iterator<Item = &T> {
    let (later, earlier) = ring.split_at(usize::from(next).min(ring.len()));
    let unwritten = ring.len().saturating_sub(usize::from(count));
    earlier.iter().chain(later).skip(unwritten)
}
