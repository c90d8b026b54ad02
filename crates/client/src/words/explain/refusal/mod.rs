//! A transaction that failed, and why.

use std::fmt;

use solana_instruction::error::InstructionError;
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind, TransactionError},
    request::{RpcError, RpcResponseErrorData},
};
use solana_signature::Signature;

use super::{Explanation, of_sluice, programs};
use crate::words::printable::excerpt;

/// A failed transaction with its explanation.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What the cluster said.
    pub error: TransactionError,
    /// Index of the instruction that failed.
    pub instruction: Option<usize>,
    /// The program that failed: the innermost one.
    pub program: Option<Pubkey>,
    /// What happened and what to do next.
    pub explanation: Explanation,
    /// The transaction's logs, as far as the node gave them.
    pub logs: Vec<String>,
    /// Its signature, where it was executed in vain.
    pub signature: Option<Signature>,
}

impl Refusal {
    /// Explains a transaction's error by its logs.
    pub fn new(error: TransactionError, logs: Vec<String>) -> Self {
        let program = failed_program(&logs);
        Self::of_program(error, logs, program)
    }

    /// The same of a transaction that was executed in vain: where its logs are not known, the
    /// message says which program was called.
    pub fn of_message(
        error: TransactionError,
        logs: Vec<String>,
        message: &VersionedMessage,
    ) -> Self {
        let called = match &error {
            TransactionError::InstructionError(index, _) => {
                let instruction = message.instructions().get(usize::from(*index));
                let program = instruction.map(|called| usize::from(called.program_id_index));
                program.and_then(|index| message.static_account_keys().get(index).copied())
            }
            _ => None,
        };
        let program = failed_program(&logs).or(called);
        Self::of_program(error, logs, program)
    }

    /// The same with the signature, to be looked up.
    pub fn with_signature(self, signature: Signature) -> Self {
        Self {
            signature: Some(signature),
            ..self
        }
    }

    fn of_program(error: TransactionError, logs: Vec<String>, program: Option<Pubkey>) -> Self {
        let (instruction, explanation) = match &error {
            TransactionError::InstructionError(index, error) => (
                Some(usize::from(*index)),
                of_instruction(error, program.as_ref(), &logs),
            ),
            other => (None, programs::transaction(other)),
        };
        Self {
            error,
            instruction,
            program,
            explanation,
            logs,
            signature: None,
        }
    }

    /// The refusal inside a node's answer, if it is one.
    pub fn of_rpc(error: &RpcClientError) -> Option<Self> {
        let refused = error.get_transaction_error()?;
        let logs = match error.kind() {
            ErrorKind::RpcError(RpcError::RpcResponseError {
                data: RpcResponseErrorData::SendTransactionPreflightFailure(result),
                ..
            }) => result.logs.clone().unwrap_or_default(),
            _ => Vec::new(),
        };
        Some(Self::new(refused, logs))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explanation.fmt(formatter)
    }
}

fn of_instruction(
    error: &InstructionError,
    program: Option<&Pubkey>,
    logs: &[String],
) -> Explanation {
    let InstructionError::Custom(code) = error else {
        return programs::instruction(error);
    };
    // Without logs, a code of the program's range is the program's.
    let explained = match program {
        Some(program) if *program != sluice::ID => programs::custom(program, *code, logs),
        _ => of_sluice(*code),
    };
    explained.unwrap_or_else(|| unknown(*code, program, logs))
}

/// Below this, no code is of the program or of its framework.
const LEAST_OWN_CODE: u32 = 100;

/// A code that this client does not know: what the program itself logged about it.
fn unknown(code: u32, program: Option<&Pubkey>, logs: &[String]) -> Explanation {
    if program == Some(&sluice::ID) && code < LEAST_OWN_CODE {
        return Explanation::new(
            format!("A program that Sluice calls refused with code {code}, and no node says which"),
            "Look at the pool or at your tickets, then try once more: what was there may have changed",
        );
    }
    let logged = logs.iter().rev().find_map(|line| {
        let (_, message) = line.split_once("Error Message: ")?;
        Some(excerpt(message.trim_end_matches('.')))
    });
    let who = program.map_or_else(|| "a program".to_owned(), |id| format!("the program {id}"));
    Explanation::new(
        logged.unwrap_or_else(|| format!("The transaction was refused by {who} with code {code}")),
        "If this client is older than the deployed program, update it",
    )
}

/// The program of the first `Program <id> failed` line: failures are logged from the inside out.
fn failed_program(logs: &[String]) -> Option<Pubkey> {
    logs.iter().find_map(|line| {
        let (id, what) = line.strip_prefix("Program ")?.split_once(' ')?;
        what.starts_with("failed")
            .then(|| id.parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests;
