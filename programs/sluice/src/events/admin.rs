//! What creator, admin and guardian decided.

use anchor_lang::prelude::*;

use super::Books;
use crate::state::{Parameter, PoolConfig, PoolLimits};

/// A pool was created.
#[event]
pub struct PoolCreated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Its LST mint.
    pub mint: Pubkey,
    /// Number of the epoch; the prices hold in it.
    pub epoch: u64,
    /// Changes roles and configuration.
    pub admin: Pubkey,
    /// Adds, weighs and retires validators; zero for nobody.
    pub curator: Pubkey,
    /// Pauses deposits and delegation; zero for nobody.
    pub guardian: Pubkey,
    /// Is paid the fees.
    pub treasury: Pubkey,
    /// Its rates and limits.
    pub config: PoolConfig,
    /// Its limits on deposits.
    pub limits: PoolLimits,
    /// The books after it.
    pub books: Books,
}

/// A role of a pool that the admin gives to a key.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Changes roles and configuration.
    Admin,
    /// Adds, weighs and retires validators.
    Curator,
    /// Pauses deposits and delegation.
    Guardian,
    /// Is paid the fees.
    Treasury,
}

/// The admin nominated who may follow; zero for nobody.
#[event]
pub struct AdminNominated {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The admin.
    pub admin: Pubkey,
    /// Who may accept.
    pub nominated: Pubkey,
}

/// A role belongs to another key.
#[event]
pub struct RoleSet {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The role that changes hands.
    pub role: Role,
    /// Who had it.
    pub before: Pubkey,
    /// Who has it; zero for nobody.
    pub now: Pubkey,
}

/// A change of a parameter waits.
#[event]
pub struct ChangeScheduled {
    /// Address of the pool.
    pub pool: Pubkey,
    /// What will change.
    pub parameter: Parameter,
    /// Its value now.
    pub before: u64,
    /// Its value then.
    pub value: u64,
    /// The first epoch whose finalize applies it.
    pub from_epoch: u64,
}

/// A change that waited was cancelled.
#[event]
pub struct ChangeCancelled {
    /// Address of the pool.
    pub pool: Pubkey,
    /// What does not change.
    pub parameter: Parameter,
    /// The value that it does not get.
    pub value: u64,
}

/// A change is in force.
#[event]
pub struct ChangeApplied {
    /// Address of the pool.
    pub pool: Pubkey,
    /// What changed.
    pub parameter: Parameter,
    /// Its value before.
    pub before: u64,
    /// Its value from now on.
    pub value: u64,
}

/// A change whose epoch had come does not fit the other parameters, and is forgotten.
#[event]
pub struct ChangeDropped {
    /// Address of the pool.
    pub pool: Pubkey,
    /// What did not change.
    pub parameter: Parameter,
    /// Its value.
    pub before: u64,
    /// The value that it did not get.
    pub value: u64,
}

/// Deposits and delegation are paused.
#[event]
pub struct PoolPaused {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The first epoch in which they go on.
    pub until_epoch: u64,
}

/// Deposits and delegation go on.
#[event]
pub struct PoolUnpaused {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Number of the epoch.
    pub epoch: u64,
}

/// The admin acknowledged an abnormal loss: the breaker has ended.
#[event]
pub struct LossAcknowledged {
    /// Address of the pool.
    pub pool: Pubkey,
    /// The part of the loss that later gains had not restored, and will not.
    pub unrestored_lamports: u64,
}
