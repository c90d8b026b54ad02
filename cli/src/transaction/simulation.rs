//! `--send simulate`: what a command would change.

use std::fmt;

use anyhow::{Context, Result};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::Value;
use sluice_client::{
    ClientError, Executor,
    words::{
        amounts::{amount, is_amount},
        describe::{self, AccountUse, FieldChange},
        printable::printable,
    },
};
use solana_hash::Hash;

use super::Transaction;
use crate::output::{announce, table};

/// The runtime keeps no more of a transaction's logs. A node may answer more.
const MOST_LOG_BYTES: usize = 10_000;

/// What the transactions of a command would change.
#[derive(Debug, Serialize)]
pub struct Simulation {
    transactions: Vec<SimulatedTransaction>,
}

/// A transaction that was simulated; one that needs another to be confirmed first cannot be.
#[derive(Debug, Serialize)]
struct SimulatedTransaction {
    follows_previous: bool,
    compute_units: Option<u64>,
    changes: Vec<Change>,
}

/// An account that would change: what it is, and what the instructions use it for.
#[derive(Debug, Serialize)]
struct Change {
    account: &'static str,
    name: String,
    address: String,
    fields: Vec<FieldLine>,
}

#[derive(Debug)]
struct FieldLine {
    field: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl Simulation {
    /// Simulates the transactions on the cluster as it is. Of one that fails, the logs are shown.
    pub fn of(executor: &Executor<'_>, transactions: &[Transaction<'_>]) -> Result<Self> {
        let simulated = |transaction| SimulatedTransaction::of(executor, transaction);
        Ok(Self {
            transactions: transactions.iter().map(simulated).collect::<Result<_>>()?,
        })
    }
}

impl SimulatedTransaction {
    fn of(executor: &Executor<'_>, transaction: &Transaction<'_>) -> Result<Self> {
        if transaction.follows {
            return Ok(Self {
                follows_previous: true,
                compute_units: None,
                changes: Vec::new(),
            });
        }
        let preview = executor
            .preview(&transaction.instructions)
            .inspect_err(show_logs)?;
        let uses = uses(executor, transaction)?;
        let name_of = |address| {
            let used = uses.iter().find(|used| used.address == address);
            used.map_or_else(|| "fee_payer".to_owned(), |used| used.name.clone())
        };
        let mut changes: Vec<Change> = preview
            .changes
            .into_iter()
            .map(|(address, changes)| Change {
                account: changes.kind,
                name: name_of(address),
                address: address.to_string(),
                fields: changes.fields.into_iter().map(FieldLine::from).collect(),
            })
            .collect();
        // The pool is what everybody wants to know about.
        changes.sort_by_key(|change| change.account != "Pool");
        Ok(Self {
            follows_previous: false,
            compute_units: Some(preview.simulated.compute_units),
            changes,
        })
    }
}

/// What the instructions use their accounts for: those of Sluice first, whose names say most.
fn uses(executor: &Executor<'_>, transaction: &Transaction<'_>) -> Result<Vec<AccountUse>> {
    let message = executor.unsigned_message(&transaction.instructions, Hash::default())?;
    let mut instructions = describe::message(&message, executor.lookup_tables())
        .context("the message uses a lookup table that is not known")?;
    instructions.sort_by_key(|instruction| instruction.program != sluice::ID);
    let accounts = instructions.into_iter().flat_map(|one| one.accounts);
    Ok(accounts.collect())
}

fn show_logs(error: &ClientError) {
    if let ClientError::Refused(refusal) = error {
        let shown = refusal.logs.iter().scan(0, |bytes, line| {
            *bytes += line.len();
            (*bytes <= MOST_LOG_BYTES).then(|| printable(line))
        });
        shown.for_each(announce);
    }
}

impl From<FieldChange> for FieldLine {
    fn from(change: FieldChange) -> Self {
        Self {
            field: change.name,
            before: change.before,
            after: change.after,
        }
    }
}

/// Amounts are text, as under a key with the field's name they would be.
impl Serialize for FieldLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_amount = is_amount(&self.field);
        let value = |value: &Option<Value>| match value {
            Some(Value::Number(number)) if is_amount => Some(number.to_string().into()),
            other => other.clone(),
        };
        let mut line = serializer.serialize_struct("FieldLine", 3)?;
        line.serialize_field("field", &self.field)?;
        line.serialize_field("before", &value(&self.before))?;
        line.serialize_field("after", &value(&self.after))?;
        line.end()
    }
}

impl fmt::Display for Simulation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.transactions.len();
        if total == 0 {
            return writeln!(formatter, "Nothing was sent: there is nothing to send.");
        }
        for (index, transaction) in self.transactions.iter().enumerate() {
            let number = index + 1;
            if transaction.follows_previous {
                writeln!(
                    formatter,
                    "Transaction {number} of {total} can be simulated once transaction {index} is \
                     confirmed.\n"
                )?;
                continue;
            }
            let units = transaction.compute_units.unwrap_or_default();
            writeln!(
                formatter,
                "Nothing was sent. Transaction {number} of {total} would take {units} compute \
                 units and change:\n{transaction}"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for SimulatedTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            let (account, address, name) = (change.account, &change.address, &change.name);
            writeln!(formatter, "\n{account} {address} ({name})")?;
            let mut fields = table(["field", "before", "after"], 1);
            for line in &change.fields {
                let shown = |value: &Option<Value>| {
                    value
                        .as_ref()
                        .map_or_else(|| "none".to_owned(), |value| amount(&line.field, value))
                };
                fields.add_row([line.field.clone(), shown(&line.before), shown(&line.after)]);
            }
            writeln!(formatter, "{fields}")?;
        }
        Ok(())
    }
}
