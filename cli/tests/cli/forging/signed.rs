//! What transactions ask for, instruction by instruction, and how that differs from what was meant.

use std::{collections::BTreeMap, fmt};

use sluice_client::words::describe::{self, InstructionInWords};
use solana_address_lookup_table_interface::state::AddressLookupTable;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_sdk_ids::compute_budget;
use solana_transaction::versioned::VersionedTransaction;

use crate::net::CliNet;

/// An instruction that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Program and name.
    pub name: String,
    /// Its arguments and accounts by name.
    pub fields: BTreeMap<String, String>,
    /// Whether somebody must sign for it: otherwise anybody can send it.
    pub is_signed_for: bool,
}

/// What was signed and not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The instruction's name.
    pub name: String,
    /// Each field with what it is and was meant to be; none where no such instruction was meant.
    pub fields: BTreeMap<String, (String, String)>,
    pub is_signed_for: bool,
}

/// The instructions of transactions, without what they may use and pay. None where one cannot be
/// read, as the cluster really is.
pub fn instructions_of(
    net: &CliNet,
    transactions: &[VersionedTransaction],
) -> Option<Vec<Instruction>> {
    let mut all = Vec::new();
    for transaction in transactions {
        let tables = tables_of(net, &transaction.message);
        let told = describe::message(&transaction.message, &tables)?;
        let told = told.into_iter();
        all.extend(
            told.filter(|one| one.program != compute_budget::ID)
                .map(Instruction::from),
        );
    }
    Some(all)
}

fn tables_of(net: &CliNet, message: &VersionedMessage) -> Vec<AddressLookupTableAccount> {
    let lookups = message.address_table_lookups().unwrap_or_default().iter();
    let table = lookups.filter_map(|lookup| {
        let account = net.rpc.get_account(&lookup.account_key).ok()?;
        let table = AddressLookupTable::deserialize(&account.data).ok()?;
        Some(AddressLookupTableAccount {
            key: lookup.account_key,
            addresses: table.addresses.to_vec(),
        })
    });
    table.collect()
}

impl From<InstructionInWords> for Instruction {
    fn from(told: InstructionInWords) -> Self {
        let program = told.program_name.map(str::to_owned);
        let program = program.unwrap_or_else(|| told.program.to_string());
        let arguments = told.arguments.iter();
        let arguments = arguments.map(|field| (field.name.clone(), field.value.to_string()));
        let accounts = told.accounts.iter().map(|account| {
            let role = account.role();
            (
                format!("@{}", account.name),
                format!("{} ({role})", account.address),
            )
        });
        Self {
            name: format!("{program}: {}", told.name),
            fields: arguments.chain(accounts).collect(),
            is_signed_for: told.accounts.iter().any(|account| account.signer),
        }
    }
}

/// What of `signed` is not among `meant`, each of which may be signed once.
pub fn differences(meant: &[Instruction], signed: &[Instruction]) -> Vec<Difference> {
    let mut meant = meant.to_vec();
    let mut others = Vec::new();
    for one in signed {
        match meant.iter().position(|other| other == one) {
            Some(at) => drop(meant.remove(at)),
            None => others.push(one),
        }
    }
    let differing = others.into_iter().map(|one| {
        let same = |(_, other): &(usize, &Instruction)| other.name == one.name;
        let named = meant.iter().enumerate().filter(same);
        let nearest = named.min_by_key(|(_, other)| one.unlike(other).len());
        let nearest = nearest.map(|(at, _)| at);
        let fields = nearest.map(|at| one.unlike(&meant.remove(at)));
        Difference {
            name: one.name.clone(),
            fields: fields.unwrap_or_default(),
            is_signed_for: one.is_signed_for,
        }
    });
    differing.collect()
}

impl Instruction {
    fn unlike(&self, meant: &Self) -> BTreeMap<String, (String, String)> {
        let names = self.fields.keys().chain(meant.fields.keys());
        let both = names.map(|name| {
            let of = |one: &Self| one.fields.get(name).cloned().unwrap_or_default();
            (name.clone(), (of(self), of(meant)))
        });
        both.filter(|(_, (is, meant))| is != meant).collect()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.name)?;
        if self.fields.is_empty() {
            return write!(formatter, ", which was not meant");
        }
        for (name, (is, meant)) in &self.fields {
            write!(formatter, "; {name} {is} in place of {meant}")?;
        }
        Ok(())
    }
}
