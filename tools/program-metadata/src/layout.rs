//! Offsets of what buffers and metadata say of themselves.

use std::ops::Range;

use anchor_lang::{
    prelude::{AccountInfo, ProgramError, Pubkey, Rent, SolanaSysvar},
    solana_program::{program::invoke_signed, system_instruction},
};

use crate::ID;

pub const HEADER: usize = 96;
pub const SEED: usize = 16;

pub const BUFFER: u8 = 1;
pub const METADATA: u8 = 2;

pub const PROGRAM: Range<usize> = 1..33;
pub const AUTHORITY: Range<usize> = 33..65;

/// Of buffers.
pub const BUFFER_CANONICAL: usize = 65;
pub const BUFFER_SEED: Range<usize> = 66..82;

/// Of metadata.
pub const MUTABLE: usize = 65;
pub const CANONICAL: usize = 66;
pub const METADATA_SEED: Range<usize> = 67..83;
pub const DESCRIPTION: Range<usize> = 83..87;
pub const LENGTH: Range<usize> = 87..91;

/// What kind of account it is; none where it has no data.
pub fn kind(account: &AccountInfo<'_>) -> Option<u8> {
    account.data.borrow().first().copied()
}

/// Encoding, compression, format and source: each has values of its own.
pub fn require_description(description: &[u8]) -> Result<(), ProgramError> {
    const MOST: [u8; 4] = [3, 2, 3, 2];
    let is_known = description.len() == MOST.len()
        && description
            .iter()
            .zip(MOST)
            .all(|(value, most)| *value <= most);
    is_known
        .then_some(())
        .ok_or(ProgramError::InvalidInstructionData)
}

/// Allocates an account at an address of this program.
pub fn allocate(
    account: &AccountInfo<'_>,
    bytes: usize,
    seeds: &[&[u8]],
) -> Result<(), ProgramError> {
    let (address, bump) = Pubkey::find_program_address(seeds, &ID);
    if address != *account.key {
        return Err(ProgramError::InvalidSeeds);
    }
    let bump = [bump];
    let seeds: Vec<&[u8]> = seeds.iter().copied().chain([bump.as_slice()]).collect();
    let accounts = std::slice::from_ref(account);
    let space = system_instruction::allocate(account.key, bytes as u64);
    invoke_signed(&space, accounts, &[&seeds])?;
    invoke_signed(
        &system_instruction::assign(account.key, &ID),
        accounts,
        &[&seeds],
    )
}

/// Fails unless the account has the rent of what it takes up.
pub fn require_rent(account: &AccountInfo<'_>) -> Result<(), ProgramError> {
    let needed = Rent::get()?.minimum_balance(account.data_len());
    (account.lamports() >= needed)
        .then_some(())
        .ok_or(ProgramError::AccountNotRentExempt)
}
