//! Lamports and accounts, through the system program.
//!
//! Instruction data is written by hand: a tag as u32, then the fields, all little endian, as
//! `SystemInstruction` in bincode. Its serializer would cost compute in every transfer.

use anchor_lang::{prelude::*, system_program::ID};
use sluice_math::Lamports;

use super::{call, data, signer::PoolSigner, write};

const CREATE_ACCOUNT: [u8; 4] = [0, 0, 0, 0];
const ASSIGN: [u8; 4] = [1, 0, 0, 0];
const TRANSFER: [u8; 4] = [2, 0, 0, 0];
const ALLOCATE: [u8; 4] = [8, 0, 0, 0];

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
    call(
        ID,
        data([&TRANSFER, &lamports.get().to_le_bytes()]),
        [write(from).signs(), write(to)],
        seeds,
    )
}

/// Creates an account of `space` bytes for `owner`, its `rent` paid by `payer`. `signer` has the seeds
/// of a derived address; none where the account's key signed the transaction. Strangers may have sent lamports there before: they stay, uncounted.
pub fn create_account<'info>(
    account: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    rent: Lamports,
    space: usize,
    owner: &Pubkey,
    signer: &[&[&[u8]]],
) -> Result<()> {
    let space = u64::try_from(space).map_err(|_| ProgramError::InvalidArgument)?;
    let rent_bytes = rent.get().to_le_bytes();
    let space_bytes = space.to_le_bytes();
    let own = write(account).signs();
    if account.lamports() == 0 {
        let data = data([&CREATE_ACCOUNT, &rent_bytes, &space_bytes, owner.as_ref()]);
        return call(ID, data, [write(payer).signs(), own], signer);
    }
    transfer(payer, account, rent)?;
    call(ID, data([&ALLOCATE, &space_bytes]), [own], signer)?;
    call(ID, data([&ASSIGN, owner.as_ref()]), [own], signer)
}
