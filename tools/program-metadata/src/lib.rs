//! A stand-in for the Program Metadata program; `README.md` says what for.

mod authority;
mod buffer;
mod layout;
mod metadata;

use anchor_lang::prelude::{AccountInfo, ProgramError, Pubkey, pubkey};
use solana_program_entrypoint::{ProgramResult, entrypoint};

/// Where the original is.
const ID: Pubkey = pubkey!("ProgM6JCCvbYkfKqJYHePx4xxSUSqJp7rh8Lyv7nk7S");

entrypoint!(process);

fn process<'a>(id: &Pubkey, accounts: &[AccountInfo<'a>], data: &[u8]) -> ProgramResult {
    if *id != ID {
        return Err(ProgramError::IncorrectProgramId);
    }
    let (call, data) = data
        .split_first()
        .ok_or(ProgramError::InvalidInstructionData)?;
    match call {
        0 => buffer::write(accounts, data),
        1 => metadata::initialize(accounts, data),
        2 => authority::set(accounts, data),
        3 => metadata::set_data(accounts, data),
        5 => buffer::trim(accounts, data),
        6 => buffer::close(accounts, data),
        7 => buffer::allocate(accounts, data),
        8 => buffer::extend(accounts, data),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
