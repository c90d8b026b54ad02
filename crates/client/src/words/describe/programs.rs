//! Instructions of the programs that Sluice's commands call besides it, as Solana's own parser
//! tells them.

use base64::{Engine, prelude::BASE64_STANDARD};
use heck::ToSnakeCase;
use serde_json::Value;
use solana_message::{AccountKeys, compiled_instruction::CompiledInstruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{
    address_lookup_table, bpf_loader_upgradeable, compute_budget, stake, system_program,
};
use solana_transaction_status::parse_instruction::parse;

use super::{Field, long, path, program_metadata, squads};
use crate::{
    plan::program::metadata::PROGRAM_METADATA_PROGRAM,
    pool::{
        squads::SQUADS_PROGRAM,
        token_metadata::{Call, TOKEN_METADATA_PROGRAM},
    },
    words::printable::printable,
};

/// What Solana's parser calls the bytes that are written to a buffer, in base 64.
const WRITTEN: &str = "bytes";

/// What people call a program.
pub fn name(program: &Pubkey) -> Option<&'static str> {
    let names = [
        (sluice::ID, "Sluice"),
        (system_program::ID, "System"),
        (stake::ID, "Stake"),
        (compute_budget::ID, "Compute Budget"),
        (address_lookup_table::ID, "Address Lookup Table"),
        (bpf_loader_upgradeable::ID, "Upgradeable Loader"),
        (spl_token_interface::ID, "Token"),
        (spl_stake_pool::ID, "SPL Stake Pool"),
        (TOKEN_METADATA_PROGRAM, "Token Metadata"),
        (SQUADS_PROGRAM, "Squads v4"),
        (PROGRAM_METADATA_PROGRAM, "Program Metadata"),
        (
            spl_associated_token_account_interface::program::ID,
            "Associated Token Account",
        ),
    ];
    names
        .into_iter()
        .find_map(|(id, name)| (id == *program).then_some(name))
}

/// An instruction's name, its arguments, and what its accounts are for, by position; empty where
/// that is not known.
pub type Told = (String, Vec<Field>, Vec<String>);

/// What an instruction says; none where it is not known.
pub fn instruction(program: &Pubkey, data: &[u8], accounts: &[Pubkey]) -> Option<Told> {
    if *program == compute_budget::ID {
        compute_budget(data)
    } else if *program == TOKEN_METADATA_PROGRAM {
        Call::parse(data).map(token_metadata)
    } else if *program == SQUADS_PROGRAM {
        squads::instruction(data, accounts)
    } else if *program == PROGRAM_METADATA_PROGRAM {
        program_metadata::instruction(data)
    } else if *program == bpf_loader_upgradeable::ID {
        loader(data, accounts)
    } else {
        parsed(program, data, accounts)
    }
}

/// Solana's parser puts addresses of accounts and arguments into one list: what is the address of
/// an account names it, everything else is an argument.
fn parsed(program: &Pubkey, data: &[u8], accounts: &[Pubkey]) -> Option<Told> {
    let positions = 0..u8::try_from(accounts.len()).ok()?;
    let compiled = CompiledInstruction::new_from_raw_parts(0, data.to_vec(), positions.collect());
    let keys = AccountKeys::new(accounts, None);
    let told = parse(program, &compiled, &keys, None).ok()?.parsed;
    let mut arguments = Vec::new();
    if let Some(info) = told.get("info") {
        flatten("", info, &mut arguments);
    }
    let mut names = vec![String::new(); accounts.len()];
    arguments.retain(|argument| {
        let named = names.iter_mut().zip(accounts).find(|(name, address)| {
            name.is_empty() && argument.value.as_str() == Some(&address.to_string())
        });
        match named {
            Some((name, _)) => {
                name.clone_from(&argument.name);
                false
            }
            None => true,
        }
    });
    Some((
        told.get("type")?.as_str()?.to_snake_case(),
        arguments,
        names,
    ))
}

/// As Solana's parser tells it, but for the bytes that are written to a buffer.
fn loader(data: &[u8], accounts: &[Pubkey]) -> Option<Told> {
    let (name, arguments, names) = parsed(&bpf_loader_upgradeable::ID, data, accounts)?;
    let shorter = |argument: Field| match argument.value.as_str() {
        Some(text) if argument.name == WRITTEN => {
            let bytes = BASE64_STANDARD.decode(text).ok()?;
            Some(long("data", &bytes).to_vec())
        }
        _ => Some(vec![argument]),
    };
    let arguments: Option<Vec<_>> = arguments.into_iter().map(shorter).collect();
    Some((name, arguments?.concat(), names))
}

fn flatten(name: &str, value: &Value, fields: &mut Vec<Field>) {
    match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                flatten(&path(name, &part.to_snake_case()), value, fields);
            }
        }
        Value::Array(parts) => {
            for (index, value) in parts.iter().enumerate() {
                flatten(&path(name, &index.to_string()), value, fields);
            }
        }
        Value::String(text) => fields.push(Field::new(name, printable(text))),
        value => fields.push(Field::new(name, value.clone())),
    }
}

/// What Sluice's commands say of a token's name. The accounts are those that the program asks for.
fn token_metadata(call: Call) -> Told {
    let (name, content, mut arguments, accounts): (_, _, _, &[&str]) = match call {
        Call::Create(creation) => {
            let arguments = vec![Field::new("is_mutable", creation.is_mutable)];
            let accounts = &[
                "metadata",
                "mint",
                "mint_authority",
                "payer",
                "update_authority",
                "system_program",
            ];
            (
                "create_metadata",
                Some(creation.content),
                arguments,
                accounts,
            )
        }
        Call::Update(update) => {
            let to = update.update_authority.map(|to| to.to_string());
            let to = to.map(|to| Field::new("new_update_authority", to));
            let is_mutable = update.is_mutable.map(|is| Field::new("is_mutable", is));
            let arguments = to.into_iter().chain(is_mutable).collect();
            let accounts = &["metadata", "update_authority"];
            ("update_metadata", update.content, arguments, accounts)
        }
    };
    let texts = content.map(|content| {
        [
            ("name", content.name),
            ("symbol", content.symbol),
            ("uri", content.uri),
        ]
    });
    let texts = texts.into_iter().flatten();
    arguments.extend(texts.map(|(name, text)| Field::new(name, printable(&text))));
    let names = accounts.iter().copied().map(str::to_owned);
    (name.to_owned(), arguments, names.collect())
}

/// A program that Solana's parser does not know.
fn compute_budget(data: &[u8]) -> Option<Told> {
    let (kind, argument) = data.split_first()?;
    let limit = || Some(u32::from_le_bytes(argument.try_into().ok()?));
    let (name, field) = match kind {
        2 => (
            "set_compute_unit_limit",
            Field::new("compute_units", limit()?),
        ),
        3 => {
            let price = u64::from_le_bytes(argument.try_into().ok()?);
            (
                "set_compute_unit_price",
                Field::new("micro_lamports_per_unit", price),
            )
        }
        4 => (
            "set_loaded_accounts_data_size_limit",
            Field::new("bytes", limit()?),
        ),
        _ => return None,
    };
    Some((name.to_owned(), vec![field], Vec::new()))
}
