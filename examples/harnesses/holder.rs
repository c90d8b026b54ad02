//! What a holder of the fixture's pool does: an instruction for each, built as any program's tests can
//! build them, from the names of accounts and the arguments in the crate `sluice`.

use anchor_lang::{
    AccountDeserialize, InstructionData, ToAccountMetas, prelude::Pubkey, system_program,
};
use anchor_spl::token::{ID as TOKEN_PROGRAM, TokenAccount};
use sluice::{accounts, instruction, state::TICKET_SEED};
use sluice_fixture::Fixture;
use solana_instruction::Instruction;

/// One SOL in lamports, and one LST in its smallest units.
pub const ONE: u64 = 1_000_000_000;

/// SOL in, LST out. Fails where it would mint less than `minimum_lst`.
pub fn deposit(fixture: &Fixture, lamports: u64, minimum_lst: u64) -> Instruction {
    let accounts = accounts::DepositSol {
        pool: at(fixture, "pool"),
        mint: at(fixture, "mint"),
        mint_authority: at(fixture, "mint-authority"),
        reserve: at(fixture, "reserve"),
        depositor: at(fixture, "holder"),
        recipient: at(fixture, "holder-lst"),
        token_program: TOKEN_PROGRAM,
        system_program: system_program::ID,
    };
    let arguments = instruction::DepositSol {
        lamports,
        minimum_lst,
    };
    build(accounts, arguments)
}

/// LST in, SOL out at once. Fails where it would pay less than `minimum_lamports`.
pub fn exit(fixture: &Fixture, lst: u64, minimum_lamports: u64) -> Instruction {
    let accounts = accounts::WithdrawSol {
        pool: at(fixture, "pool"),
        mint: at(fixture, "mint"),
        reserve: at(fixture, "reserve"),
        owner: at(fixture, "holder"),
        source: at(fixture, "holder-lst"),
        recipient: at(fixture, "holder"),
        token_program: TOKEN_PROGRAM,
        system_program: system_program::ID,
    };
    let arguments = instruction::WithdrawSol {
        lst,
        minimum_lamports,
    };
    build(accounts, arguments)
}

/// LST into the open batch of the queue, as the holder's ticket of this number.
pub fn request(fixture: &Fixture, lst: u64, number: u64) -> Instruction {
    let holder = at(fixture, "holder");
    let accounts = accounts::RequestUnstake {
        pool: at(fixture, "pool"),
        batch: at(fixture, "batch-open"),
        ticket: ticket(fixture, number),
        requester: holder,
        owner: holder,
        payer: holder,
        source: at(fixture, "holder-lst"),
        escrow: at(fixture, "escrow"),
        token_program: TOKEN_PROGRAM,
        system_program: system_program::ID,
    };
    build(accounts, instruction::RequestUnstake { lst, number })
}

/// SOL for the ticket whose batch is paid. Nobody signs but who pays the fee.
pub fn claim(fixture: &Fixture) -> Instruction {
    let holder = at(fixture, "holder");
    let accounts = accounts::Claim {
        pool: at(fixture, "pool"),
        batch: at(fixture, "batch-settled"),
        ticket: at(fixture, "ticket-settled"),
        owner: holder,
        payer: holder,
        opener: holder,
        claims_vault: at(fixture, "claims-vault"),
        reserve: at(fixture, "reserve"),
        system_program: system_program::ID,
    };
    build(accounts, instruction::Claim {})
}

/// Where the holder's ticket of this number is.
pub fn ticket(fixture: &Fixture, number: u64) -> Pubkey {
    let (pool, holder) = (at(fixture, "pool"), at(fixture, "holder"));
    let number = number.to_le_bytes();
    let seeds: [&[u8]; 4] = [TICKET_SEED, pool.as_ref(), holder.as_ref(), &number];
    Pubkey::find_program_address(&seeds, &sluice::ID).0
}

/// LST in a token account.
pub fn lst_in(mut data: &[u8]) -> u64 {
    TokenAccount::try_deserialize(&mut data).unwrap().amount
}

/// An address by name.
pub fn at(fixture: &Fixture, name: &str) -> Pubkey {
    fixture.address(name).unwrap()
}

fn build(accounts: impl ToAccountMetas, arguments: impl InstructionData) -> Instruction {
    Instruction {
        program_id: sluice::ID,
        accounts: accounts.to_account_metas(None),
        data: arguments.data(),
    }
}
