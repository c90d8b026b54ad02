//! A marker per vote account of a pool: that it has a slot, and how it behaved.

use anchor_lang::prelude::*;

use super::{PROBATION_EPOCHS, short_epoch};

/// Seed of a marker's address, followed by the pool and the vote account.
pub const MARKER_SEED: &[u8] = b"validator";
/// The first wait of a validator that was ejected for taking too much, in epochs.
const FIRST_WAIT_EPOCHS: u8 = 2;
/// The longest.
const LAST_WAIT_EPOCHS: u8 = 32;

/// One entry per vote account of a pool. It outlives the slot of a validator that was ejected for
/// taking too much.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct Marker {
    /// Layout version.
    pub version: u8,
    /// Bump of the marker's address.
    pub bump: u8,
    /// Where version 0 kept the slot's place: nobody reads it.
    pub old_place: [u8; 3],
    /// Epochs that the validator had to wait after its last ejection for taking too much; zero for
    /// never. The next wait is twice as long.
    pub wait_epochs: u8,
    /// 1 once the slot is closed and the marker is kept.
    pub is_kept: u8,
    /// Padding.
    pub padding: u8,
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Who paid for the marker and gets its rent back.
    pub payer: Pubkey,
    /// Serial of the slot.
    pub serial: u32,
    /// Epoch from which a validator that was ejected for taking too much may be added again; zero
    /// for any.
    pub reinstatable_epoch: u32,
}

impl Marker {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// Whether the validator has a slot now.
    pub fn has_slot(&self) -> bool {
        self.is_kept == 0
    }

    /// Whether the validator was ever ejected for taking too much: then the marker stays when the
    /// slot closes.
    pub fn outlives_slot(&self) -> bool {
        self.wait_epochs > 0
    }

    /// Whether the validator may be added, or taken back, from `epoch` on.
    pub fn admits(&self, epoch: u64) -> bool {
        u64::from(self.reinstatable_epoch) <= epoch
    }

    /// Books an ejection in `epoch`, for taking too much or for something else, of a validator
    /// that had stake until now or drains already. Returns the epoch from which it can be taken
    /// back; the epoch of the breach does not count as one without.
    pub fn book_ejection(&mut self, takes_too_much: bool, drains: bool, epoch: u64) -> Result<u32> {
        if takes_too_much && !(drains && self.outlives_slot()) {
            self.wait_epochs = self
                .wait_epochs
                .saturating_mul(2)
                .clamp(FIRST_WAIT_EPOCHS, LAST_WAIT_EPOCHS);
        }
        let wait = if takes_too_much {
            u64::from(self.wait_epochs)
        } else {
            PROBATION_EPOCHS
        };
        let from_epoch = short_epoch(epoch.saturating_add(wait).saturating_add(1))?;
        if takes_too_much {
            self.reinstatable_epoch = from_epoch;
        }
        Ok(from_epoch.max(self.reinstatable_epoch))
    }
}
