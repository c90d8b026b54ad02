//! Zero-copy accounts that an instruction creates, or may have created.

use std::cell::{Ref, RefMut};

use anchor_lang::{ZeroCopy, error::ErrorCode, prelude::*};
use sluice_math::Lamports;

use super::system;
use crate::{
    ensure,
    error::{SluiceError, ensure_is},
    moment::rent_of,
};

/// Creates a zero-copy account of the program at the address that `seeds` derive, which must be
/// the one of `account`, and loads it together with its bump.
pub fn create<'a, 'info, T: ZeroCopy>(
    account: &'a AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    seeds: &[&[u8]],
    wrong_address: SluiceError,
) -> Result<(RefMut<'a, T>, u8)> {
    let (address, bump) = Pubkey::find_program_address(seeds, &crate::ID);
    ensure_is(account, &address, wrong_address)?;
    Ok((create_with_bump(account, payer, seeds, bump)?, bump))
}

/// Creates a zero-copy account of the program at the address of these seeds and this bump, and loads
/// it. The runtime fails where `account` is another one.
pub fn create_with_bump<'a, 'info, T: ZeroCopy>(
    account: &'a AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    seeds: &[&[u8]],
    bump: u8,
) -> Result<RefMut<'a, T>> {
    let space = T::DISCRIMINATOR.len().saturating_add(size_of::<T>());
    create_signed(account, payer, space, &crate::ID, seeds, bump)?;
    let mut data = account.try_borrow_mut_data()?;
    data.split_at_mut(T::DISCRIMINATOR.len())
        .0
        .copy_from_slice(T::DISCRIMINATOR);
    drop(data);
    load_mut(account)
}

/// The bump with which `seeds` derive this address, the highest ones tried first. A hash costs a
/// tenth of what the runtime takes for a derivation, and leaves out what the runtime checks in the
/// creation: that no key belongs to the address. `None` where no bump derives it.
pub fn bump_of<const N: usize>(address: &Pubkey, seeds: &[&[u8]; N]) -> Option<u8> {
    let derived = |bump| Pubkey::derive_address(seeds, Some(bump), &crate::ID);
    (0..=u8::MAX).rev().find(|bump| derived(*bump) == *address)
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
    let rent = create_signed(account, payer, space, owner, seeds, bump)?;
    Ok((rent, bump))
}

/// Creates an account at the address of these seeds and this bump. Returns the rent paid.
pub fn create_signed<'info>(
    account: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    space: usize,
    owner: &Pubkey,
    seeds: &[&[u8]],
    bump: u8,
) -> Result<Lamports> {
    let bump_seed = [bump];
    let seeds = [seeds, &[&bump_seed]].concat();
    let rent = rent_of(space)?;
    system::create_account(account, payer, rent, space, owner, &[&seeds])?;
    Ok(rent)
}

/// Fails where lamports could not be sent to the account: it is read-only, as the runtime's own
/// addresses always are, a program, or an account of this program.
pub fn require_payable(account: &AccountInfo<'_>) -> Result<()> {
    ensure!(
        account.is_writable && !account.executable && account.owner != &crate::ID,
        SluiceError::OwnerUnpayable
    );
    Ok(())
}

/// Loads an account of the program that Anchor could not check, because the instruction may
/// have created it.
pub fn load_mut<'a, T: ZeroCopy>(account: &'a AccountInfo<'_>) -> Result<RefMut<'a, T>> {
    if !account.is_writable {
        return Err(ErrorCode::AccountNotMutable.into());
    }
    require_own(account)?;
    require_length::<T>(&account.try_borrow_data()?)?;
    RefMut::filter_map(account.try_borrow_mut_data()?, |data| {
        let is_of_type = data.starts_with(T::DISCRIMINATOR);
        let (_, body) = data.split_at_mut_checked(T::DISCRIMINATOR.len())?;
        let body = body.get_mut(..size_of::<T>()).filter(|_| is_of_type)?;
        bytemuck::try_from_bytes_mut(body).ok()
    })
    .map_err(|_| ErrorCode::AccountDiscriminatorMismatch.into())
}

/// Loads an account of the program to read it only.
pub fn load<'a, T: ZeroCopy>(account: &'a AccountInfo<'_>) -> Result<Ref<'a, T>> {
    require_own(account)?;
    require_length::<T>(&account.try_borrow_data()?)?;
    Ref::filter_map(account.try_borrow_data()?, |data| {
        let body = data.strip_prefix(T::DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body.get(..size_of::<T>())?).ok()
    })
    .map_err(|_| ErrorCode::AccountDiscriminatorMismatch.into())
}

/// Fails where the account is of the type, but shorter: its layout is an older one.
fn require_length<T: ZeroCopy>(data: &[u8]) -> Result<()> {
    let is_shorter = data
        .strip_prefix(T::DISCRIMINATOR)
        .is_some_and(|body| body.len() < size_of::<T>());
    ensure!(!is_shorter, SluiceError::MigrationNeeded);
    Ok(())
}

/// Fails where the account is not the program's.
pub fn require_own(account: &AccountInfo<'_>) -> Result<()> {
    if account.owner != &crate::ID {
        return Err(ErrorCode::AccountOwnedByWrongProgram.into());
    }
    Ok(())
}
