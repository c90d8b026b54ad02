//! Who may.

use anchor_lang::prelude::{AccountInfo, ProgramError, Pubkey};
use solana_program_entrypoint::ProgramResult;

use crate::{
    ID,
    layout::{AUTHORITY, BUFFER, BUFFER_CANONICAL, CANONICAL, METADATA, MUTABLE, PROGRAM, kind},
};

/// The metadata is final.
const IMMUTABLE: ProgramError = ProgramError::Custom(3);

/// Whether `authority` can upgrade the program. Without the account of its code, it is not asked.
pub fn can_upgrade(
    program: &AccountInfo<'_>,
    code: &AccountInfo<'_>,
    authority: &AccountInfo<'_>,
) -> Result<bool, ProgramError> {
    if *code.key == ID {
        return Ok(false);
    }
    let (named, header) = (program.data.borrow(), code.data.borrow());
    if !program.executable || named.first() != Some(&2) {
        return Err(ProgramError::Custom(0));
    }
    if named.get(4..36) != Some(code.key.as_ref()) {
        return Err(ProgramError::Custom(2));
    }
    if code.executable || header.first() != Some(&3) {
        return Err(ProgramError::Custom(1));
    }
    let has_authority = header.get(12) == Some(&1);
    Ok(has_authority && header.get(13..45) == Some(authority.key.as_ref()))
}

/// Fails unless `authority` signs and may change this buffer or metadata.
pub fn require(
    account: &AccountInfo<'_>,
    authority: &AccountInfo<'_>,
    program: &AccountInfo<'_>,
    code: &AccountInfo<'_>,
) -> ProgramResult {
    let data = account.data.borrow();
    let canonical = match kind(account) {
        Some(BUFFER) => data[BUFFER_CANONICAL] == 1,
        Some(METADATA) if data[MUTABLE] == 0 => return Err(IMMUTABLE),
        Some(METADATA) => data[CANONICAL] == 1,
        _ => return Err(ProgramError::UninitializedAccount),
    };
    if !authority.is_signer {
        return Err(ProgramError::MissingRequiredSignature);
    }
    let is_named = data[AUTHORITY] == authority.key.to_bytes();
    let is_its = canonical && data[PROGRAM] == program.key.to_bytes();
    if is_named || (is_its && can_upgrade(program, code, authority)?) {
        return Ok(());
    }
    Err(ProgramError::IncorrectAuthority)
}

pub fn set(accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [account, authority, program, code] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require(account, authority, program, code)?;
    let is_canonical_metadata =
        kind(account) == Some(METADATA) && account.data.borrow()[CANONICAL] == 1;
    let new = match data {
        [0] if is_canonical_metadata => Pubkey::default(),
        [1, new @ ..] => Pubkey::try_from(new).map_err(|_| ProgramError::InvalidInstructionData)?,
        _ => return Err(ProgramError::InvalidInstructionData),
    };
    account.data.borrow_mut()[AUTHORITY].copy_from_slice(new.as_ref());
    Ok(())
}
