//! `--send dump`: unsigned messages for signers elsewhere, and what they say.

use anyhow::Result;
use sluice_client::Executor;
use solana_instruction::Instruction;

use super::{Transaction, lifetime::Lifetime};
use crate::{
    session::Session,
    transaction_file::{TransactionFile, Waiting},
};

/// Writes the messages.
pub fn dump(
    session: &Session,
    executor: &Executor<'_>,
    transactions: &[Transaction<'_>],
) -> Result<TransactionFile> {
    let lifetime = Lifetime::of(session, transactions.len())?;
    let unsigned = |transaction| unsigned(executor, transaction, &lifetime);
    let waiting = transactions.iter().map(unsigned).collect::<Result<_>>()?;
    Ok(TransactionFile::new(waiting))
}

fn unsigned(
    executor: &Executor<'_>,
    transaction: &Transaction<'_>,
    lifetime: &Lifetime,
) -> Result<Waiting> {
    let instructions = lifetime.advance.iter().chain(&transaction.instructions);
    let instructions: Vec<Instruction> = instructions.cloned().collect();
    let message = executor.unsigned_message(&instructions, lifetime.blockhash)?;
    Waiting::unsigned(
        message,
        executor.lookup_tables(),
        transaction.follows,
        lifetime.last_valid_block_height,
    )
}
