//! Lamports and accounts, through the system program.
//!
//! Instruction data is written by hand: a tag as u32, then the fields, all little endian, as
//! `SystemInstruction` in bincode. Its serializer would cost compute in every transfer.

use super::{invoke, signer::PoolSigner};
use anchor_lang::{prelude::*, system_program};
use sluice_math::Lamports;
use std::slice;

const CREATE_ACCOUNT: u32 = 0;
const ASSIGN: u32 = 1;
const TRANSFER: u32 = 2;
const ALLOCATE: u32 = 8;

/// Transfers lamports from a wallet that signed the transaction.
pub fn transfer<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    lamports: Lamports,
) -> Result<()> {
    transfer_with_seeds(from, to, lamports, &[])
}

/// Transfers lamports from the reserve or the claims vault.
pub fn transfer_signed<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    lamports: Lamports,
    signer: &PoolSigner,
) -> Result<()> {
    transfer_with_seeds(from, to, lamports, &[&signer.seeds()])
}

fn transfer_with_seeds<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    lamports: Lamports,
    seeds: &[&[&[u8]]],
) -> Result<()> {
    if lamports.is_zero() {
        return Ok(());
    }
    let metas = vec![
        AccountMeta::new(*from.key, true),
        AccountMeta::new(*to.key, false),
    ];
    let data = [&TRANSFER.to_le_bytes()[..], &lamports.get().to_le_bytes()].concat();
    invoke(
        system_program::ID,
        metas,
        data,
        &[from.clone(), to.clone()],
        seeds,
    )
}

/// Creates an account of `space` bytes for `owner`, rent paid by `payer`, and returns the rent.
/// `signer` has the seeds of a derived address; none where the account's key signed the
/// transaction. Strangers may have sent lamports there before: they stay, uncounted.
pub fn create_account<'info>(
    account: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    space: usize,
    owner: &Pubkey,
    signer: &[&[&[u8]]],
) -> Result<Lamports> {
    let rent = Lamports::new(Rent::get()?.minimum_balance(space));
    let space = u64::try_from(space).map_err(|_| ProgramError::InvalidArgument)?;
    let rent_bytes = rent.get().to_le_bytes();
    let space_bytes = space.to_le_bytes();
    if account.lamports() == 0 {
        let metas = vec![
            AccountMeta::new(*payer.key, true),
            AccountMeta::new(*account.key, true),
        ];
        let tag = CREATE_ACCOUNT.to_le_bytes();
        let data = [&tag[..], &rent_bytes, &space_bytes, owner.as_ref()].concat();
        invoke(
            system_program::ID,
            metas,
            data,
            &[payer.clone(), account.clone()],
            signer,
        )?;
        return Ok(rent);
    }
    transfer(payer, account, rent)?;
    let own = || vec![AccountMeta::new(*account.key, true)];
    let allocate = [&ALLOCATE.to_le_bytes()[..], &space_bytes].concat();
    invoke(
        system_program::ID,
        own(),
        allocate,
        slice::from_ref(account),
        signer,
    )?;
    let assign = [&ASSIGN.to_le_bytes()[..], owner.as_ref()].concat();
    invoke(
        system_program::ID,
        own(),
        assign,
        slice::from_ref(account),
        signer,
    )?;
    Ok(rent)
}
