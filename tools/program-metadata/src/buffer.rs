//! Content that is not told yet, and the room of accounts.

use anchor_lang::{
    prelude::{AccountInfo, ProgramError, Pubkey, Rent, SolanaSysvar, pubkey},
    solana_program::system_program,
};
use solana_program_entrypoint::ProgramResult;

use crate::{
    ID, authority,
    layout::{
        self, AUTHORITY, BUFFER, BUFFER_CANONICAL, BUFFER_SEED, HEADER, LENGTH, METADATA, PROGRAM,
        SEED, kind, require_rent,
    },
};

/// What the cluster asks for space.
const RENT: Pubkey = pubkey!("SysvarRent111111111111111111111111111111111");

pub fn allocate(accounts: &[AccountInfo<'_>], seed: &[u8]) -> ProgramResult {
    let [buffer, authority, program, code, system] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !authority.is_signer {
        return Err(ProgramError::MissingRequiredSignature);
    }
    if seed.len() != SEED || *system.key != system_program::ID {
        return Err(ProgramError::InvalidInstructionData);
    }
    if !program.executable {
        return Err(ProgramError::Custom(0));
    }
    let canonical = authority::can_upgrade(program, code, authority)?;
    let (program_key, authority_key) = (program.key.as_ref(), authority.key.as_ref());
    if buffer.data_len() > 0 {
        return Err(ProgramError::AccountAlreadyInitialized);
    }
    match canonical {
        true => layout::allocate(buffer, HEADER, &[program_key, seed])?,
        false => layout::allocate(buffer, HEADER, &[program_key, authority_key, seed])?,
    }
    require_rent(buffer)?;
    let mut data = buffer.data.borrow_mut();
    data[0] = BUFFER;
    data[PROGRAM].copy_from_slice(program_key);
    data[AUTHORITY].copy_from_slice(authority_key);
    data[BUFFER_CANONICAL] = canonical.into();
    data[BUFFER_SEED].copy_from_slice(seed);
    Ok(())
}

pub fn write(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [buffer, authority, source] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !authority.is_signer {
        return Err(ProgramError::MissingRequiredSignature);
    }
    if kind(buffer) != Some(BUFFER) {
        return Err(ProgramError::InvalidAccountData);
    }
    if buffer.data.borrow()[AUTHORITY] != authority.key.to_bytes() {
        return Err(ProgramError::IncorrectAuthority);
    }
    let (offset, bytes) = data
        .split_first_chunk()
        .ok_or(ProgramError::InvalidInstructionData)?;
    let offset = u32::from_le_bytes(*offset) as usize + HEADER;
    match (bytes, *source.key == ID) {
        ([], false) if source.owner == &ID && source.key != buffer.key => {
            if kind(source) != Some(BUFFER) {
                return Err(ProgramError::InvalidAccountData);
            }
            put(buffer, offset, &source.data.borrow()[HEADER..])
        }
        ([_, ..], true) => put(buffer, offset, bytes),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn put(buffer: &AccountInfo<'_>, offset: usize, bytes: &[u8]) -> ProgramResult {
    let end = offset + bytes.len();
    if end > buffer.data_len() {
        buffer.resize(end)?;
    }
    buffer.data.borrow_mut()[offset..end].copy_from_slice(bytes);
    require_rent(buffer)
}

pub fn extend(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [account, authority, program, code] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let more: [u8; 2] = data
        .try_into()
        .map_err(|_| ProgramError::InvalidInstructionData)?;
    authority::require(account, authority, program, code)?;
    account.resize(account.data_len() + usize::from(u16::from_le_bytes(more)))?;
    require_rent(account)
}

pub fn trim(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [account, authority, program, code, recipient, rent] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !data.is_empty() {
        return Err(ProgramError::InvalidInstructionData);
    }
    authority::require(account, authority, program, code)?;
    if kind(account) == Some(METADATA) {
        let length: [u8; 4] = account.data.borrow()[LENGTH].try_into().unwrap_or_default();
        account.resize(HEADER + u32::from_le_bytes(length) as usize)?;
    }
    if *rent.key != RENT {
        return Err(ProgramError::InvalidArgument);
    }
    let keeps = Rent::get()?.minimum_balance(account.data_len());
    let excess = account
        .lamports()
        .checked_sub(keeps)
        .ok_or(ProgramError::AccountNotRentExempt)?;
    pay_out(account, recipient, excess)
}

pub fn close(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [account, authority, program, code, recipient] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !data.is_empty() {
        return Err(ProgramError::InvalidInstructionData);
    }
    authority::require(account, authority, program, code)?;
    pay_out(account, recipient, account.lamports())?;
    account.resize(0)?;
    account.assign(&system_program::ID);
    Ok(())
}

fn pay_out(from: &AccountInfo<'_>, to: &AccountInfo<'_>, lamports: u64) -> ProgramResult {
    if from.key == to.key {
        return Err(ProgramError::InvalidArgument);
    }
    **from.try_borrow_mut_lamports()? -= lamports;
    **to.try_borrow_mut_lamports()? += lamports;
    Ok(())
}
