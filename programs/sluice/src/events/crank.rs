//! What was booked and moved for the pool.

use anchor_lang::prelude::*;

use super::Books;
use crate::state::{Breach, StakeAccountKind};

/// Stake accounts of a page were read.
#[event]
pub struct StakeObserved {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Index of the page.
    pub page: u16,
    /// Slots of the page observed in this epoch.
    pub observed: u16,
    /// Slots in use.
    pub occupied: u16,
    /// Lamports of the page.
    pub staked_lamports: u64,
}

/// A reset stake account has the pool's authority again.
#[event]
pub struct StakeReclaimed {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The stake account.
    pub stake: Pubkey,
}

/// An epoch was booked.
#[event]
pub struct EpochFinalized {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Number of the epoch.
    pub epoch: u64,
    /// When it began by the cluster's clock, in seconds since 1970.
    pub epoch_start_timestamp: i64,
    /// The current slot.
    pub slot: u64,
    /// What the pool owned, by the books before.
    pub full_before_lamports: u64,
    /// What exits shared just before.
    pub value_before_lamports: u64,
    /// LST by the books before.
    pub supply_before_lst: u64,
    /// LST that strangers had burned.
    pub burned_lst: u64,
    /// Gain.
    pub gain_lamports: u64,
    /// Loss.
    pub loss_lamports: u64,
    /// The part of the loss by which the value fell.
    pub fall_lamports: u64,
    /// The part of the gain that gave a tripped loss back.
    pub restored_lamports: u64,
    /// The treasury's part of the gain.
    pub fee_lamports: u64,
    /// The part of the reward fee that stays with all holders.
    pub fee_kept_lamports: u64,
    /// LST minted for the treasury's part.
    pub fee_lst: u64,
    /// Epochs that what is unreleased takes at least: a drip that runs is never shortened.
    pub drip_epochs: u64,
    /// Whether the breaker tripped.
    pub tripped: bool,
    /// The books after it.
    pub books: Books,
}

/// A validator breaks the pool's rules: its stake drains.
#[event]
pub struct ValidatorEjected {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Which rule.
    pub breach: Breach,
    /// The weight that it loses.
    pub weight: u16,
    /// Delegation that the last boundary paid for; zero where that is not known.
    pub rewarded_lamports: u64,
    /// What the boundary added to it.
    pub paid_lamports: u64,
    /// Epoch from which the curator may take it back, without another breach.
    pub reinstatable_epoch: u64,
}

/// A drained slot was closed.
#[event]
pub struct SlotClosed {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Serial of the stake accounts, which never come back.
    pub serial: u64,
    /// Rent paid in for the slot; it drips to all holders.
    pub rent_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// Stake accounts of a validator hold less than booked.
#[event]
pub struct LossReported {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// What is missing.
    pub lamports: u64,
    /// The part by which the value fell.
    pub fall_lamports: u64,
    /// Whether the breaker is tripped.
    pub tripped: bool,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// Stake was merged or came back to the reserve.
#[event]
pub struct StakeCollected {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Lamports that became main stake.
    pub activated_lamports: u64,
    /// Lamports that went to the reserve.
    pub returned_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// Lamports were delegated.
#[event]
pub struct StakeDelegated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// Lamports taken from the reserve.
    pub lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// Stake was deactivated.
#[event]
pub struct StakeUndelegated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// The stake account that carries it.
    pub account: StakeAccountKind,
    /// Lamports on their way back, or back already.
    pub lamports: u64,
    /// Whether they are in the reserve already, because they had never been active.
    pub at_once: bool,
    /// The books after it.
    pub books: Books,
}

/// A locked batch was paid, as a whole or in part.
#[event]
pub struct BatchSettled {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// LST burned.
    pub lst: u64,
    /// Lamports moved into the claims vault.
    pub lamports: u64,
    /// LST that remains to be settled.
    pub unsettled_lst: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// The reward fee was forwarded to the treasury.
#[event]
pub struct FeesPaid {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The treasury's token account.
    pub treasury_account: Pubkey,
    /// LST paid.
    pub lst: u64,
}

/// A page has the current layout.
#[event]
pub struct PageMigrated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Index of the page.
    pub page: u16,
    /// The layout version that it had.
    pub from_version: u8,
}

/// A pool has the current layout, and with it all of its accounts.
#[event]
pub struct PoolMigrated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The layout version that it had.
    pub from_version: u8,
    /// The books, which stay as they were.
    pub books: Books,
}
