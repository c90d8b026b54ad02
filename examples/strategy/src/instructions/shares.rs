//! How shares come and go.

use anchor_lang::prelude::*;
use anchor_spl::token::{self, Burn, Mint, MintTo, Token, TokenAccount};

use crate::Strategy;

/// Mints shares.
pub fn mint<'info>(
    strategy: &Account<'info, Strategy>,
    share_mint: &Account<'info, Mint>,
    to: &Account<'info, TokenAccount>,
    token_program: &Program<'info, Token>,
    shares: u64,
) -> Result<()> {
    let accounts = MintTo {
        mint: share_mint.to_account_info(),
        to: to.to_account_info(),
        authority: strategy.to_account_info(),
    };
    let signers: &[&[&[u8]]] = &[&strategy.seeds()];
    let mint = CpiContext::new_with_signer(token_program.key(), accounts, signers);
    token::mint_to(mint, shares)
}

/// Burns shares of a user.
pub fn burn<'info>(
    share_mint: &Account<'info, Mint>,
    from: &Account<'info, TokenAccount>,
    owner: &Signer<'info>,
    token_program: &Program<'info, Token>,
    shares: u64,
) -> Result<()> {
    let accounts = Burn {
        mint: share_mint.to_account_info(),
        from: from.to_account_info(),
        authority: owner.to_account_info(),
    };
    token::burn(CpiContext::new(token_program.key(), accounts), shares)
}
