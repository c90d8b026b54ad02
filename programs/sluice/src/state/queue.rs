//! The unbonding queue: batches and tickets.

use anchor_lang::prelude::*;
use sluice_math::{Lamports, Lst};

/// Seed of a batch's address, followed by the pool and the batch's id as u64.
pub const BATCH_SEED: &[u8] = b"batch";
/// Seed of a ticket's address, followed by the batch, the first owner and a nonce as u64.
pub const TICKET_SEED: &[u8] = b"ticket";

/// All exits requested in one cycle.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct UnstakeBatch {
    /// Layout version.
    pub version: u8,
    /// Bump of the batch's address.
    pub bump: u8,
    /// Padding.
    pub padding: [u8; 6],
    /// The pool.
    pub pool: Pubkey,
    /// Who paid for the account and gets its rent back.
    pub opener: Pubkey,
    /// Number of the batch in the life of the pool.
    pub id: u64,
    /// Slot from which the batch is locked; zero while it is empty.
    pub lock_slot: u64,
    /// Epoch of `lock_slot`.
    pub lock_epoch: u64,
    /// LST of all its tickets.
    pub lst: u64,
    /// LST that has not been settled.
    pub unsettled_lst: u64,
    /// Lamports that settlement has paid in.
    pub paid_lamports: u64,
    /// Lamports that tickets have claimed.
    pub claimed_lamports: u64,
    /// Tickets that exist.
    pub tickets: u64,
    /// Room for later versions.
    pub reserved: [u64; 4],
}

impl UnstakeBatch {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// Whether the batch is locked, settled and paid in full.
    pub fn is_settled(&self) -> bool {
        self.paid_in_full() && self.lock_slot != 0
    }

    fn paid_in_full(&self) -> bool {
        self.unsettled_lst == 0
    }

    /// LST of all tickets.
    pub fn lst(&self) -> Lst {
        Lst::new(self.lst)
    }

    /// Lamports paid in that no ticket has claimed.
    pub fn unclaimed(&self) -> Lamports {
        Lamports::new(self.paid_lamports).saturating_sub(Lamports::new(self.claimed_lamports))
    }
}

/// One exit request.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Layout version.
    pub version: u8,
    /// Bump of the ticket's address.
    pub bump: u8,
    /// Padding.
    pub padding: [u8; 6],
    /// The pool.
    pub pool: Pubkey,
    /// The batch.
    pub batch: Pubkey,
    /// Who is paid; transferable.
    pub owner: Pubkey,
    /// Tells the tickets of an owner in a batch apart.
    pub nonce: u64,
    /// LST that leaves.
    pub lst: u64,
    /// Lamports already claimed.
    pub claimed_lamports: u64,
    /// Room for later versions.
    pub reserved: [u64; 2],
}

impl Ticket {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();
}
