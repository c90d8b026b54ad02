//! Transfers of lamports.

use super::signer::PoolSigner;
use anchor_lang::{
    prelude::*,
    system_program::{self, Transfer},
};
use sluice_math::Lamports;

/// Transfers lamports from a wallet that signed the transaction.
pub fn transfer<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    lamports: Lamports,
) -> Result<()> {
    if lamports.is_zero() {
        return Ok(());
    }
    let accounts = Transfer {
        from: from.clone(),
        to: to.clone(),
    };
    system_program::transfer(
        CpiContext::new(system_program::ID, accounts),
        lamports.get(),
    )
}

/// Transfers lamports from the reserve or the claims vault.
pub fn transfer_signed<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    lamports: Lamports,
    signer: &PoolSigner,
) -> Result<()> {
    if lamports.is_zero() {
        return Ok(());
    }
    let accounts = Transfer {
        from: from.clone(),
        to: to.clone(),
    };
    system_program::transfer(
        CpiContext::new_with_signer(system_program::ID, accounts, &[&signer.seeds()]),
        lamports.get(),
    )
}
