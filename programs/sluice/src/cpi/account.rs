//! Zero-copy accounts that an instruction creates, or may have created.

use super::system;
use crate::{
    error::{SluiceError, ensure_is},
    moment::rent_of,
};
use anchor_lang::{ZeroCopy, error::ErrorCode, prelude::*};
use sluice_math::Lamports;
use std::{
    cell::{Ref, RefMut},
    ops::Range,
};

/// Creates a zero-copy account of the program at the address that `seeds` derive, which must be
/// the one of `account`, and loads it together with its bump.
pub fn create<'a, 'info, T: ZeroCopy>(
    account: &'a AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    seeds: &[&[u8]],
    wrong_address: SluiceError,
) -> Result<(RefMut<'a, T>, u8)> {
    let space = T::DISCRIMINATOR.len() + size_of::<T>();
    let (_, bump) = create_for(account, payer, space, &crate::ID, seeds, wrong_address)?;
    account.try_borrow_mut_data()?[..T::DISCRIMINATOR.len()].copy_from_slice(T::DISCRIMINATOR);
    Ok((load_mut(account)?, bump))
}

/// Creates an account for another program at the address that `seeds` derive, which must be the
/// one of `account`. Returns the rent paid and the bump.
pub fn create_for<'info>(
    account: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    space: usize,
    owner: &Pubkey,
    seeds: &[&[u8]],
    wrong_address: SluiceError,
) -> Result<(Lamports, u8)> {
    let (address, bump) = Pubkey::find_program_address(seeds, &crate::ID);
    ensure_is(account, &address, wrong_address)?;
    let bump_seed = [bump];
    let seeds = [seeds, &[&bump_seed]].concat();
    let rent = rent_of(space)?;
    system::create_account(account, payer, rent, space, owner, &[&seeds])?;
    Ok((rent, bump))
}

/// Loads an account of the program that Anchor could not check, because the instruction may
/// have created it.
pub fn load_mut<'a, T: ZeroCopy>(account: &'a AccountInfo<'_>) -> Result<RefMut<'a, T>> {
    if !account.is_writable {
        return Err(ErrorCode::AccountNotMutable.into());
    }
    let data = account.try_borrow_mut_data()?;
    let body = body::<T>(account.owner, &data)?;
    Ok(RefMut::map(data, |data| {
        bytemuck::from_bytes_mut(&mut data[body])
    }))
}

/// Loads an account of the program to read it only.
pub fn load<'a, T: ZeroCopy>(account: &'a AccountInfo<'_>) -> Result<Ref<'a, T>> {
    let data = account.try_borrow_data()?;
    let body = body::<T>(account.owner, &data)?;
    Ok(Ref::map(data, |data| bytemuck::from_bytes(&data[body])))
}

/// Where in the data of an account of the program its fields are.
fn body<T: ZeroCopy>(owner: &Pubkey, data: &[u8]) -> Result<Range<usize>> {
    if owner != &crate::ID {
        return Err(ErrorCode::AccountOwnedByWrongProgram.into());
    }
    let end = T::DISCRIMINATOR.len() + size_of::<T>();
    if data.len() < end || !data.starts_with(T::DISCRIMINATOR) {
        return Err(ErrorCode::AccountDiscriminatorMismatch.into());
    }
    Ok(T::DISCRIMINATOR.len()..end)
}
