//! What the curator decided.

use super::Books;
use anchor_lang::prelude::*;

/// A validator joined the pool.
#[event]
pub struct ValidatorAdded {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Page of its slot.
    pub page: u16,
    /// Its slot.
    pub slot_index: u8,
    /// Serial of its stake accounts.
    pub serial: u64,
    /// Its weight.
    pub weight: u16,
    /// Rent that the curator paid in for the stake accounts.
    pub rent_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// A validator gets another weight.
#[event]
pub struct WeightSet {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// The new weight.
    pub weight: u16,
    /// Epoch from which it holds.
    pub from_epoch: u64,
}

/// A validator will leave the pool.
#[event]
pub struct ValidatorRetired {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Epoch from which its stake drains.
    pub from_epoch: u64,
}

/// An ejected validator is taken back.
#[event]
pub struct ValidatorReinstated {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
}
