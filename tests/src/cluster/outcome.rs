//! What came of a transaction.

use std::fmt;

use anchor_lang::{AnchorDeserialize, Discriminator};
use base64::{Engine, prelude::BASE64_STANDARD};
use solana_instruction::error::InstructionError;
use solana_program_test::BanksTransactionResultWithMetadata;
use solana_pubkey::Pubkey;
use solana_transaction_error::TransactionError;

/// Instructions the harness puts before those of the test: compute unit limit and price.
const OWN_INSTRUCTIONS: usize = 2;
const COMPUTE_BUDGET_INSTRUCTION_UNITS: u64 = 150;

/// A transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Compute units of the instructions sent, without the harness's own.
    pub compute_units: u64,
    /// Log lines of the whole transaction.
    pub logs: Vec<String>,
    /// Program and bytes of the last return data, without the trailing zeros the runtime cuts.
    pub return_data: Option<(Pubkey, Vec<u8>)>,
    /// Size on the wire, in bytes.
    pub bytes: usize,
}

/// A transaction that failed and changed nothing but the payer's balance.
#[derive(Clone, Debug)]
pub struct TransactionFailure {
    /// The runtime's error; its instruction index still counts the harness's own instructions.
    pub error: TransactionError,
    /// Index of the failed instruction among those the test sent.
    pub instruction: Option<usize>,
    /// The program's own error code.
    pub custom_code: Option<u32>,
    /// Compute units used until then, without the harness's own.
    pub compute_units: u64,
    /// Log lines up to the failure.
    pub logs: Vec<String>,
}

impl Sent {
    /// Events of one Anchor type in the order they were logged with `emit!`.
    pub fn events<E: AnchorDeserialize + Discriminator>(&self) -> Vec<E> {
        let of_this_type = |data: Vec<u8>| {
            let mut body = data.strip_prefix(E::DISCRIMINATOR)?;
            Some(E::deserialize(&mut body).expect("an event of its own discriminator decodes"))
        };
        self.program_data()
            .into_iter()
            .filter_map(of_this_type)
            .collect()
    }

    /// The bytes of every `Program data:` log line.
    pub fn program_data(&self) -> Vec<Vec<u8>> {
        self.logs
            .iter()
            .filter_map(|line| line.strip_prefix("Program data: "))
            .map(|text| {
                BASE64_STANDARD
                    .decode(text)
                    .expect("the runtime logs base64")
            })
            .collect()
    }

    /// Bytes of the log lines of each instruction sent, in order.
    pub fn log_bytes(&self) -> Vec<usize> {
        let mut bytes = Vec::new();
        for line in &self.logs {
            if line.ends_with(" invoke [1]") {
                bytes.push(0);
            }
            if let Some(last) = bytes.last_mut() {
                *last += line.len();
            }
        }
        bytes.split_off(OWN_INSTRUCTIONS)
    }

    /// Compute units of every invocation of a program, inner ones included, in the order they end.
    pub fn compute_units_of(&self, program: &Pubkey) -> Vec<u64> {
        let prefix = format!("Program {program} consumed ");
        self.logs
            .iter()
            .filter_map(|line| line.strip_prefix(&prefix)?.split(' ').next())
            .map(|units| units.parse().expect("the runtime logs a number"))
            .collect()
    }
}

impl TransactionFailure {
    /// The runtime's or the native program's error of the failed instruction.
    pub fn instruction_error(&self) -> Option<&InstructionError> {
        match &self.error {
            TransactionError::InstructionError(_, error) => Some(error),
            _ => None,
        }
    }

    /// A test that expects a failure must not be content with one of the harness.
    pub(super) fn panic_if_never_executed(&self) {
        let by_harness = matches!(
            self.error,
            TransactionError::BlockhashNotFound
                | TransactionError::AlreadyProcessed
                | TransactionError::InsufficientFundsForFee
                | TransactionError::SanitizeFailure
        );
        assert!(!by_harness, "the transaction was never executed: {self}");
    }
}

impl fmt::Display for TransactionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (instruction {:?})", self.error, self.instruction)?;
        self.logs
            .iter()
            .try_for_each(|line| write!(f, "\n    {line}"))
    }
}

impl std::error::Error for TransactionFailure {}

/// The bank's answer, with the harness's own instructions taken out.
pub(super) fn outcome(
    result: BanksTransactionResultWithMetadata,
    bytes: usize,
) -> Result<Sent, TransactionFailure> {
    let own_units = OWN_INSTRUCTIONS as u64 * COMPUTE_BUDGET_INSTRUCTION_UNITS;
    let (compute_units, logs, return_data) = match result.metadata {
        Some(metadata) => (
            metadata.compute_units_consumed.saturating_sub(own_units),
            metadata.log_messages,
            metadata
                .return_data
                .map(|returned| (returned.program_id, returned.data)),
        ),
        None => (0, Vec::new(), None),
    };
    match result.result {
        Ok(()) => Ok(Sent {
            compute_units,
            logs,
            return_data,
            bytes,
        }),
        Err(error) => Err(failure(error, compute_units, logs)),
    }
}

fn failure(error: TransactionError, compute_units: u64, logs: Vec<String>) -> TransactionFailure {
    let (instruction, custom_code) = match &error {
        TransactionError::InstructionError(index, error) => (
            usize::from(*index).checked_sub(OWN_INSTRUCTIONS),
            match error {
                InstructionError::Custom(code) => Some(*code),
                _ => None,
            },
        ),
        _ => (None, None),
    };
    TransactionFailure {
        error,
        instruction,
        custom_code,
        compute_units,
        logs,
    }
}

#[cfg(test)]
mod tests {
    use anchor_lang::AnchorSerialize;

    use super::*;

    #[derive(AnchorSerialize, AnchorDeserialize, Debug, PartialEq)]
    struct Deposited {
        lamports: u64,
    }

    impl Discriminator for Deposited {
        const DISCRIMINATOR: &'static [u8] = &[1, 2, 3, 4, 5, 6, 7, 8];
    }

    fn sent(logs: &[String]) -> Sent {
        Sent {
            compute_units: 0,
            logs: logs.to_vec(),
            return_data: None,
            bytes: 0,
        }
    }

    fn program_data(discriminator: &[u8], body: &[u8]) -> String {
        format!(
            "Program data: {}",
            BASE64_STANDARD.encode([discriminator, body].concat())
        )
    }

    #[test]
    fn events_of_one_type_are_decoded_in_order_and_others_left_out() {
        let of = |lamports: u64| program_data(Deposited::DISCRIMINATOR, &lamports.to_le_bytes());
        let logs = [
            of(5),
            program_data(&[9; 8], &[0; 8]),
            "Program log: data".into(),
            of(6),
        ];
        let events: Vec<Deposited> = sent(&logs).events();
        assert_eq!(
            events,
            [Deposited { lamports: 5 }, Deposited { lamports: 6 }]
        );
    }

    #[test]
    fn compute_units_are_told_per_invocation_of_a_program() {
        let program = Pubkey::new_unique();
        let line =
            |program, units| format!("Program {program} consumed {units} of 200000 compute units");
        let logs = [
            line(program, 12),
            line(Pubkey::new_unique(), 34),
            line(program, 56),
        ];
        assert_eq!(sent(&logs).compute_units_of(&program), [12, 56]);
    }
}
