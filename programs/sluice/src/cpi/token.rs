//! Minting, burning and moving LST.

use super::signer::PoolSigner;
use anchor_lang::prelude::*;
use anchor_spl::token;
use sluice_math::Lst;

/// Mints LST with the pool's mint authority.
pub fn mint<'info>(
    mint: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    lst: Lst,
    signer: &PoolSigner,
) -> Result<()> {
    if lst.is_zero() {
        return Ok(());
    }
    let accounts = token::MintTo {
        mint: mint.clone(),
        to: to.clone(),
        authority: authority.clone(),
    };
    token::mint_to(
        CpiContext::new_with_signer(token::ID, accounts, &[&signer.seeds()]),
        lst.get(),
    )
}

/// Burns LST of a wallet that signed the transaction.
pub fn burn<'info>(
    mint: &AccountInfo<'info>,
    from: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
    lst: Lst,
) -> Result<()> {
    let accounts = token::Burn {
        mint: mint.clone(),
        from: from.clone(),
        authority: owner.clone(),
    };
    token::burn(CpiContext::new(token::ID, accounts), lst.get())
}

/// Burns LST of the escrow.
pub fn burn_escrowed<'info>(
    mint: &AccountInfo<'info>,
    escrow: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    lst: Lst,
    signer: &PoolSigner,
) -> Result<()> {
    let accounts = token::Burn {
        mint: mint.clone(),
        from: escrow.clone(),
        authority: authority.clone(),
    };
    token::burn(
        CpiContext::new_with_signer(token::ID, accounts, &[&signer.seeds()]),
        lst.get(),
    )
}

/// Moves LST of a wallet that signed the transaction.
pub fn transfer<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
    lst: Lst,
) -> Result<()> {
    let accounts = token::Transfer {
        from: from.clone(),
        to: to.clone(),
        authority: owner.clone(),
    };
    token::transfer(CpiContext::new(token::ID, accounts), lst.get())
}

/// Moves LST out of escrow or fees.
pub fn transfer_signed<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    lst: Lst,
    signer: &PoolSigner,
) -> Result<()> {
    let accounts = token::Transfer {
        from: from.clone(),
        to: to.clone(),
        authority: authority.clone(),
    };
    token::transfer(
        CpiContext::new_with_signer(token::ID, accounts, &[&signer.seeds()]),
        lst.get(),
    )
}

/// Gives an account that was just created to the token program, as a token account of `mint`.
pub fn initialize_account<'info>(
    account: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
) -> Result<()> {
    let accounts = token::InitializeAccount3 {
        account: account.clone(),
        mint: mint.clone(),
        authority: owner.clone(),
    };
    token::initialize_account3(CpiContext::new(token::ID, accounts))
}
