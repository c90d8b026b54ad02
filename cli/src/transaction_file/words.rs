//! Transactions as people read them before they sign.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use sluice_client::words::{
    amounts::amount,
    describe::{AccountUse, InstructionInWords},
};

use super::Waiting;

/// An instruction in words.
#[derive(Debug, Serialize)]
pub struct InstructionLine {
    program: String,
    program_name: Option<&'static str>,
    name: String,
    works_until: Option<&'static str>,
    arguments: Map<String, Value>,
    accounts: Vec<AccountLine>,
    #[serde(skip)]
    is_known: bool,
}

#[derive(Debug, Serialize)]
struct AccountLine {
    name: String,
    address: String,
    signer: bool,
    writable: bool,
    #[serde(skip)]
    role: &'static str,
}

impl InstructionLine {
    /// What program it is of, where not all that it does can be told.
    pub fn unknown(&self) -> Option<&str> {
        let program = self.program_name.unwrap_or(&self.program);
        (!self.is_known).then_some(program)
    }

    /// What makes it fail for good, where that is known.
    pub fn end(&self) -> Option<String> {
        let until = self.works_until?;
        Some(format!("{}: {until}", self.name))
    }
}

impl From<InstructionInWords> for InstructionLine {
    fn from(instruction: InstructionInWords) -> Self {
        Self {
            program: instruction.program.to_string(),
            program_name: instruction.program_name,
            name: instruction.name,
            works_until: instruction.works_until,
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
            is_known: instruction.is_known,
        }
    }
}

impl From<AccountUse> for AccountLine {
    fn from(account: AccountUse) -> Self {
        Self {
            role: account.role(),
            name: account.name,
            address: account.address.to_string(),
            signer: account.signer,
            writable: account.writable,
        }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, instruction) in self.told.instructions.iter().enumerate() {
            writeln!(formatter, "\n  {}. {instruction}", index + 1)?;
        }
        let told = &self.told;
        writeln!(formatter, "\n  Pays the fee: {}", told.fee_payer)?;
        writeln!(formatter, "  Must sign: {}", told.signers.join(", "))?;
        if !told.signed_by.is_empty() {
            writeln!(formatter, "  Has signed: {}", told.signed_by.join(", "))?;
        }
        writeln!(formatter, "\n  It works until one of these happens:")?;
        for end in self.ends() {
            writeln!(formatter, "    - {end}")?;
        }
        Ok(())
    }
}

impl Waiting {
    /// What ends its life. Only the bytes say so: the notes may be of anybody.
    fn ends(&self) -> Vec<String> {
        let own = match &self.told.nonce_account {
            Some(nonce) => format!("the nonce in {nonce} is used, or its authority changes"),
            None => {
                "its blockhash is 150 blocks old, about a minute after it was made; a multisig \
                     puts in another one"
                    .to_owned()
            }
        };
        let instructions = self.told.instructions.iter();
        let of_instructions = instructions.filter_map(InstructionLine::end);
        [own].into_iter().chain(of_instructions).collect()
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
            let AccountLine {
                name,
                address,
                role,
                ..
            } = account;
            write!(formatter, "\n     {name:width$}  {address}  {role}")?;
        }
        Ok(())
    }
}
