//! What the curator decided.

use anchor_lang::prelude::*;

use super::Books;

/// A validator joined the pool.
#[event]
pub struct ValidatorAdded {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Page of its slot.
    pub page: u16,
    /// Index of its slot on the page.
    pub slot_index: u8,
    /// Serial of its stake accounts.
    pub serial: u64,
    /// Its weight in the pool's targets.
    pub weight: u16,
    /// Epoch from which the weight holds.
    pub from_epoch: u64,
    /// Rent that the curator paid in for the stake accounts.
    pub rent_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// A validator gets another weight.
#[event]
pub struct WeightSet {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// The new weight.
    pub weight: u16,
    /// Epoch from which it holds.
    pub from_epoch: u64,
    /// The weight that holds until then. An earlier change that no `observe` has applied yet is
    /// replaced, and never holds.
    pub weight_before: u16,
}

/// A validator will leave the pool.
#[event]
pub struct ValidatorRetired {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Epoch from which its stake drains.
    pub from_epoch: u64,
    /// The weight that holds until then. An earlier change that no `observe` has applied yet is
    /// replaced, and never holds.
    pub weight_before: u16,
}

/// An ejected validator is taken back.
#[event]
pub struct ValidatorReinstated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
}
