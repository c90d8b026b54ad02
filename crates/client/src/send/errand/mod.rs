//! What a transaction is for: by this, one that does the same once more is known.

use std::collections::BTreeSet;

use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, system_program};

use super::{
    executor::Executor,
    journal::{Nonce, Pending},
};
use crate::{
    Result,
    pool::squads::SQUADS_PROGRAM,
    words::{
        amounts::amount,
        describe::{self, InstructionInWords},
    },
};

/// What an account is called that a transaction is about: a pool, or a program.
const SUBJECTS: [&str; 2] = ["pool", "program_account"];
/// What a signer is called whose doing it is, whoever pays the fee.
const DOERS: [&str; 4] = ["depositor", "owner", "requester", "creator"];
/// What makes a pool, at an address that no other transaction is about.
const POOL_CREATION: &str = "create_pool";
/// How the name of what makes a pool begins in the names of a transaction.
const POOL_CREATIONS: &str = "Sluice create_pool";
/// What may be left out, or stand before anything: an account is there, a nonce is used.
const PREPARATIONS: [&str; 2] = ["Associated Token ", "System advance_nonce"];
/// What uses a nonce.
const NONCE_USE: &str = "advance_nonce";
/// How instructions of Sluice begin in the names of a transaction, and those that pay or take once more
/// each time they are sent.
const SLUICE: &str = "Sluice ";
const PAYING_AGAIN: [&str; 5] = [
    "Sluice deposit_sol",
    "Sluice withdraw_sol",
    "Sluice request_unstake",
    "Sluice withdraw_stake",
    POOL_CREATIONS,
];

/// What a transaction is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Who pays its fee.
    pub payer: String,
    /// The names of its instructions, with those that a multisig is asked for.
    pub what: String,
    /// Whose doing it is, where somebody signs for that.
    pub by: Option<String>,
    /// The pool or the program that it is about, where it is about one.
    pub about: Option<String>,
    /// The durable nonce that it uses, where it uses one.
    pub nonce: Option<Nonce>,
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
            what: names(message, tables, &instructions),
            by: instructions.iter().find_map(doer),
            about: instructions.iter().find_map(subject),
            nonce: instructions.iter().find_map(|one| nonce(one, message)),
            amount: instructions.iter().find_map(moved),
            makes_a_pool: instructions.iter().any(is_creation),
        }
    }

    /// Whether a transaction that was noted was for the same: the same doer, the same instructions,
    /// however many, and the same pool or program. Where nobody signs as the doer, the same payer, and what
    /// anybody may do to a program counts whoever paid. Each new pool is another one, so that of those every
    /// one counts.
    pub fn is_that_of(&self, noted: &Pending) -> bool {
        let is_anybodys = self.by.is_none() && self.about.is_some();
        let is_same_doer =
            self.by == noted.by && (self.by.is_some() || is_anybodys || self.payer == noted.payer);
        if self.makes_a_pool {
            return is_same_doer && kinds(&noted.what).any(|kind| kind == POOL_CREATIONS);
        }
        is_same_doer && self.about == noted.about && self.kinds() == set(&noted.what)
    }

    /// Whether it pays or takes as much again where it is sent once more.
    pub fn pays_again(&self) -> bool {
        pays_again(&self.what)
    }

    fn kinds(&self) -> BTreeSet<&str> {
        set(&self.what)
    }
}

/// Whether what instructions of these names do is paid or taken once more where they are sent again: of
/// programs of others, nobody knows.
pub(super) fn pays_again(what: &str) -> bool {
    kinds(what).any(|kind| !kind.starts_with(SLUICE) || PAYING_AGAIN.contains(&kind))
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

fn kinds(what: &str) -> impl Iterator<Item = &str> {
    what.split(", ").filter(|name| {
        let is_one = |preparation: &&str| name.starts_with(preparation);
        !PREPARATIONS.iter().any(is_one)
    })
}

fn set(what: &str) -> BTreeSet<&str> {
    kinds(what).collect()
}

/// The names of the instructions, and after a proposal those that the members are asked for.
fn names(
    message: &VersionedMessage,
    tables: &[AddressLookupTableAccount],
    instructions: &[InstructionInWords],
) -> String {
    let asked = instructions.iter().flat_map(asked_for);
    let heads = asked
        .filter(|(name, _)| name.starts_with("message[") && name.ends_with(']'))
        .map(|(_, head)| head.replace(": ", " "));
    std::iter::once(describe::names(message, tables))
        .chain(heads)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a proposal says of the instructions that it asks for: names of fields, and their texts.
fn asked_for(instruction: &InstructionInWords) -> impl Iterator<Item = (&str, &str)> {
    let fields = match instruction.program == SQUADS_PROGRAM {
        true => instruction.arguments.as_slice(),
        false => &[],
    };
    fields
        .iter()
        .filter_map(|field| Some((&*field.name, field.value.as_str()?)))
}

fn is_told(instruction: &InstructionInWords) -> bool {
    [sluice::ID, bpf_loader_upgradeable::ID].contains(&instruction.program)
}

fn subject(instruction: &InstructionInWords) -> Option<String> {
    let is_subject = |name: &str| SUBJECTS.contains(&name);
    let mut asked = asked_for(instruction);
    let in_proposal = asked.find_map(|(name, text)| {
        let (_, account) = name.rsplit_once("].")?;
        let address = text.split_whitespace().next();
        address.filter(|_| is_subject(account)).map(str::to_owned)
    });
    in_proposal.or_else(|| {
        let mut accounts = is_told(instruction)
            .then_some(&instruction.accounts)?
            .iter();
        let subject = accounts.find(|account| is_subject(&account.name))?;
        Some(subject.address.to_string())
    })
}

/// Whose doing an instruction of Sluice or a proposal is.
fn doer(instruction: &InstructionInWords) -> Option<String> {
    let is_known = [sluice::ID, SQUADS_PROGRAM].contains(&instruction.program);
    let mut accounts = is_known.then_some(&instruction.accounts)?.iter();
    let is_doer =
        |account: &&describe::AccountUse| account.signer && DOERS.contains(&&*account.name);
    Some(accounts.find(is_doer)?.address.to_string())
}

/// The nonce that an instruction uses: its account, and the value that the message names.
fn nonce(instruction: &InstructionInWords, message: &VersionedMessage) -> Option<Nonce> {
    let is_use = instruction.program == system_program::ID && instruction.name == NONCE_USE;
    let account = instruction.accounts.first().filter(|_| is_use)?;
    Some(Nonce {
        account: account.address.to_string(),
        value: message.recent_blockhash().to_string(),
    })
}

fn moved(instruction: &InstructionInWords) -> Option<String> {
    let arguments = is_told(instruction).then_some(&instruction.arguments)?;
    arguments.iter().find_map(|argument| match &*argument.name {
        "lamports" | "lst" => Some(amount(&argument.name, &argument.value)),
        "additional_bytes" => Some(format!("{} bytes", argument.value)),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
