//! Builders that fill in every account that follows from the pool.

mod admin;
mod crank;
mod curator;
mod stake;
mod user;
mod view;

use anchor_lang::{InstructionData, ToAccountMetas};
pub use curator::LATER_VALIDATORS;
use sluice::state::{Slot, StakeAccountKind};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
pub use stake::{StakeRecipient, StakeSource};
pub use user::{TicketAccounts, UnstakeRequest, transfer_ticket};

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: sluice::ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

/// A validator's place in a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotAddress {
    /// Index of the page.
    pub page: u16,
    /// Index of the slot on it.
    pub slot: u8,
    /// The serial of the validator's stay in the pool.
    pub serial: u64,
    /// The vote account.
    pub vote: Pubkey,
    /// The main stake account.
    pub main: Pubkey,
    /// The transient stake account.
    pub transient: Pubkey,
}

impl SlotAddress {
    /// The place of a slot read from its page.
    pub fn of(page: u16, index: u8, slot: &Slot) -> Self {
        Self {
            page,
            slot: index,
            serial: u64::from(slot.serial),
            vote: slot.vote,
            main: slot.main,
            transient: slot.transient,
        }
    }

    /// The address of one of its stake accounts.
    pub fn stake(&self, kind: StakeAccountKind) -> Pubkey {
        match kind {
            StakeAccountKind::Main => self.main,
            StakeAccountKind::Transient => self.transient,
        }
    }
}
