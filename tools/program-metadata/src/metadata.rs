//! What is told.

use anchor_lang::{
    prelude::{AccountInfo, ProgramError},
    solana_program::system_program,
};
use solana_program_entrypoint::ProgramResult;

use crate::{
    ID, authority,
    layout::{
        self, AUTHORITY, BUFFER, CANONICAL, DESCRIPTION, HEADER, LENGTH, METADATA, METADATA_SEED,
        MUTABLE, PROGRAM, SEED, kind, require_description, require_rent,
    },
};

pub fn initialize(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [metadata, authority, program, code, system] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let (seed, rest) = data
        .split_at_checked(SEED)
        .ok_or(ProgramError::InvalidInstructionData)?;
    let (description, content) = rest
        .split_at_checked(DESCRIPTION.len())
        .ok_or(ProgramError::InvalidInstructionData)?;
    require_description(description)?;
    if !authority.is_signer {
        return Err(ProgramError::MissingRequiredSignature);
    }
    // Only what upgrade authorities tell is of interest to these tests.
    if !authority::can_upgrade(program, code, authority)? {
        return Err(ProgramError::IncorrectAuthority);
    }
    match (kind(metadata), content) {
        (Some(BUFFER), []) if *system.key == ID => {
            require_address(metadata, program, seed)?;
        }
        (None, [_, ..]) if *system.key == system_program::ID => {
            let seeds = [program.key.as_ref(), seed];
            layout::allocate(metadata, HEADER + content.len(), &seeds)?;
            metadata.data.borrow_mut()[HEADER..].copy_from_slice(content);
        }
        (Some(METADATA), _) => return Err(ProgramError::AccountAlreadyInitialized),
        _ => return Err(ProgramError::InvalidInstructionData),
    }
    require_rent(metadata)?;
    let mut data = metadata.data.borrow_mut();
    let length = data.len() - HEADER;
    data[..HEADER].fill(0);
    data[0] = METADATA;
    data[PROGRAM].copy_from_slice(program.key.as_ref());
    data[AUTHORITY].fill(0);
    data[MUTABLE] = 1;
    data[CANONICAL] = 1;
    data[METADATA_SEED].copy_from_slice(seed);
    data[DESCRIPTION].copy_from_slice(description);
    data[LENGTH].copy_from_slice(&(length as u32).to_le_bytes());
    Ok(())
}

fn require_address(
    metadata: &AccountInfo<'_>,
    program: &AccountInfo<'_>,
    seed: &[u8],
) -> ProgramResult {
    let seeds = [program.key.as_ref(), seed];
    let (address, _) = anchor_lang::prelude::Pubkey::find_program_address(&seeds, &ID);
    (address == *metadata.key)
        .then_some(())
        .ok_or(ProgramError::InvalidSeeds)
}

pub fn set_data(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [metadata, authority, buffer, program, code] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let (description, content) = data
        .split_at_checked(DESCRIPTION.len())
        .ok_or(ProgramError::InvalidInstructionData)?;
    require_description(description)?;
    if kind(metadata) != Some(METADATA) {
        return Err(ProgramError::UninitializedAccount);
    }
    authority::require(metadata, authority, program, code)?;
    match (content, *buffer.key == ID) {
        ([_, ..], true) => replace(metadata, description, content),
        ([], false) if buffer.owner == &ID && kind(buffer) == Some(BUFFER) => {
            replace(metadata, description, &buffer.data.borrow()[HEADER..])
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn replace(metadata: &AccountInfo<'_>, description: &[u8], content: &[u8]) -> ProgramResult {
    metadata.resize(HEADER + content.len())?;
    let mut data = metadata.data.borrow_mut();
    data[DESCRIPTION].copy_from_slice(description);
    data[LENGTH].copy_from_slice(&(content.len() as u32).to_le_bytes());
    data[HEADER..].copy_from_slice(content);
    drop(data);
    require_rent(metadata)
}
