//! What holders do.

use sluice::{accounts, instruction, state::Ticket};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::build;
use crate::{PoolAddresses, pool::tickets::batch_of};

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

    /// Puts LST into the first of the request's batches that is open when it executes.
    pub fn request_unstake(&self, request: &UnstakeRequest) -> Instruction {
        let UnstakeRequest {
            requester, number, ..
        } = *request;
        let mut instruction = build(
            accounts::RequestUnstake {
                pool: self.pool,
                batch: self.batch(request.batch),
                ticket: self.ticket(&requester, number),
                requester,
                owner: request.owner,
                payer: request.payer,
                source: request.source,
                escrow: self.escrow,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::RequestUnstake {
                lst: request.lst,
                number,
            },
        );
        let later = (1..=request.later_batches).map_while(|later| request.batch.checked_add(later));
        let candidates = later.map(|id| AccountMeta::new(self.batch(id), false));
        instruction.accounts.extend(candidates);
        instruction
    }

    /// Takes a ticket's LST out of the queue again, into the token account `recipient`.
    pub fn cancel_ticket(&self, ticket: &TicketAccounts, recipient: Pubkey) -> Instruction {
        build(
            accounts::CancelTicket {
                pool: self.pool,
                batch: ticket.batch,
                ticket: ticket.ticket,
                owner: ticket.owner,
                payer: ticket.payer,
                recipient,
                escrow: self.escrow,
                mint_authority: self.mint_authority,
                token_program: TOKEN_PROGRAM,
            },
            instruction::CancelTicket {},
        )
    }

    /// Pays a ticket. `opener` is who opened its batch.
    pub fn claim(&self, ticket: &TicketAccounts, opener: Pubkey) -> Instruction {
        build(
            accounts::Claim {
                pool: self.pool,
                batch: ticket.batch,
                ticket: ticket.ticket,
                owner: ticket.owner,
                payer: ticket.payer,
                opener,
                claims_vault: self.claims_vault,
                reserve: self.reserve,
                system_program: system_program::ID,
            },
            instruction::Claim {},
        )
    }
}

/// LST that joins the queue, and whose ticket it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnstakeRequest {
    /// Who can move the LST, and signs: its owner or a delegate.
    pub requester: Pubkey,
    /// Who will own the ticket and be paid.
    pub owner: Pubkey,
    /// Who pays for the ticket, and for the batch where it is the first of it.
    pub payer: Pubkey,
    /// The token account of the LST.
    pub source: Pubkey,
    /// How much of it, in the smallest units.
    pub lst: u64,
    /// Number of the ticket.
    pub number: u64,
    /// Id of the first batch that may take it: the one that is open now.
    pub batch: u64,
    /// How many batches behind that one may take it as well, at most eight: about one opens in an
    /// epoch.
    pub later_batches: u64,
}

impl UnstakeRequest {
    /// For a wallet that pays for itself and sends at once: the open batch or the next one.
    pub fn own(owner: Pubkey, source: Pubkey, batch: u64, number: u64, lst: u64) -> Self {
        Self {
            requester: owner,
            owner,
            payer: owner,
            source,
            lst,
            number,
            batch,
            later_batches: 1,
        }
    }
}

/// The accounts of a ticket that instructions name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketAccounts {
    /// The ticket.
    pub ticket: Pubkey,
    /// Its batch.
    pub batch: Pubkey,
    /// Its owner.
    pub owner: Pubkey,
    /// Who gets its rent.
    pub payer: Pubkey,
}

impl TicketAccounts {
    /// Those of the ticket that was read at this address.
    pub fn of(address: Pubkey, ticket: &Ticket) -> Self {
        Self {
            ticket: address,
            batch: batch_of(ticket),
            owner: ticket.owner,
            payer: *ticket.rent_recipient(),
        }
    }
}

/// Gives a ticket to another owner, if it still is for `lst`.
pub fn transfer_ticket(ticket: &TicketAccounts, new_owner: Pubkey, lst: u64) -> Instruction {
    build(
        accounts::TransferTicket {
            ticket: ticket.ticket,
            batch: ticket.batch,
            owner: ticket.owner,
            new_owner,
        },
        instruction::TransferTicket { lst },
    )
}
