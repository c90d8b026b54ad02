//! Creation of accounts at addresses that a stranger may have funded before.

use anchor_lang::{
    ZeroCopy,
    error::ErrorCode,
    prelude::*,
    system_program::{self, Allocate, Assign, Transfer},
};
use std::cell::RefMut;

/// Creates an account of `space` bytes for `owner` at a derived address, rent paid by `payer`.
/// Lamports that are there already are kept. Returns the rent that the payer owes for it.
pub fn create<'info>(
    account: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    space: usize,
    owner: &Pubkey,
    seeds: &[&[u8]],
) -> Result<u64> {
    let rent = Rent::get()?.minimum_balance(space);
    pay_rent(account, payer, rent)?;
    let signer: &[&[&[u8]]] = &[seeds];
    let allocate = Allocate {
        account_to_allocate: account.clone(),
    };
    // A usize always fits 64 bits on chain and on every host that compiles this.
    let space = u64::try_from(space).map_err(|_| ProgramError::InvalidArgument)?;
    system_program::allocate(
        CpiContext::new_with_signer(system_program::ID, allocate, signer),
        space,
    )?;
    let assign = Assign {
        account_to_assign: account.clone(),
    };
    system_program::assign(
        CpiContext::new_with_signer(system_program::ID, assign, signer),
        owner,
    )?;
    Ok(rent)
}

/// The payer pays the rent in full, whatever is there: what strangers sent is never counted.
fn pay_rent<'info>(
    account: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    rent: u64,
) -> Result<()> {
    let accounts = Transfer {
        from: payer.clone(),
        to: account.clone(),
    };
    system_program::transfer(CpiContext::new(system_program::ID, accounts), rent)
}

/// Marks an account of the program that was just created as a `T`.
pub fn write_discriminator<T: ZeroCopy>(account: &AccountInfo<'_>) -> Result<()> {
    account.try_borrow_mut_data()?[..T::DISCRIMINATOR.len()].copy_from_slice(T::DISCRIMINATOR);
    Ok(())
}

/// Loads an account of the program that Anchor could not check, because the instruction may
/// have created it.
pub fn load_mut<'a, T: ZeroCopy>(account: &'a AccountInfo<'_>) -> Result<RefMut<'a, T>> {
    require_keys_eq!(
        *account.owner,
        crate::ID,
        ErrorCode::AccountOwnedByWrongProgram
    );
    require!(account.is_writable, ErrorCode::AccountNotMutable);
    let data = account.try_borrow_mut_data()?;
    let end = T::DISCRIMINATOR.len() + size_of::<T>();
    require!(
        data.len() >= end && data.starts_with(T::DISCRIMINATOR),
        ErrorCode::AccountDiscriminatorMismatch
    );
    Ok(RefMut::map(data, |data| {
        bytemuck::from_bytes_mut(&mut data[T::DISCRIMINATOR.len()..end])
    }))
}
