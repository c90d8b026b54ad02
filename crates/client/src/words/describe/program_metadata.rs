//! Instructions of the Program Metadata program.

use std::str;

use solana_pubkey::Pubkey;

use super::{Field, long, programs::Told};
use crate::{
    plan::program::metadata::{Compression, DataSource, Encoding, Format, SEED_BYTES},
    words::printable::printable,
};

/// What follows the accounts that most of its instructions begin with.
const TARGET: [&str; 4] = ["account", "authority", "program", "program_data"];

/// What an instruction says; none where it is not known, or has more than this tells.
pub fn instruction(data: &[u8]) -> Option<Told> {
    let (call, rest) = data.split_first()?;
    let (name, arguments, more): (_, _, &[&str]) = match (call, rest) {
        (0, _) => {
            let (offset, bytes) = rest.split_first_chunk()?;
            let mut arguments = vec![Field::new("offset", u32::from_le_bytes(*offset))];
            arguments.extend(long("data", bytes));
            let accounts = ["account", "authority", "source_buffer"];
            return Some(told("write", arguments, &accounts));
        }
        (1, _) => {
            let (seed, content) = rest.split_first_chunk()?;
            let mut arguments = vec![of_seed(seed)?];
            arguments.extend(of_content(content)?);
            ("initialize", arguments, &["system_program"])
        }
        (2, [0]) => ("set_authority", vec![Field::new("new_authority", ())], &[]),
        (2, [1, key @ ..]) => {
            let key = Pubkey::try_from(key).ok()?.to_string();
            ("set_authority", vec![Field::new("new_authority", key)], &[])
        }
        (3, _) => {
            let accounts = ["account", "authority", "buffer", "program", "program_data"];
            return Some(told("set_data", of_content(rest)?, &accounts));
        }
        (4, []) => ("set_immutable", Vec::new(), &[]),
        (5, []) => ("trim", Vec::new(), &["recipient", "rent"]),
        (6, []) => ("close", Vec::new(), &["recipient"]),
        (7, []) => ("allocate", Vec::new(), &["system_program"]),
        (7, _) => {
            let seed = rest.try_into().ok()?;
            ("allocate", vec![of_seed(seed)?], &["system_program"])
        }
        (8, _) => {
            let bytes = u16::from_le_bytes(rest.try_into().ok()?);
            ("extend", vec![Field::new("bytes", bytes)], &[])
        }
        _ => return None,
    };
    Some(told(name, arguments, &[&TARGET, more].concat()))
}

fn told(name: &str, arguments: Vec<Field>, accounts: &[&str]) -> Told {
    let names = accounts.iter().copied().map(str::to_owned);
    (name.to_owned(), arguments, names.collect())
}

fn of_seed(seed: &[u8; SEED_BYTES]) -> Option<Field> {
    let text = str::from_utf8(seed).ok()?.trim_end_matches('\0');
    Some(Field::new("kind", printable(text)))
}

