//! `--send dump`: unsigned messages for signers elsewhere, and what they say.

use std::fmt;

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use serde_json::{Map, Value};
use sluice_client::{
    Executor,
    words::{
        amounts::amount,
        describe::{self, AccountUse, InstructionInWords},
    },
};
use solana_instruction::Instruction;
use solana_message::VersionedMessage;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{Transaction, lifetime::Lifetime};
use crate::session::Session;

/// The unsigned messages of a command.
#[derive(Debug, Serialize)]
pub struct Dump {
    transactions: Vec<UnsignedTransaction>,
}

/// An unsigned transaction.
#[derive(Debug, Serialize)]
struct UnsignedTransaction {
    /// Works only once the transaction before it is confirmed.
    follows_previous: bool,
    /// `legacy` or `0`.
    version: &'static str,
    /// The message alone, which is what is signed.
    message_base64: String,
    /// The message behind empty signatures.
    transaction_base58: String,
    blockhash: String,
    /// Whether the blockhash is a nonce, which holds until it is used.
    has_durable_nonce: bool,
    fee_payer: String,
    signers: Vec<String>,
    instructions: Vec<InstructionLine>,
}

#[derive(Debug, Serialize)]
struct InstructionLine {
    program: String,
    program_name: Option<&'static str>,
    name: String,
    arguments: Map<String, Value>,
    accounts: Vec<AccountLine>,
}

#[derive(Debug, Serialize)]
struct AccountLine {
    name: String,
    address: String,
    signer: bool,
    writable: bool,
}

impl Dump {
    /// Writes the messages.
    pub fn of(
        session: &Session,
        executor: &Executor<'_>,
        transactions: &[Transaction<'_>],
    ) -> Result<Self> {
        let lifetime = Lifetime::of(session, transactions.len())?;
        let unsigned = |transaction| UnsignedTransaction::of(executor, transaction, &lifetime);
        Ok(Self {
            transactions: transactions.iter().map(unsigned).collect::<Result<_>>()?,
        })
    }
}

impl UnsignedTransaction {
    fn of(
        executor: &Executor<'_>,
        transaction: &Transaction<'_>,
        lifetime: &Lifetime,
    ) -> Result<Self> {
        let Lifetime { blockhash, advance } = lifetime;
        let instructions = advance.iter().chain(&transaction.instructions);
        let instructions: Vec<Instruction> = instructions.cloned().collect();
        let message = executor.unsigned_message(&instructions, *blockhash)?;
        let instructions = describe::message(&message, executor.lookup_tables())
            .context("the message uses a lookup table that is not known")?;
        let signers = usize::from(message.header().num_required_signatures);
        let keys = message.static_account_keys();
        Ok(Self {
            follows_previous: transaction.follows,
            version: match message {
                VersionedMessage::Legacy(_) => "legacy",
                VersionedMessage::V0(_) => "0",
                VersionedMessage::V1(_) => "1",
            },
            message_base64: BASE64_STANDARD.encode(message.serialize()),
            fee_payer: keys.first().map(ToString::to_string).unwrap_or_default(),
            signers: keys.iter().take(signers).map(ToString::to_string).collect(),
            transaction_base58: unsigned(message)?,
            blockhash: blockhash.to_string(),
            has_durable_nonce: advance.is_some(),
            instructions: instructions
                .into_iter()
                .map(InstructionLine::from)
                .collect(),
        })
    }
}

/// A transaction with empty signatures, in base 58.
fn unsigned(message: VersionedMessage) -> Result<String> {
    let signers = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default(); signers],
        message,
    };
    let bytes = bincode::serialize(&transaction).context("the transaction cannot be written")?;
    Ok(bs58::encode(bytes).into_string())
}

impl From<InstructionInWords> for InstructionLine {
    fn from(instruction: InstructionInWords) -> Self {
        Self {
            program: instruction.program.to_string(),
            program_name: instruction.program_name,
            name: instruction.name,
            arguments: instruction
                .arguments
                .into_iter()
                .map(|argument| (argument.name, argument.value))
                .collect(),
            accounts: instruction
                .accounts
                .into_iter()
                .map(AccountLine::from)
                .collect(),
        }
    }
}

impl From<AccountUse> for AccountLine {
    fn from(account: AccountUse) -> Self {
        Self {
            name: account.name,
            address: account.address.to_string(),
            signer: account.signer,
            writable: account.writable,
        }
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.transactions.len();
        writeln!(formatter, "Nothing was sent. {}", transactions(total))?;
        for (index, transaction) in self.transactions.iter().enumerate() {
            writeln!(formatter, "\nTransaction {} of {total}", index + 1)?;
            if transaction.follows_previous {
                writeln!(
                    formatter,
                    "  only after transaction {index} is confirmed; dump it again then"
                )?;
            }
            transaction.fmt(formatter)?;
        }
        Ok(())
    }
}

fn transactions(count: usize) -> String {
    match count {
        0 => "There is nothing to send.".to_owned(),
        1 => "This is what would be signed:".to_owned(),
        _ => format!("These are {count} transactions, in this order:"),
    }
}

impl fmt::Display for UnsignedTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, instruction) in self.instructions.iter().enumerate() {
            writeln!(formatter, "\n  {}. {instruction}", index + 1)?;
        }
        writeln!(formatter, "\n  Pays the fee: {}", self.fee_payer)?;
        writeln!(formatter, "  Must sign: {}", self.signers.join(", "))?;
        let version = self.version;
        writeln!(formatter, "\n  Message (version {version}), base 64:")?;
        writeln!(formatter, "{}", self.message_base64)?;
        writeln!(formatter, "\n  Transaction without signatures, base 58:")?;
        writeln!(formatter, "{}", self.transaction_base58)?;
        let lifetime = if self.has_durable_nonce {
            "It can be sent until its nonce is used."
        } else {
            "Its blockhash holds for about a minute; a multisig puts in another one."
        };
        writeln!(formatter, "\n  {lifetime}")
    }
}

impl fmt::Display for InstructionLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.program_name {
            Some(name) => write!(formatter, "{name}: {}", self.name)?,
            None => write!(formatter, "{}: {}", self.program, self.name)?,
        }
        let arguments = self.arguments.keys().map(String::len);
        let accounts = self.accounts.iter().map(|account| account.name.len());
        let width = arguments.chain(accounts).max().unwrap_or_default();
        for (name, value) in &self.arguments {
            write!(formatter, "\n     {name:width$}  {}", amount(name, value))?;
        }
        for account in &self.accounts {
            write!(formatter, "\n     {:width$}  {account}", account.name)?;
        }
        Ok(())
    }
}

impl fmt::Display for AccountLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match (self.signer, self.writable) {
            (true, true) => "signer, writable",
            (true, false) => "signer",
            (false, true) => "writable",
            (false, false) => "read",
        };
        write!(formatter, "{}  {role}", self.address)
    }
}
