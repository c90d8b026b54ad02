//! For programs off the chain: where a pair's accounts are, and its instructions.

use anchor_lang::{
    InstructionData, ToAccountMetas,
    prelude::*,
    solana_program::{instruction::Instruction, system_program},
};
use anchor_spl::{associated_token::get_associated_token_address, token};

use crate::{
    Direction, accounts, instruction,
    state::{PAIR_SEED, SHARES_SEED},
};

/// The addresses of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairAddresses {
    /// The Sluice pool.
    pub pool: Pubkey,
    /// The pool's LST.
    pub lst_mint: Pubkey,
    /// The pair.
    pub pair: Pubkey,
    /// The pair's LST.
    pub vault: Pubkey,
    /// The mint of the pair's shares.
    pub share_mint: Pubkey,
}

/// The accounts of the pool that Sluice needs to mint and to redeem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolAccounts {
    /// The pool's mint authority.
    pub mint_authority: Pubkey,
    /// The pool's reserve.
    pub reserve: Pubkey,
}

impl PairAddresses {
    /// Those of the pair of this pool.
    pub fn of(pool: Pubkey, lst_mint: Pubkey) -> Self {
        let derived = |seed: &[u8], of: &Pubkey| {
            Pubkey::find_program_address(&[seed, of.as_ref()], &crate::ID).0
        };
        let pair = derived(PAIR_SEED, &pool);
        Self {
            pool,
            lst_mint,
            pair,
            vault: get_associated_token_address(&pair, &lst_mint),
            share_mint: derived(SHARES_SEED, &pair),
        }
    }

    /// Creates the pair. Its vault, an associated token account, is created before.
    pub fn create_pair(&self, creator: Pubkey) -> Instruction {
        build(
            accounts::CreatePair {
                creator,
                pool: self.pool,
                lst_mint: self.lst_mint,
                pair: self.pair,
                vault: self.vault,
                share_mint: self.share_mint,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::CreatePair {},
        )
    }

    /// Adds liquidity from and to the provider's associated token accounts.
    pub fn add_liquidity(
        &self,
        provider: Pubkey,
        lamports: u64,
        lst: u64,
        minimum_shares: u64,
    ) -> Instruction {
        build(
            accounts::AddLiquidity {
                pair: self.pair,
                lst_mint: self.lst_mint,
                vault: self.vault,
                share_mint: self.share_mint,
                provider,
                provider_lst: self.lst_of(&provider),
                provider_shares: self.shares_of(&provider),
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::AddLiquidity {
                lamports,
                lst,
                minimum_shares,
            },
        )
    }

    /// Removes liquidity from and to the provider's associated token accounts.
    pub fn remove_liquidity(
        &self,
        provider: Pubkey,
        shares: u64,
        minimum_lamports: u64,
        minimum_lst: u64,
    ) -> Instruction {
        build(
            accounts::RemoveLiquidity {
                pair: self.pair,
                lst_mint: self.lst_mint,
                vault: self.vault,
                share_mint: self.share_mint,
                provider,
                provider_lst: self.lst_of(&provider),
                provider_shares: self.shares_of(&provider),
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::RemoveLiquidity {
                shares,
                minimum_lamports,
                minimum_lst,
            },
        )
    }

    /// Swaps at the pair's own price.
    pub fn swap(
        &self,
        user: Pubkey,
        direction: Direction,
        amount: u64,
        minimum: u64,
    ) -> Instruction {
        let data = instruction::Swap {
            direction,
            amount,
            minimum,
        };
        build(self.swap_accounts(user), data)
    }

    /// Swaps at the better of the pair's price and the pool's.
    pub fn best_swap(
        &self,
        pool: &PoolAccounts,
        user: Pubkey,
        direction: Direction,
        amount: u64,
        minimum: u64,
    ) -> Instruction {
        build(
            accounts::BestSwap {
                swap: self.swap_accounts(user),
                pool: self.pool,
                mint_authority: pool.mint_authority,
                reserve: pool.reserve,
                sluice: sluice::ID,
            },
            instruction::BestSwap {
                direction,
                amount,
                minimum,
            },
        )
    }

    /// The owner's associated token account of the LST.
    pub fn lst_of(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address(owner, &self.lst_mint)
    }

    /// The owner's associated token account of the shares.
    pub fn shares_of(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address(owner, &self.share_mint)
    }

    fn swap_accounts(&self, user: Pubkey) -> accounts::Swap {
        accounts::Swap {
            pair: self.pair,
            lst_mint: self.lst_mint,
            vault: self.vault,
            user,
            user_lst: self.lst_of(&user),
            token_program: token::ID,
            system_program: system_program::ID,
        }
    }
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: crate::ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}
