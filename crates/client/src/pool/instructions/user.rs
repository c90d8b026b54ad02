//! What holders do.

use sluice::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::build;
use crate::PoolAddresses;

impl PoolAddresses {
    /// Deposits lamports; LST goes to the token account `recipient`.
    pub fn deposit_sol(
        &self,
        depositor: Pubkey,
        recipient: Pubkey,
        lamports: u64,
        minimum_lst: u64,
    ) -> Instruction {
        build(
            accounts::DepositSol {
                pool: self.pool,
                mint: self.mint,
                mint_authority: self.mint_authority,
                reserve: self.reserve,
                depositor,
                recipient,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::DepositSol {
                lamports,
                minimum_lst,
            },
        )
    }

    /// Burns LST of the token account `source` for lamports that go to `recipient`.
    pub fn withdraw_sol(
        &self,
        owner: Pubkey,
        source: Pubkey,
        recipient: Pubkey,
        lst: u64,
        minimum_lamports: u64,
    ) -> Instruction {
        build(
            accounts::WithdrawSol {
                pool: self.pool,
                mint: self.mint,
                reserve: self.reserve,
                owner,
                source,
                recipient,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::WithdrawSol {
                lst,
                minimum_lamports,
            },
        )
    }

    /// Puts LST of the token account `source` into batch `batch_id`, which must be the open one.
    pub fn request_unstake(
        &self,
        owner: Pubkey,
        source: Pubkey,
        batch_id: u64,
        nonce: u64,
        lst: u64,
    ) -> Instruction {
        let batch = self.batch(batch_id);
        build(
            accounts::RequestUnstake {
                pool: self.pool,
                batch,
                ticket: self.ticket(&batch, &owner, nonce),
                owner,
                source,
                escrow: self.escrow,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::RequestUnstake { lst, nonce },
        )
    }

    /// Takes a ticket's LST out of the queue again, into the token account `recipient`.
    pub fn cancel_ticket(
        &self,
        owner: Pubkey,
        batch: Pubkey,
        ticket: Pubkey,
        recipient: Pubkey,
    ) -> Instruction {
        build(
            accounts::CancelTicket {
                pool: self.pool,
                batch,
                ticket,
                owner,
                recipient,
                escrow: self.escrow,
                mint_authority: self.mint_authority,
                token_program: TOKEN_PROGRAM,
            },
            instruction::CancelTicket {},
        )
    }

    /// Pays a ticket. `opener` is who opened its batch.
    pub fn claim(
        &self,
        owner: Pubkey,
        opener: Pubkey,
        batch: Pubkey,
        ticket: Pubkey,
    ) -> Instruction {
        build(
            accounts::Claim {
                pool: self.pool,
                batch,
                ticket,
                owner,
                opener,
                claims_vault: self.claims_vault,
                reserve: self.reserve,
                system_program: system_program::ID,
            },
            instruction::Claim {},
        )
    }
}

/// Gives a ticket to another owner.
pub fn transfer_ticket(ticket: Pubkey, owner: Pubkey, new_owner: Pubkey) -> Instruction {
    build(
        accounts::TransferTicket {
            ticket,
            owner,
            new_owner,
        },
        instruction::TransferTicket {},
    )
}
