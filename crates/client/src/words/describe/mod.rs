//! Transactions and accounts in words: what an unsigned message asks for, and what a transaction
//! would change. Names and layouts of Sluice come from its IDL, so that new instructions and
//! fields need no code here.

mod changes;
mod events;
mod idl;
mod lifetime;
mod message;
mod program_metadata;
mod programs;
mod squads;

pub use changes::{AccountChanges, FieldChange, changes};
pub use events::{EventInWords, events};
pub use message::{AccountUse, InstructionInWords, message, names};
use serde_json::Value;

/// A named value: a number, a flag, an address in base 58, or bytes in base 16; null for the number
/// that stands for never and for no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, with the names and indexes of what it is part of in front:
    /// `config.window_bps`, `slots[3].weight`. Units last, as everywhere: `_lamports`, `_lst`.
    pub name: String,
    /// Its value.
    pub value: Value,
}

impl Field {
    fn new(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Bytes that are too many to print: how many they are, and their SHA-256.
fn long(name: &str, bytes: &[u8]) -> [Field; 2] {
    let hash = solana_sha256_hasher::hash(bytes);
    [
        Field::new(format!("{name}_bytes"), bytes.len()),
        Field::new(format!("{name}_sha256"), hex::encode(hash)),
    ]
}

/// A number of 64 bits, whose highest value stands for none.
fn number(number: u64) -> Value {
    match number {
        u64::MAX => Value::Null,
        number => number.into(),
    }
}

/// `config` and `window_bps` as `config.window_bps`; the root has no name.
fn path(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

#[cfg(test)]
mod tests;