/// How content is written, and the content where it is no buffer's.
fn of_content(content: &[u8]) -> Option<Vec<Field>> {
    let [encoding, compression, format, source, data @ ..] = content else {
        return content.is_empty().then(Vec::new);
    };
    let named = [
        ("encoding", format!("{:?}", Encoding::from_repr(*encoding)?)),
        (
            "compression",
            format!("{:?}", Compression::from_repr(*compression)?),
        ),
        ("format", format!("{:?}", Format::from_repr(*format)?)),
        (
            "data_source",
            format!("{:?}", DataSource::from_repr(*source)?),
        ),
    ];
    let mut fields: Vec<Field> = named
        .into_iter()
        .map(|(name, value)| Field::new(name, value.to_lowercase()))
        .collect();
    if !data.is_empty() {
        fields.extend(long("data", data));
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use solana_account::Account;
    use solana_instruction::Instruction;
    use solana_message::{Message, VersionedMessage};

    use super::*;
    use crate::{
        plan::program::{
            metadata::{Kind, Target, Write},
            write,
        },
        words::describe::{changes, message},
    };

    const SHA256_OF_1000_SEVENS: &str =
        "df1329c8b6c7cf3740bbe2f8bab34d253a8d9534a79dceea18177081fdf9f0e9";

    /// An instruction's program and name, and its arguments. It must be known.
    fn said(instruction: Instruction) -> (String, Value) {
        let compiled = Message::new(&[instruction], None);
        let told = message(&VersionedMessage::Legacy(compiled), &[]).unwrap();
        let told = told.into_iter().next().unwrap();
        assert!(told.is_known, "{told:?}");
        let unnamed = |name: &str| name.is_empty() || name.starts_with("account ");
        assert!(!told.accounts.iter().any(|account| unnamed(&account.name)));
        let arguments = told.arguments.into_iter();
        let arguments = arguments.map(|field| (field.name, field.value)).collect();
        let name = format!("{} {}", told.program_name.unwrap(), told.name);
        (name, Value::Object(arguments))
    }

    #[test]
    fn bytes_that_are_written_are_told_by_their_number_and_hash() {
        let [program, key] = [1, 2].map(|byte| Pubkey::new_from_array([byte; 32]));
        let bytes = [7; 1000];
        let target = Target::upload(program, Kind::Idl, key);
        let written = json!({
            "offset": 20_000, "data_bytes": 1000, "data_sha256": SHA256_OF_1000_SEVENS,
        });
        let loader = said(write(&program, &key, 20_000, bytes.to_vec()));
        assert_eq!(
            loader,
            ("Upgradeable Loader write".to_owned(), written.clone())
        );
        let metadata = said(target.write(Write::Bytes(20_000, &bytes)));
        assert_eq!(metadata, ("Program Metadata write".to_owned(), written));
    }

    #[test]
    fn every_call_about_metadata_is_told() {
        let [program, key] = [1, 2].map(|byte| Pubkey::new_from_array([byte; 32]));
        let target = Target::metadata(program, Kind::Security, key);
        let how = json!({
            "encoding": "utf8", "compression": "zlib", "format": "json", "data_source": "direct",
        });
        let mut whole = how.clone();
        whole["kind"] = json!("security");
        for (call, name, arguments) in [
            (target.initialize(Kind::Security, None), "initialize", whole),
            (target.set_data_of_buffer(key), "set_data", how),
            (
                target.set_authority(Some(key)),
                "set_authority",
                json!({ "new_authority": key.to_string() }),
            ),
            (
                target.set_authority(None),
                "set_authority",
                json!({ "new_authority": null }),
            ),
            (target.trim(key), "trim", json!({})),
            (target.close(key), "close", json!({})),
            (
                target.allocate(Kind::Idl.seed()),
                "allocate",
                json!({ "kind": "idl" }),
            ),
            (target.extend(300), "extend", json!({ "bytes": 300 })),
        ] {
            let expected = (format!("Program Metadata {name}"), arguments);
            assert_eq!(said(call), expected);
        }
    }

    #[test]
    fn calls_with_more_than_is_told_are_unknown() {
        for data in [
            &[][..],
            &[2, 0, 0],
            &[2, 1, 9],
            &[5, 0],
            &[8, 1],
            &[9],
            &[3, 1],
        ] {
            assert_eq!(instruction(data), None, "{data:?}");
        }
    }

    #[test]
    fn a_large_account_that_changes_is_told_by_its_size_and_hash() {
        let account = Account {
            lamports: 5,
            data: vec![7; 1000],
            ..Account::default()
        };
        let fields = changes(None, Some(&account)).unwrap().fields;
        let after = fields.into_iter().map(|field| (field.name, field.after));
        let expected = [
            ("lamports", json!(5)),
            ("data_bytes", json!(1000)),
            ("data_sha256", json!(SHA256_OF_1000_SEVENS)),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), Some(value)));
        assert_eq!(after.collect::<Vec<_>>(), expected);
    }
}
