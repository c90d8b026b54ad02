//! How SOL and LST move between a user and a market.

use anchor_lang::{
    prelude::*,
    system_program::{self, Transfer},
};
use anchor_spl::token::{self, Token, TokenAccount};

use crate::Market;

/// SOL from a user to the market.
pub fn take_lamports<'info>(
    from: &Signer<'info>,
    market: &Account<'info, Market>,
    system_program: &Program<'info, System>,
    lamports: u64,
) -> Result<()> {
    let accounts = Transfer {
        from: from.to_account_info(),
        to: market.to_account_info(),
    };
    system_program::transfer(CpiContext::new(system_program.key(), accounts), lamports)
}

/// SOL from the market to a user. No program needs to be called for lamports of our own account, but none
/// may be called after it either: the runtime counts the lamports of a call's accounts, and would miss
/// some.
pub fn give_lamports<'info>(
    market: &Account<'info, Market>,
    to: &AccountInfo<'info>,
    lamports: u64,
) -> Result<()> {
    market.sub_lamports(lamports)?;
    to.add_lamports(lamports)?;
    Ok(())
}

/// LST from a user to the vault.
pub fn take_lst<'info>(
    from: &Account<'info, TokenAccount>,
    owner: &Signer<'info>,
    vault: &Account<'info, TokenAccount>,
    token_program: &Program<'info, Token>,
    lst: u64,
) -> Result<()> {
    let accounts = token::Transfer {
        from: from.to_account_info(),
        to: vault.to_account_info(),
        authority: owner.to_account_info(),
    };
    token::transfer(CpiContext::new(token_program.key(), accounts), lst)
}

/// LST from the vault to a user. The market signs with its seeds.
pub fn give_lst<'info>(
    market: &Account<'info, Market>,
    vault: &Account<'info, TokenAccount>,
    to: &Account<'info, TokenAccount>,
    token_program: &Program<'info, Token>,
    lst: u64,
) -> Result<()> {
    let accounts = token::Transfer {
        from: vault.to_account_info(),
        to: to.to_account_info(),
        authority: market.to_account_info(),
    };
    let signers: &[&[&[u8]]] = &[&market.seeds()];
    let transfer = CpiContext::new_with_signer(token_program.key(), accounts, signers);
    token::transfer(transfer, lst)
}
