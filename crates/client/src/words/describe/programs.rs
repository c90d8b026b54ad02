//! Instructions of the programs that Sluice's commands call besides it.

use super::{Field, hexadecimal, path};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use solana_address_lookup_table_interface::instruction::ProgramInstruction as TableInstruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{address_lookup_table, compute_budget, stake, system_program};
use solana_stake_interface::instruction::StakeInstruction;
use solana_system_interface::instruction::SystemInstruction;
use spl_token_interface::instruction::TokenInstruction;

/// What people call a program.
pub fn name(program: &Pubkey) -> Option<&'static str> {
    let names = [
        (sluice::ID, "Sluice"),
        (system_program::ID, "System"),
        (stake::ID, "Stake"),
        (compute_budget::ID, "Compute Budget"),
        (address_lookup_table::ID, "Address Lookup Table"),
        (spl_token_interface::ID, "Token"),
        (spl_stake_pool::ID, "SPL Stake Pool"),
        (
            spl_associated_token_account_interface::program::ID,
            "Associated Token Account",
        ),
    ];
    names
        .into_iter()
        .find_map(|(id, name)| (id == *program).then_some(name))
}

/// The name and arguments of an instruction; its bytes where they are not known.
pub fn instruction(program: &Pubkey, data: &[u8]) -> (String, Vec<Field>) {
    decode(program, data).unwrap_or_else(|| {
        let bytes = Field::new("data", hexadecimal(data));
        ("unknown instruction".to_owned(), vec![bytes])
    })
}

fn decode(program: &Pubkey, data: &[u8]) -> Option<(String, Vec<Field>)> {
    if *program == system_program::ID {
        by_serde::<SystemInstruction>(data)
    } else if *program == stake::ID {
        by_serde::<StakeInstruction>(data)
    } else if *program == address_lookup_table::ID {
        by_serde::<TableInstruction>(data)
    } else if *program == compute_budget::ID {
        compute_budget(data)
    } else if *program == spl_token_interface::ID {
        token(data)
    } else if *program == spl_associated_token_account_interface::program::ID {
        associated_token(data)
    } else {
        None
    }
}

/// What the accounts of an instruction are for, as far as that is known.
pub fn account_names(program: &Pubkey, instruction: &str) -> &'static [&'static str] {
    if *program == spl_associated_token_account_interface::program::ID {
        return &[
            "payer",
            "token_account",
            "owner",
            "mint",
            "system_program",
            "token_program",
        ];
    }
    match (name(program), instruction) {
        (Some("System"), "create_account") => &["payer", "new_account"],
        (Some("System"), "transfer") => &["from", "to"],
        (Some("Stake"), "authorize") => &["stake", "clock", "authority"],
        (Some("Token"), "initialize_mint2") => &["mint"],
        _ => &[],
    }
}

/// Instructions whose form is an enumeration in bincode.
fn by_serde<T: DeserializeOwned + Serialize>(data: &[u8]) -> Option<(String, Vec<Field>)> {
    let instruction: T = bincode::deserialize(data).ok()?;
    match serde_json::to_value(instruction).ok()? {
        Value::String(variant) => Some((snake_case(&variant), Vec::new())),
        Value::Object(variants) => {
            let (variant, content) = variants.into_iter().next()?;
            let mut fields = Vec::new();
            flatten("", content, &mut fields);
            Some((snake_case(&variant), fields))
        }
        _ => None,
    }
}

fn flatten(name: &str, value: Value, fields: &mut Vec<Field>) {
    if let Some(address) = address(&value) {
        return fields.push(Field::new(name, address.to_string()));
    }
    match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                flatten(&path(name, &part), value, fields);
            }
        }
        Value::Array(parts) => {
            for (index, value) in parts.into_iter().enumerate() {
                flatten(&path(name, &index.to_string()), value, fields);
            }
        }
        value => fields.push(Field::new(name, value)),
    }
}

/// Serde writes an address as its 32 bytes.
fn address(value: &Value) -> Option<Pubkey> {
    let byte = |value: &Value| u8::try_from(value.as_u64()?).ok();
    let bytes: Option<Vec<u8>> = value.as_array()?.iter().map(byte).collect();
    Pubkey::try_from(bytes?.as_slice()).ok()
}

fn compute_budget(data: &[u8]) -> Option<(String, Vec<Field>)> {
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
    Some((name.to_owned(), vec![field]))
}

fn token(data: &[u8]) -> Option<(String, Vec<Field>)> {
    match TokenInstruction::unpack(data).ok()? {
        TokenInstruction::InitializeMint2 {
            decimals,
            mint_authority,
            freeze_authority,
        } => {
            let freeze_authority: Option<Pubkey> = freeze_authority.into();
            let fields = vec![
                Field::new("decimals", decimals),
                Field::new("mint_authority", mint_authority.to_string()),
                Field::new(
                    "freeze_authority",
                    freeze_authority.map(|key| key.to_string()),
                ),
            ];
            Some(("initialize_mint2".to_owned(), fields))
        }
        _ => None,
    }
}

fn associated_token(data: &[u8]) -> Option<(String, Vec<Field>)> {
    let name = match data {
        [] | [0] => "create",
        [1] => "create_idempotent",
        _ => return None,
    };
    Some((name.to_owned(), Vec::new()))
}

/// `CreateAccount` as `create_account`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
