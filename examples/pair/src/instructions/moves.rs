//! How SOL and LST move between a user and a pair.

use anchor_lang::{
    prelude::*,
    system_program::{self, Transfer},
};
use anchor_spl::token::{self, Mint, Token, TokenAccount, TransferChecked};

use crate::{Pair, state::PAIR_SEED};

/// The accounts between which SOL and LST move.
pub struct Moves<'a, 'info> {
    pub pair: &'a Account<'info, Pair>,
    pub lst_mint: &'a Account<'info, Mint>,
    pub vault: &'a Account<'info, TokenAccount>,
    pub user: &'a Signer<'info>,
    pub user_lst: &'a Account<'info, TokenAccount>,
    pub token_program: &'a Program<'info, Token>,
    pub system_program: &'a Program<'info, System>,
}

impl<'info> Moves<'_, 'info> {
    /// SOL from the user to the pair.
    pub fn take_lamports(&self, lamports: u64) -> Result<()> {
        let accounts = Transfer {
            from: self.user.to_account_info(),
            to: self.pair.to_account_info(),
        };
        let transfer = CpiContext::new(self.system_program.key(), accounts);
        system_program::transfer(transfer, lamports)
    }

    /// SOL from the pair to the user. No program needs to be called for lamports of our own account,
    /// but no program may be called after it either: the runtime counts the lamports of a call's
    /// accounts, and would miss some.
    pub fn give_lamports(&self, lamports: u64) -> Result<()> {
        self.pair.sub_lamports(lamports)?;
        self.user.add_lamports(lamports)?;
        Ok(())
    }

    /// LST from the user to the pair.
    pub fn take_lst(&self, lst: u64) -> Result<()> {
        let accounts = TransferChecked {
            from: self.user_lst.to_account_info(),
            mint: self.lst_mint.to_account_info(),
            to: self.vault.to_account_info(),
            authority: self.user.to_account_info(),
        };
        let transfer = CpiContext::new(self.token_program.key(), accounts);
        token::transfer_checked(transfer, lst, self.lst_mint.decimals)
    }

    /// LST from the pair to the user. The pair signs with its seeds.
    pub fn give_lst(&self, lst: u64) -> Result<()> {
        let accounts = TransferChecked {
            from: self.vault.to_account_info(),
            mint: self.lst_mint.to_account_info(),
            to: self.user_lst.to_account_info(),
            authority: self.pair.to_account_info(),
        };
        let seeds: &[&[u8]] = &[PAIR_SEED, self.pair.pool.as_ref(), &[self.pair.bump]];
        let signers = [seeds];
        let transfer = CpiContext::new_with_signer(self.token_program.key(), accounts, &signers);
        token::transfer_checked(transfer, lst, self.lst_mint.decimals)
    }
}
