//! What a message asks for, read from the message itself.

use solana_message::{AddressLookupTableAccount, VersionedMessage, v0::MessageAddressTableLookup};
use solana_pubkey::Pubkey;
use solana_sdk_ids::compute_budget;

use super::{Field, idl, lifetime::works_until, programs};

/// An instruction in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstructionInWords {
    /// Its program.
    pub program: Pubkey,
    /// What people call the program, where that is known.
    pub program_name: Option<&'static str>,
    /// The instruction's name.
    pub name: String,
    /// Whether all that it does is told here: otherwise its arguments are bytes.
    pub is_known: bool,
    /// What makes it fail for good where it waits for signatures, after "until"; none where that
    /// is not known.
    pub works_until: Option<&'static str>,
    /// Its arguments.
    pub arguments: Vec<Field>,
    /// Its accounts.
    pub accounts: Vec<AccountUse>,
}

/// An account as an instruction gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountUse {
    /// What it is for.
    pub name: String,
    /// Its address.
    pub address: Pubkey,
    /// Whether it must sign.
    pub signer: bool,
    /// Whether it may be changed.
    pub writable: bool,
}

impl AccountUse {
    /// `signer, writable`, `read` and the like.
    pub fn role(&self) -> &'static str {
        match (self.signer, self.writable) {
            (true, true) => "signer, writable",
            (true, false) => "signer",
            (false, true) => "writable",
            (false, false) => "read",
        }
    }
}

/// The instructions of a message in words. `None` where it uses a lookup table that is not among
/// `tables`, or an account that it does not name.
pub fn message(
    message: &VersionedMessage,
    tables: &[AddressLookupTableAccount],
) -> Option<Vec<InstructionInWords>> {
    let accounts = accounts(message, tables)?;
    let describe = |instruction: &solana_message::compiled_instruction::CompiledInstruction| {
        let program = accounts
            .get(usize::from(instruction.program_id_index))?
            .address;
        let used = instruction
            .accounts
            .iter()
            .map(|index| accounts.get(usize::from(*index)).cloned())
            .collect::<Option<Vec<_>>>()?;
        Some(in_words(program, used, &instruction.data))
    };
    message.instructions().iter().map(describe).collect()
}

/// The names of a message's instructions, without what it may use and pays: what it does, in a few
/// words.
pub fn names(message: &VersionedMessage, tables: &[AddressLookupTableAccount]) -> String {
    let instructions = self::message(message, tables).unwrap_or_default();
    let names = instructions
        .iter()
        .filter(|instruction| instruction.program != compute_budget::ID)
        .map(|instruction| match instruction.program_name {
            Some(program) => format!("{program} {}", instruction.name),
            None => format!("{} {}", instruction.program, instruction.name),
        });
    names.collect::<Vec<_>>().join(", ")
}

fn in_words(program: Pubkey, mut accounts: Vec<AccountUse>, data: &[u8]) -> InstructionInWords {
    let ours = (program == sluice::ID)
        .then(|| idl::instruction(data))
        .flatten();
    let works_until = ours.as_ref().and_then(|(name, ..)| works_until(name));
    let told = ours.or_else(|| {
        let addresses: Vec<Pubkey> = accounts.iter().map(|account| account.address).collect();
        programs::instruction(&program, data, &addresses)
    });
    let is_known = told.is_some();
    let (name, arguments, names) = told.unwrap_or_else(|| {
        let bytes = Field::new("data", hex::encode(data));
        ("unknown instruction".to_owned(), vec![bytes], Vec::new())
    });
    let further = (program == sluice::ID).then_some(|index| further(&name, index));
    for (index, account) in accounts.iter_mut().enumerate() {
        account.name = names
            .get(index)
            .filter(|name| !name.is_empty())
            .cloned()
            .or_else(|| further.and_then(|of| of(index.checked_sub(names.len())?)))
            .unwrap_or_else(|| format!("account {}", index + 1));
    }
    InstructionInWords {
        program,
        program_name: programs::name(&program),
        name,
        is_known,
        works_until,
        arguments,
        accounts,
    }
}

/// What an account of Sluice is for that follows those which the interface names, counted from 0.
/// None where its place does not tell: a caller mixes the candidates of a new validator freely.
fn further(instruction: &str, index: usize) -> Option<String> {
    Some(match instruction {
        // The first one is named in the interface.
        "request_unstake" => format!("candidate batch {}", index + 2),
        "add_validator" => format!("candidate {}", index + 1),
        "finalize_epoch" | "migrate_pool" => format!("page {index}"),
        "observe" => format!("stake account {}", index + 1),
        _ => return None,
    })
}

/// All accounts of a message in the order of their indexes, not named yet.
fn accounts(
    message: &VersionedMessage,
    tables: &[AddressLookupTableAccount],
) -> Option<Vec<AccountUse>> {
    let account = |address: &Pubkey, signer: bool, writable: bool| AccountUse {
        name: String::new(),
        address: *address,
        signer,
        writable,
    };
    let header = message.header();
    let keys = message.static_account_keys();
    let signers = usize::from(header.num_required_signatures);
    let writable_signers = signers.checked_sub(header.num_readonly_signed_accounts.into())?;
    let writable_end = keys
        .len()
        .checked_sub(header.num_readonly_unsigned_accounts.into())?;
    let is_writable = |index| index < writable_signers || (signers..writable_end).contains(&index);
    let mut all: Vec<AccountUse> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| account(key, index < signers, is_writable(index)))
        .collect();
    let lookups = message.address_table_lookups().unwrap_or_default();
    for writable in [true, false] {
        for lookup in lookups {
            for address in looked_up(lookup, tables, writable)? {
                all.push(account(&address, false, writable));
            }
        }
    }
    Some(all)
}

fn looked_up(
    lookup: &MessageAddressTableLookup,
    tables: &[AddressLookupTableAccount],
    writable: bool,
) -> Option<Vec<Pubkey>> {
    let table = tables
        .iter()
        .find(|table| table.key == lookup.account_key)?;
    let indexes = if writable {
        &lookup.writable_indexes
    } else {
        &lookup.readonly_indexes
    };
    indexes
        .iter()
        .map(|index| table.addresses.get(usize::from(*index)).copied())
        .collect()
}
