//! Errors of the framework that checks the accounts before the program sees them.

use anchor_lang::error::ErrorCode::{self, *};

use super::Explanation;

const VERSION: &str = "Check that this client fits the deployed program, and update it";
const ACCOUNTS: &str =
    "Check the addresses and the cluster, and that this client fits the deployed program";

/// The framework's errors that a client can meet.
const CODES: [(ErrorCode, &str, &str); 20] = [
    (
        InstructionMissing,
        "The program got an empty instruction",
        VERSION,
    ),
    (
        InstructionFallbackNotFound,
        "The deployed program does not know this instruction",
        VERSION,
    ),
    (
        InstructionDidNotDeserialize,
        "The deployed program cannot read this instruction",
        VERSION,
    ),
    (
        ConstraintMut,
        "An account that changes was passed as read-only",
        VERSION,
    ),
    (
        ConstraintHasOne,
        "An account does not belong to the one it was passed with",
        ACCOUNTS,
    ),
    (
        ConstraintSigner,
        "A required signature is missing",
        "Sign with the key that is asked for",
    ),
    (
        ConstraintRaw,
        "An account breaks a rule of the instruction",
        ACCOUNTS,
    ),
    (
        ConstraintOwner,
        "An account belongs to another program than expected",
        ACCOUNTS,
    ),
    (
        ConstraintSeeds,
        "An account is not at the address that the program derives",
        ACCOUNTS,
    ),
    (
        ConstraintAddress,
        "An account is not the expected one",
        ACCOUNTS,
    ),
    (
        ConstraintDuplicateMutableAccount,
        "The same account was passed twice",
        "Give different accounts",
    ),
    (
        AccountDiscriminatorNotFound,
        "An account of the program is empty",
        ACCOUNTS,
    ),
    (
        AccountDiscriminatorMismatch,
        "An account is of another kind than expected",
        ACCOUNTS,
    ),
    (
        AccountDidNotDeserialize,
        "An account cannot be read",
        ACCOUNTS,
    ),
    (
        AccountNotEnoughKeys,
        "The instruction lacks accounts",
        VERSION,
    ),
    (
        AccountNotMutable,
        "An account that changes was passed as read-only",
        VERSION,
    ),
    (
        AccountOwnedByWrongProgram,
        "An account belongs to another program than expected",
        ACCOUNTS,
    ),
    (
        InvalidProgramId,
        "A program is not the expected one",
        ACCOUNTS,
    ),
    (
        AccountNotSigner,
        "A required signature is missing",
        "Sign with the key that is asked for",
    ),
    (
        AccountNotInitialized,
        "An account does not exist yet",
        "Check the addresses; a token account must be created first",
    ),
];

/// The explanation of a framework code.
pub fn explain(code: u32) -> Option<Explanation> {
    let (_, what, next) = CODES.iter().find(|(error, ..)| u32::from(*error) == code)?;
    Some(Explanation::new(*what, next))
}
