//! Custom codes of the programs that Sluice calls, and errors of the runtime.

use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::client_error::TransactionError;
use solana_sdk_ids::{address_lookup_table, stake, system_program};
use solana_stake_interface::error::StakeError;
use solana_system_interface::error::SystemError;
use spl_token_interface::error::TokenError;

use super::Explanation;
use crate::{pool::token_metadata::TOKEN_METADATA_PROGRAM, words::amounts::sol};

const LATER: &str = "Try again in a moment";
const MORE_SOL: &str = "Send SOL to the account that pays, or give a smaller amount";

/// The explanation of a custom code of a program that is not Sluice, with what it logged.
pub fn custom(program: &Pubkey, code: u32, logs: &[String]) -> Option<Explanation> {
    if *program == system_program::ID {
        system(code, logs)
    } else if *program == spl_token_interface::ID {
        token(code)
    } else if *program == stake::ID {
        stake_program(code)
    } else if *program == spl_associated_token_account_interface::program::ID {
        associated_token(code)
    } else if *program == TOKEN_METADATA_PROGRAM {
        token_metadata(code)
    } else {
        None
    }
}

fn system(code: u32, logs: &[String]) -> Option<Explanation> {
    let is = |error: SystemError| code == error as u32;
    if is(SystemError::AccountAlreadyInUse) {
        return Some(Explanation::new(
            "An account that was to be created exists already",
            "Somebody else was faster, or the address was used before: try again",
        ));
    }
    is(SystemError::ResultWithNegativeLamports).then(|| {
        let amounts = logs.iter().rev().find_map(|line| too_little(line));
        let amounts = amounts.map_or_else(String::new, |(held, needed)| {
            format!(": {} where {} are needed", sol(held), sol(needed))
        });
        let what = format!("The account that pays has too little SOL{amounts}");
        Explanation::new(what, MORE_SOL)
    })
}

/// What an account holds and what was to be taken, as the system program logs it.
fn too_little(line: &str) -> Option<(u64, u64)> {
    let (_, amounts) = line.split_once("insufficient lamports ")?;
    let (held, needed) = amounts.split_once(", need ")?;
    Some((held.parse().ok()?, needed.parse().ok()?))
}

fn token(code: u32) -> Option<Explanation> {
    let is = |error: TokenError| code == error as u32;
    if is(TokenError::InsufficientFunds) {
        Some(Explanation::new(
            "The token account holds less than that",
            "Give a smaller amount",
        ))
    } else if is(TokenError::MintMismatch) {
        Some(Explanation::new(
            "The token account is for another token",
            "Give a token account of the pool's LST",
        ))
    } else if is(TokenError::OwnerMismatch) {
        Some(Explanation::new(
            "The token account belongs to somebody else",
            "Sign with the key that owns it",
        ))
    } else if is(TokenError::AccountFrozen) {
        Some(Explanation::new("The token account is frozen", ""))
    } else {
        None
    }
}

/// The program of associated token accounts has one code.
fn associated_token(code: u32) -> Option<Explanation> {
    (code == 0).then(|| {
        Explanation::new(
            "The wallet's token account was handed to another owner, who would have what is sent there",
            "Use another wallet, or take the account back first",
        )
    })
}

fn stake_program(code: u32) -> Option<Explanation> {
    let is = |error: StakeError| code == error as u32;
    if is(StakeError::EpochRewardsActive) {
        Some(Explanation::new(
            "The cluster is still paying the last epoch's rewards, so no stake can move",
            "Wait for a few slots, then try again",
        ))
    } else if is(StakeError::InsufficientDelegation) {
        Some(Explanation::new(
            "The stake would fall below the cluster's minimum delegation",
            "Give a larger amount",
        ))
    } else if is(StakeError::TooSoonToRedelegate) {
        Some(Explanation::new(
            "The stake account still deactivates",
            "Wait for the next epoch",
        ))
    } else {
        None
    }
}

/// The codes of the Token Metadata program that a pool's token can meet.
fn token_metadata(code: u32) -> Option<Explanation> {
    match code {
        7 => Some(Explanation::new(
            "Somebody else may change what the token is called",
            "Sign with the token's update authority",
        )),
        10 => Some(Explanation::new(
            "Only the mint's authority can name the token, and that is somebody else",
            "Name it before the pool takes the mint over, and sign with the mint's authority",
        )),
        59 => Some(Explanation::new(
            "What the token is called was made final",
            "",
        )),
        _ => None,
    }
}

/// The explanation of an instruction's error that is no custom code.
pub fn instruction(error: &InstructionError) -> Explanation {
    match error {
        InstructionError::InsufficientFunds => {
            Explanation::new("An account holds too little for this", MORE_SOL)
        }
        InstructionError::MissingRequiredSignature => Explanation::new(
            "A required signature is missing",
            "Sign with the key that is asked for",
        ),
        InstructionError::ComputationalBudgetExceeded
        | InstructionError::ProgramFailedToComplete => Explanation::new(
            "The transaction ran out of compute units",
            "Try again: the limit is measured anew each time",
        ),
        InstructionError::AccountBorrowFailed | InstructionError::AccountBorrowOutstanding => {
            Explanation::new(
                "One account was given where two different ones are needed",
                "Check the addresses",
            )
        }
        // In the slot of its upgrade a program cannot be called.
        InstructionError::UnsupportedProgramId => Explanation::new(
            "A program cannot be called: it is being upgraded right now, or it was closed",
            "Try again in a few seconds; where that does not help, check the URL",
        ),
        InstructionError::IncorrectProgramId
        | InstructionError::InvalidAccountOwner
        | InstructionError::UninitializedAccount => Explanation::new(
            format!("An account is not what it should be ({error})"),
            "Check the addresses and the cluster",
        ),
        other => Explanation::new(format!("The instruction failed: {other}"), ""),
    }
}

/// The explanation of a transaction's error that is no instruction's.
pub fn transaction(error: &TransactionError) -> Explanation {
    match error {
        TransactionError::AccountNotFound => Explanation::new(
            "The account that pays the fee does not exist on this cluster",
            "Send SOL to it (on a test cluster: {airdrop}), or check the URL",
        ),
        TransactionError::InsufficientFundsForFee => {
            Explanation::new("The account that pays cannot pay the fee", MORE_SOL)
        }
        TransactionError::InsufficientFundsForRent { .. } => Explanation::new(
            "An account would be left with less than its rent",
            "Leave a little SOL in the account that pays",
        ),
        TransactionError::ProgramAccountNotFound | TransactionError::InvalidProgramForExecution => {
            Explanation::new(
                "The Sluice program is not deployed on this cluster",
                "Check the URL, or deploy the program",
            )
        }
        TransactionError::BlockhashNotFound => Explanation::new(
            "The transaction came too late: its blockhash has expired, or the node lags behind",
            LATER,
        ),
        TransactionError::AlreadyProcessed => {
            Explanation::new("This very transaction was processed already", "")
        }
        TransactionError::MaxLoadedAccountsDataSizeExceeded => Explanation::new(
            "The transaction loads more data than it asked for",
            "Try again: the limit is measured anew each time",
        ),
        TransactionError::AddressLookupTableNotFound
        | TransactionError::InvalidAddressLookupTableOwner
        | TransactionError::InvalidAddressLookupTableData
        | TransactionError::InvalidAddressLookupTableIndex => Explanation::new(
            format!(
                "A lookup table cannot be used ({error}); tables belong to {}",
                address_lookup_table::ID
            ),
            "A table works from the slot after it was extended: try again in a moment",
        ),
        other => Explanation::new(format!("The transaction was refused: {other}"), LATER),
    }
}
