//! Files that somebody has changed: nothing of them is signed.

use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::command::text;
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{dump, holder, nonce, read, sending, sign, sign_refused, write};
use crate::net::{CliNet, SOL, User};

const CHANGED: &str = "its words are not those of its bytes: somebody has changed the file";

/// A transaction behind empty signatures, as files hold it.
fn bytes(message: VersionedMessage) -> String {
    let signers = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default(); signers],
        message,
    };
    bs58::encode(bincode::serialize(&transaction).unwrap()).into_string()
}

#[test]
fn w12_a_file_whose_words_are_not_those_of_its_bytes_is_not_signed_nor_sent() {
    let net = CliNet::new();
    let holder = holder(&net);
    let file = dump(&net, &holder, "file", &["stake", "1"]);
    let dearer = dump(&net, &holder, "dearer", &["stake", "9"]);
    let (honest, dearer) = (read(&file), read(&dearer));
    let of_dearer = |field: &str| dearer["transactions"][0][field].clone();
    let stranger = Pubkey::new_unique().to_string();
    let lies: [(&str, Value); 6] = [
        ("/instructions/1/arguments/lamports", json!(1)),
        ("/instructions/0/accounts/0/address", json!(stranger)),
        ("/instructions/1/works_until", json!(null)),
        ("/message_base64", of_dearer("message_base64")),
        ("/transaction_base58", of_dearer("transaction_base58")),
        ("/signers/0", json!(stranger)),
    ];
    for (pointer, lie) in lies {
        let mut changed = honest.clone();
        let place = changed.pointer_mut(&format!("/transactions/0{pointer}"));
        *place.unwrap_or_else(|| panic!("no {pointer}")) = lie;
        let path = write(&net, "changed", &changed);
        let refused = sign_refused(&holder, &path, &["--yes"]);
        assert!(refused.contains(CHANGED), "{pointer}: {refused}");
        let refused = net.failure(&holder, &sending(&[&path]));
        assert!(refused.contains(CHANGED), "{pointer}: {refused}");
    }
    let mut longer = honest.clone();
    longer["transactions"][0]["comment"] = json!("all is well");
    let longer = write(&net, "longer", &longer);
    let refused = sign_refused(&holder, &longer, &["--yes"]);
    assert!(refused.contains(CHANGED), "{refused}");

    // What nobody can prove is a note, and amounts may be numbers or text.
    let mut noted = honest;
    let transaction = &mut noted["transactions"][0];
    transaction["follows_previous"] = json!(true);
    transaction["last_valid_block_height"] = json!(7);
    let minimum = &mut transaction["instructions"][1]["arguments"]["minimum_lst"];
    *minimum = match minimum.as_u64() {
        Some(number) => json!(number.to_string()),
        None => json!(minimum.as_str().unwrap().parse::<u64>().unwrap()),
    };
    sign(&holder, &write(&net, "noted", &noted), &[]);
}

#[test]
fn w13_a_signature_of_another_message_is_refused() {
    let net = CliNet::new();
    let holder = holder(&net);
    let [first, second] = [("first", "1"), ("second", "2")].map(|(name, sol)| {
        let file = dump(&net, &holder, name, &["stake", sol]);
        sign(&holder, &file, &[]);
        file
    });
    let signed = |file| {
        let text = text(&read(file), "/transactions/0/transaction_base58");
        let bytes = bs58::decode(text).into_vec().unwrap();
        bincode::deserialize::<VersionedTransaction>(&bytes).unwrap()
    };
    let forged = VersionedTransaction {
        signatures: signed(&second).signatures,
        ..signed(&first)
    };
    let bytes = bincode::serialize(&forged).unwrap();
    let mut file = read(&first);
    file["transactions"][0]["transaction_base58"] = json!(bs58::encode(bytes).into_string());
    let file = write(&net, "forged", &file);
    let refused = sign_refused(&holder, &file, &["--yes"]);
    let signature = forged.signatures[0];
    assert!(
        refused.ends_with(&format!("the signature {signature} is not of this message")),
        "{refused}"
    );
}

