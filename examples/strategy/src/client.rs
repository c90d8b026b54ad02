//! For programs off the chain: where a strategy's accounts are, and its instructions.

use anchor_lang::{
    InstructionData, ToAccountMetas,
    prelude::*,
    solana_program::{instruction::Instruction, system_program},
};
use anchor_spl::{associated_token::get_associated_token_address, token};

use crate::{
    Exit, accounts, instruction,
    state::{EXIT_SEED, SHARES_SEED, STRATEGY_SEED, TILL_SEED},
};

/// The accounts of the pool that Sluice needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolAccounts {
    /// The pool.
    pub pool: Pubkey,
    /// Its LST.
    pub lst_mint: Pubkey,
    /// Its mint authority.
    pub mint_authority: Pubkey,
    /// Its reserve of SOL.
    pub reserve: Pubkey,
    /// Its escrow of queued LST.
    pub escrow: Pubkey,
    /// Its vault of claims.
    pub claims_vault: Pubkey,
}

/// The addresses of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrategyAddresses {
    /// The pool.
    pub of: PoolAccounts,
    /// The strategy.
    pub strategy: Pubkey,
    /// Its LST.
    pub vault: Pubkey,
    /// Its SOL.
    pub till: Pubkey,
    /// The mint of its shares.
    pub share_mint: Pubkey,
}

impl StrategyAddresses {
    /// Those of the strategy of this pool.
    pub fn of(pool: PoolAccounts) -> Self {
        let strategy = derived(&[STRATEGY_SEED, pool.pool.as_ref()]);
        Self {
            of: pool,
            strategy,
            vault: get_associated_token_address(&strategy, &pool.lst_mint),
            till: derived(&[TILL_SEED, strategy.as_ref()]),
            share_mint: derived(&[SHARES_SEED, strategy.as_ref()]),
        }
    }

    /// An exit by its number.
    pub fn exit(&self, number: u64) -> Pubkey {
        derived(&[EXIT_SEED, self.strategy.as_ref(), &number.to_le_bytes()])
    }

    /// The owner's associated token account of the shares.
    pub fn shares_of(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address(owner, &self.share_mint)
    }

    /// Creates the strategy. Its vault, an associated token account, is created before.
    pub fn create_strategy(&self, creator: Pubkey) -> Instruction {
        build(
            accounts::CreateStrategy {
                creator,
                pool: self.of.pool,
                lst_mint: self.of.lst_mint,
                strategy: self.strategy,
                vault: self.vault,
                till: self.till,
                share_mint: self.share_mint,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::CreateStrategy {},
        )
    }

    /// Stakes SOL, for shares in the user's associated token account.
    pub fn deposit(&self, user: Pubkey, lamports: u64, minimum_shares: u64) -> Instruction {
        build(
            accounts::Deposit {
                strategy: self.strategy,
                vault: self.vault,
                share_mint: self.share_mint,
                user,
                user_shares: self.shares_of(&user),
                pool: self.of.pool,
                lst_mint: self.of.lst_mint,
                mint_authority: self.of.mint_authority,
                reserve: self.of.reserve,
                sluice: sluice::ID,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::Deposit {
                lamports,
                minimum_shares,
            },
        )
    }

    /// Leaves at once, out of the till.
    pub fn exit_now(&self, user: Pubkey, shares: u64, minimum_lamports: u64) -> Instruction {
        build(
            accounts::ExitNow {
                strategy: self.strategy,
                pool: self.of.pool,
                till: self.till,
                share_mint: self.share_mint,
                user,
                user_shares: self.shares_of(&user),
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::ExitNow {
                shares,
                minimum_lamports,
            },
        )
    }

    /// Leaves by the queue. `number` is `exits` of the strategy; `ticket` is its ticket of that number.
    pub fn request_exit(
        &self,
        user: Pubkey,
        shares: u64,
        number: u64,
        batch: Pubkey,
        ticket: Pubkey,
    ) -> Instruction {
        build(
            accounts::RequestExit {
                request: self.queue(user, number, batch, ticket),
                share_mint: self.share_mint,
                user_shares: self.shares_of(&user),
            },
            instruction::RequestExit { shares },
        )
    }

    /// Queues LST for the till. `number` and `ticket` as in [`Self::request_exit`].
    pub fn refill(&self, payer: Pubkey, number: u64, batch: Pubkey, ticket: Pubkey) -> Instruction {
        build(
            accounts::Refill {
                request: self.queue(payer, number, batch, ticket),
            },
            instruction::Refill {},
        )
    }

    /// Stakes the till's surplus.
    pub fn stake_surplus(&self) -> Instruction {
        build(
            accounts::StakeSurplus {
                strategy: self.strategy,
                vault: self.vault,
                till: self.till,
                pool: self.of.pool,
                lst_mint: self.of.lst_mint,
                mint_authority: self.of.mint_authority,
                reserve: self.of.reserve,
                sluice: sluice::ID,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::StakeSurplus {},
        )
    }

    /// Pays an exit. `opener` is who opened the ticket's batch.
    pub fn pay_exit(&self, exit: &Exit, batch: Pubkey, opener: Pubkey) -> Instruction {
        build(
            accounts::PayExit {
                strategy: self.strategy,
                exit: self.exit(exit.number),
                owner: exit.owner,
                payer: exit.payer,
                ticket: exit.ticket,
                pool: self.of.pool,
                batch,
                opener,
                claims_vault: self.of.claims_vault,
                reserve: self.of.reserve,
                sluice: sluice::ID,
                system_program: system_program::ID,
            },
            instruction::PayExit {},
        )
    }

    /// Takes an exit out of the queue again.
    pub fn cancel_exit(&self, exit: &Exit, batch: Pubkey) -> Instruction {
        build(
            accounts::CancelExit {
                strategy: self.strategy,
                vault: self.vault,
                exit: self.exit(exit.number),
                owner: exit.owner,
                user_shares: self.shares_of(&exit.owner),
                payer: exit.payer,
                share_mint: self.share_mint,
                ticket: exit.ticket,
                pool: self.of.pool,
                batch,
                escrow: self.of.escrow,
                mint_authority: self.of.mint_authority,
                sluice: sluice::ID,
                token_program: token::ID,
            },
            instruction::CancelExit {},
        )
    }

    fn queue(&self, payer: Pubkey, number: u64, batch: Pubkey, ticket: Pubkey) -> accounts::Queue {
        accounts::Queue {
            strategy: self.strategy,
            vault: self.vault,
            exit: self.exit(number),
            payer,
            pool: self.of.pool,
            batch,
            ticket,
            escrow: self.of.escrow,
            sluice: sluice::ID,
            token_program: token::ID,
            system_program: system_program::ID,
        }
    }
}

fn derived(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &crate::ID).0
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: crate::ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}
