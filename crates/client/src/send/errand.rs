//! What a transaction is for: by this, one that does the same once more is known.

use std::collections::BTreeSet;

use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable;

use super::{executor::Executor, journal::Pending};
use crate::{
    Result,
    words::{
        amounts::amount,
        describe::{self, InstructionInWords},
    },
};

/// What an account is called that a transaction is about: a pool, or a program.
const SUBJECTS: [&str; 2] = ["pool", "program_account"];
/// What makes a pool, at an address that no other transaction is about.
const POOL_CREATION: &str = "create_pool";
/// What only makes sure that an account is there, and may be left out.
const PREPARATION: &str = "Associated Token ";

/// What a transaction is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Who pays its fee.
    pub payer: String,
    /// The names of its instructions.
    pub what: String,
    /// The pool or the program that it is about, where it is about one.
    pub about: Option<String>,
    /// How much it moves, in words, where its instructions say so.
    pub amount: Option<String>,
    makes_a_pool: bool,
}

impl Errand {
    /// What a message is for.
    pub fn of(message: &VersionedMessage, tables: &[AddressLookupTableAccount]) -> Self {
        let payer = message.static_account_keys().first();
        let instructions = describe::message(message, tables).unwrap_or_default();
        let is_creation = |instruction: &InstructionInWords| {
            instruction.program == sluice::ID && instruction.name == POOL_CREATION
        };
        Self {
            payer: payer.map(Pubkey::to_string).unwrap_or_default(),
            what: describe::names(message, tables),
            about: instructions.iter().find_map(subject),
            amount: instructions.iter().find_map(moved),
            makes_a_pool: instructions.iter().any(is_creation),
        }
    }

    /// Whether a transaction that was noted was for the same: the same payer, the same instructions,
    /// however many, and the same pool or program. Each new pool is another one, so that of those every
    /// one counts.
    pub fn is_that_of(&self, noted: &Pending) -> bool {
        let about = noted.about.as_ref();
        let is_about = self.makes_a_pool || about.is_none() || about == self.about.as_ref();
        is_about && self.payer == noted.payer && kinds(&self.what) == kinds(&noted.what)
    }
}

impl Executor<'_> {
    /// What a transaction with these instructions would be for.
    ///
    /// Fails where they are too large for one.
    pub fn errand(&self, instructions: &[Instruction]) -> Result<Errand> {
        let message = self.unsigned_message(instructions, Hash::default())?;
        Ok(Errand::of(&message, &self.tables))
    }
}

fn kinds(what: &str) -> BTreeSet<&str> {
    let names = what.split(", ");
    names
        .filter(|name| !name.starts_with(PREPARATION))
        .collect()
}

fn is_told(instruction: &InstructionInWords) -> bool {
    [sluice::ID, bpf_loader_upgradeable::ID].contains(&instruction.program)
}

fn subject(instruction: &InstructionInWords) -> Option<String> {
    let accounts = is_told(instruction).then_some(&instruction.accounts)?;
    let subject = |account: &&describe::AccountUse| SUBJECTS.contains(&&*account.name);
    accounts
        .iter()
        .find(subject)
        .map(|account| account.address.to_string())
}

fn moved(instruction: &InstructionInWords) -> Option<String> {
    let arguments = is_told(instruction).then_some(&instruction.arguments)?;
    arguments.iter().find_map(|argument| match &*argument.name {
        "lamports" | "lst" => Some(amount(&argument.name, &argument.value)),
        "additional_bytes" => Some(format!("{} bytes", argument.value)),
        _ => None,
    })
}