#[test]
fn what_is_empty_damaged_or_of_another_format_is_refused() {
    let net = CliNet::new();
    let holder = holder(&net);
    let file = dump(&net, &holder, "file", &["stake", "1"]);
    let honest = read(&file);
    let nothing = Message::new(&[], Some(&holder.address));
    let nothing = json!({ "transaction_base58": bytes(VersionedMessage::Legacy(nothing)) });
    let with = |field: &str, value: Value| {
        let mut file = honest.clone();
        file[field] = value;
        file
    };
    for (damaged, why) in [
        (
            with("transactions", json!([])),
            "has no transaction: there is nothing to sign or send",
        ),
        (
            with("transactions", json!([nothing])),
            "it has no instruction: there is nothing to sign or send",
        ),
        (
            with("format", json!(2)),
            "has format 2, and this version reads format 1",
        ),
        (
            with("transactions", json!([{}])),
            "it has no transaction_base58",
        ),
        (
            with("transactions", json!([{"transaction_base58": "2222"}])),
            "its transaction_base58 is no transaction",
        ),
        (json!([1]), "is no file of transactions"),
    ] {
        let path = write(&net, "damaged", &damaged);
        let refused = sign_refused(&holder, &path, &["--yes"]);
        assert!(refused.contains(why), "{why} is not in {refused}");
    }
    let text = net.path("text");
    fs::write(&text, "hello").unwrap();
    let refused = sign_refused(&holder, &text, &["--yes"]);
    assert!(refused.contains("is no file of transactions"), "{refused}");
    let missing = net.failure(&holder, &["send", "/nonexistent/file"]);
    assert!(
        missing.starts_with("the file /nonexistent/file cannot be read: "),
        "{missing}"
    );
}

/// A file of one instruction of a program that nobody knows, as a dump would tell it.
fn unknown(net: &CliNet, holder: &User, program: Pubkey) -> Value {
    let instruction = Instruction::new_with_bytes(
        program,
        &[1, 255],
        vec![AccountMeta::new(holder.address, true)],
    );
    let mut message = Message::new(&[instruction], Some(&holder.address));
    message.recent_blockhash = net.rpc.get_latest_blockhash().unwrap();
    let blockhash = message.recent_blockhash.to_string();
    let message = VersionedMessage::Legacy(message);
    let address = holder.address.to_string();
    let account =
        json!({"name": "account 1", "address": address, "signer": true, "writable": true});
    let transaction = json!({
        "follows_previous": false,
        "last_valid_block_height": null,
        "version": "legacy",
        "message_base64": BASE64_STANDARD.encode(message.serialize()),
        "transaction_base58": bytes(message),
        "blockhash": blockhash,
        "nonce_account": null,
        "fee_payer": address,
        "signers": [address],
        "signed_by": [],
        "instructions": [{
            "program": program.to_string(),
            "program_name": null,
            "name": "unknown instruction",
            "works_until": null,
            "arguments": {"data": "01ff"},
            "accounts": [account],
        }],
    });
    json!({"format": 1, "made_at_unix_seconds": 0, "transactions": [transaction]})
}

#[test]
fn w14_what_cannot_be_put_into_words_is_signed_only_on_demand() {
    let net = CliNet::new();
    let holder = net.user("holder", SOL);
    let program = Pubkey::new_unique();
    let file = write(&net, "unknown", &unknown(&net, &holder, program));
    let refused = sign_refused(&holder, &file, &["--yes"]);
    assert!(
        refused.starts_with(&format!(
            "what these programs are asked to do cannot be put into words: {program}. If you know"
        )),
        "{refused}"
    );
    let said = sign(&holder, &file, &["--allow-unknown-programs"]);
    assert!(
        said.contains(&format!("{program}: unknown instruction")),
        "{said}"
    );
    assert!(said.contains("01ff"), "{said}");
}

#[test]
fn w14_lookup_tables_are_not_believed_offline() {
    let net = CliNet::new();
    let holder = holder(&net);
    let nonce = nonce(&net, &holder);
    let file = dump(&net, &holder, "file", &["stake", "1", "--nonce", &nonce]);
    let other = Pubkey::new_unique();
    let table = AddressLookupTableAccount {
        key: Pubkey::new_unique(),
        addresses: vec![other],
    };
    let instruction = Instruction::new_with_bytes(
        Pubkey::new_unique(),
        &[],
        vec![AccountMeta::new(other, false)],
    );
    let instructions = [instruction];
    let compiled =
        v0::Message::try_compile(&holder.address, &instructions, &[table], Hash::default());
    let mut changed = read(&file);
    let with_table = bytes(VersionedMessage::V0(compiled.unwrap()));
    changed["transactions"][0]["transaction_base58"] = json!(with_table);
    let changed = write(&net, "changed", &changed);
    let refused = sign_refused(&holder, &changed, &["--yes", "--allow-unknown-programs"]);
    assert!(
        refused
            .ends_with("it uses lookup tables, whose addresses cannot be told without a cluster"),
        "{refused}"
    );
}
