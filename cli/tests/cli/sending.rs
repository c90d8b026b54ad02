//! `--send dump` and `--send simulate`: nothing is sent, and what is shown is true.

use std::str::FromStr;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::words::{amounts::is_amount, describe::changes};
use sluice_tests::command::{keys, number, text};
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;

use crate::net::{CliNet, SOL, User};

fn holder(net: &CliNet, name: &str) -> User {
    let holder = net.user(name, 1_000 * SOL);
    net.json(&holder, &["stake", "10"]);
    holder
}

pub fn transactions(value: &Value) -> &[Value] {
    value["transactions"].as_array().unwrap()
}

/// Signs a dumped message by hand, as another program would, and sends it.
pub fn sign_and_send(net: &CliNet, dumped: &Value, signers: &[&Keypair]) {
    let bytes = BASE64_STANDARD
        .decode(text(dumped, "/message_base64"))
        .unwrap();
    let message: Message = bincode::deserialize(&bytes).unwrap();
    let message = VersionedMessage::Legacy(message);
    let transaction = VersionedTransaction::try_new(message, signers).unwrap();
    net.rpc.send_and_confirm_transaction(&transaction).unwrap();
}

fn holdings(net: &CliNet) -> Value {
    net.json(&net.curator, &["pool", "show"])["holdings"].clone()
}

#[test]
fn a_dump_needs_no_key_and_once_signed_does_what_sending_does() {
    let net = CliNet::new();
    let [sender, dumper] = ["sender", "dumper"].map(|name| holder(&net, name));
    let stake = ["stake", "2.5"];

    let at_first = number(&holdings(&net), "/reserve_lamports");
    net.json(&sender, &stake);
    let sent = number(&holdings(&net), "/reserve_lamports");

    let dump = [&stake[..], &["--send", "dump"]].concat();
    let dumped = net.json(&dumper.absent(), &dump);
    assert_eq!(number(&holdings(&net), "/reserve_lamports"), sent);
    sign_and_send(&net, &transactions(&dumped)[0], &[&dumper.keypair()]);

    let signed = number(&holdings(&net), "/reserve_lamports");
    assert_eq!((signed - sent, sent - at_first), (5 * SOL / 2, 5 * SOL / 2));
    assert_eq!(net.tokens(&dumper.address), net.tokens(&sender.address));
    assert_eq!(net.lamports(&dumper.address), net.lamports(&sender.address));
}

#[test]
fn a_dump_says_in_words_what_it_would_do() {
    let net = CliNet::new();
    let holder = holder(&net, "holder").absent();
    let dumped = net.json(&holder, &["stake", "2.5", "--send", "dump"]);
    assert_eq!(text(&dumped, "/send"), "dump");
    let [transaction] = transactions(&dumped) else {
        panic!("one transaction: {dumped}");
    };
    assert_eq!(
        keys(transaction),
        [
            "blockhash",
            "fee_payer",
            "follows_previous",
            "instructions",
            "last_valid_block_height",
            "message_base64",
            "nonce_account",
            "signed_by",
            "signers",
            "transaction_base58",
            "version",
        ]
    );
    assert_eq!(text(transaction, "/version"), "legacy");
    assert_eq!(transaction["signers"], json!([holder.address.to_string()]));
    let instructions = transaction["instructions"].as_array().unwrap();
    assert_eq!(instructions.len(), 2, "no compute budget: {dumped}");
    let [ensured, deposit] = [&instructions[0], &instructions[1]];
    assert_eq!(text(ensured, "/name"), "create_idempotent");
    assert_eq!(text(deposit, "/name"), "deposit_sol");
    assert_eq!(number(deposit, "/arguments/lamports"), 2_500_000_000);
    assert_eq!(
        deposit["accounts"][0],
        json!({"name": "pool", "address": net.pool, "signer": false, "writable": true})
    );

    // The transaction is the message with room for the signature in front.
    let bytes = bs58::decode(text(transaction, "/transaction_base58"))
        .into_vec()
        .unwrap();
    let (signatures, message) = bytes.split_at(1 + 64);
    assert_eq!(signatures[0], 1);
    assert!(signatures[1..].iter().all(|byte| *byte == 0));
    assert_eq!(
        BASE64_STANDARD.encode(message),
        text(transaction, "/message_base64")
    );

    let table = net.table(&holder, &["stake", "2.5", "--send", "dump"]);
    for part in [
        "Nothing was sent. This is what would be signed:",
        "2. Sluice: deposit_sol",
        "lamports        2.500000000 SOL",
        "minimum_lst     2.475000000 LST",
        &format!("depositor       {}  signer, writable", holder.address),
        "Message (version legacy), base 64:",
    ] {
        assert!(table.contains(part), "{part} is not in {table}");
    }
}

#[test]
fn somebody_else_can_pay_for_what_an_absent_signer_does() {
    let net = CliNet::new();
    let holder = holder(&net, "holder");
    let payer = net.user("payer", SOL);
    let absent_payer = payer.absent();
    let arguments = ["unstake", "1", "--send", "dump", "--fee-payer"];
    let dump = [&arguments[..], &[&absent_payer.keypair_file]].concat();
    let dumped = net.json(&holder.absent(), &dump);
    let transaction = &transactions(&dumped)[0];
    assert_eq!(text(transaction, "/fee_payer"), payer.address.to_string());
    assert_eq!(transaction["signers"].as_array().unwrap().len(), 2);
    sign_and_send(&net, transaction, &[&payer.keypair(), &holder.keypair()]);
    assert_eq!(net.tokens(&holder.address), 9 * SOL);
    let tickets = net.json(&holder, &["tickets"]);
    assert_eq!(number(&tickets, "/tickets/0/lst"), SOL);
}

#[test]
fn of_several_transactions_a_dump_says_which_comes_after_which() {
    let net = CliNet::without_pool();
    let mint = net.user("mint", 0);
    let creator = net.curator.absent();
    let lost = net.failure(&creator, &["pool", "create", "--send", "dump"]);
    assert!(lost.contains("its key would be gone"), "{lost}");

    // As long as it can be, so that not all fits into one transaction.
    let uri = format!("https://{}", "u".repeat(192));
    let create = [
        &[
            "pool",
            "create",
            "--send",
            "dump",
            "--mint",
            &mint.keypair_file,
        ],
        &["--name", "Sluice SOL", "--symbol", "slSOL", "--uri", &uri][..],
    ]
    .concat();
    let dumped = net.json(&creator, &create);
    let [first, second] = transactions(&dumped) else {
        panic!("two transactions: {dumped}");
    };
    assert_eq!(first["follows_previous"], false);
    assert_eq!(second["follows_previous"], true);
    let names = |transaction: &Value| {
        let instructions = transaction["instructions"].as_array().unwrap();
        let name = |one: &Value| format!("{} {}", text(one, "/program_name"), text(one, "/name"));
        instructions.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(
        names(first),
        [
            "System create_account",
            "Token initialize_mint2",
            "Token Metadata create_metadata",
            "Associated Token Account create_idempotent",
        ]
    );
    assert_eq!(names(second), ["Sluice create_pool"]);
    let table = net.table(&creator, &create);
    assert!(
        table.contains("only after transaction 1 is confirmed"),
        "{table}"
    );

    let keypair = net.curator.keypair();
    sign_and_send(&net, first, &[&keypair, &mint.keypair()]);
    sign_and_send(&net, second, &[&keypair]);
    let listed = net.json(&net.curator, &["pool", "list"]);
    assert_eq!(text(&listed, "/pools/0/mint"), mint.address.to_string());
}

/// The accounts that a simulation names, as they are now.
fn accounts(net: &CliNet, simulated: &Value) -> Vec<(Pubkey, Option<solana_account::Account>)> {
    let changes = transactions(simulated)[0]["changes"].as_array().unwrap();
    let addresses = changes
        .iter()
        .map(|change| Pubkey::from_str(&text(change, "/address")).unwrap());
    let addresses: Vec<Pubkey> = addresses.collect();
    let accounts = net.rpc.get_multiple_accounts(&addresses).unwrap();
    addresses.into_iter().zip(accounts).collect()
}

#[test]
fn a_simulation_changes_nothing_and_tells_what_sending_changes() {
    let net = CliNet::with_validators();
    let holder = holder(&net, "holder");
    let vote = net.validators[1].to_string();
    let commands: [(&User, &[&str]); 4] = [
        (&holder, &["stake", "2.5"]),
        (&holder, &["unstake", "3"]),
        (&holder, &["unstake", "1", "--instant"]),
        (&net.curator, &["validator", "weight", &vote, "7"]),
    ];
    for (user, command) in commands {
        let simulate = [command, &["--send", "simulate"]].concat();
        let pool = Pubkey::from_str(&net.pool).unwrap();
        let untouched = net.rpc.get_account(&pool).unwrap();
        let simulated = net.json(&user.absent(), &simulate);
        assert_eq!(text(&simulated, "/send"), "simulate");
        assert_eq!(net.rpc.get_account(&pool).unwrap(), untouched);
        let before = accounts(&net, &simulated);
        let again = net.json(&user.absent(), &simulate);
        assert_eq!(
            again["transactions"][0]["changes"],
            simulated["transactions"][0]["changes"]
        );
        assert_eq!(accounts(&net, &simulated), before);

        net.json(user, command);
        let told = transactions(&simulated)[0]["changes"].as_array().unwrap();
        assert!(!told.is_empty());
        let after = accounts(&net, &simulated);
        for ((told, (_, before)), (_, after)) in told.iter().zip(before).zip(after) {
            let truth = changes(before.as_ref(), after.as_ref()).unwrap();
            assert_eq!(text(told, "/account"), truth.kind);
            let fields: Vec<Value> = truth
                .fields
                .into_iter()
                .map(|one| {
                    let [before, after] = [one.before, one.after].map(|value| match value {
                        Some(Value::Number(amount)) if is_amount(&one.name) => {
                            Some(Value::from(amount.to_string()))
                        }
                        other => other,
                    });
                    json!({"field": one.name, "before": before, "after": after})
                })
                .collect();
            assert_eq!(told["fields"], json!(fields), "{command:?}");
        }
    }
}

#[test]
fn a_simulation_shows_amounts_as_people_read_them() {
    let net = CliNet::new();
    let holder = holder(&net, "holder");
    let table = net.table(&holder.absent(), &["stake", "2.5", "--send", "simulate"]);
    assert!(
        table.starts_with("Nothing was sent. Transaction 1 of 1 would take"),
        "{table}"
    );
    let depositor = format!("Account {} (depositor)", holder.address);
    for account in [format!("Pool {} (pool)", net.pool), depositor] {
        assert!(table.contains(&account), "{account} is not in {table}");
    }
    let row = table
        .lines()
        .find(|line| line.contains("reserve_lamports"))
        .unwrap();
    assert!(
        row.contains(" SOL") && row.contains("10.0") && row.contains("12.5"),
        "{row}"
    );
}

#[test]
fn what_would_fail_is_explained_with_its_logs() {
    let net = CliNet::with_validators();
    let stranger = net.user("stranger", SOL).absent();
    let vote = net.validators[0].to_string();
    let arguments = ["validator", "close", &vote, "--send", "simulate"];
    let refused = net.failure(&stranger, &arguments);
    assert!(
        refused.starts_with("Only a retiring or ejected validator"),
        "{refused}"
    );
    let output = net.run(&stranger, &arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains(&format!("Program {} failed", sluice::ID)),
        "{stderr}"
    );
}

#[test]
fn a_pool_that_must_be_priced_first_is_not_priced_in_passing() {
    let net = CliNet::with_validators();
    let holder = holder(&net, "holder").absent();
    net.next_epoch();
    for how in ["simulate", "dump"] {
        let stale = net.failure(&holder, &["stake", "1", "--send", how]);
        assert!(
            stale.contains("run `sluice crank` first, with any keypair"),
            "{stale}"
        );
        // The queue is open all the same.
        let queued = net.json(&holder, &["unstake", "1", "--send", how]);
        assert_eq!(transactions(&queued).len(), 1);
    }
    let crank = net.json(&holder, &["crank", "--send", "dump"]);
    let instructions = transactions(&crank)[0]["instructions"].as_array().unwrap();
    let names: Vec<String> = instructions.iter().map(|one| text(one, "/name")).collect();
    assert_eq!(names, ["observe", "finalize_epoch"]);
    let simulated = net.json(&holder, &["crank", "--send", "simulate"]);
    assert_eq!(
        text(&simulated, "/transactions/0/changes/0/account"),
        "Pool"
    );
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(shown["is_fresh"], false);
}

#[test]
fn with_lookup_tables_a_dump_is_of_version_0_and_names_what_they_hold() {
    let net = CliNet::with_validators();
    let cranker = net.user("cranker", 100 * SOL);
    net.json(&cranker, &["stake", "20"]);
    // Creates the tables.
    net.json(&cranker, &["crank", "--tables"]);
    net.next_epoch();
    let arguments = ["crank", "--tables", "--send", "dump"];
    let dumped = net.json(&cranker.absent(), &arguments);
    let transaction = &transactions(&dumped)[0];
    assert_eq!(text(transaction, "/version"), "0");
    let instructions = transaction["instructions"].as_array().unwrap();
    for instruction in instructions {
        assert_eq!(text(instruction, "/accounts/0/address"), net.pool);
    }
    let bytes = BASE64_STANDARD
        .decode(text(transaction, "/message_base64"))
        .unwrap();
    let message: VersionedMessage = bincode::deserialize(&bytes).unwrap();
    assert!(
        message
            .address_table_lookups()
            .is_some_and(|used| !used.is_empty())
    );
    let signed = VersionedTransaction::try_new(message, &[&cranker.keypair()]).unwrap();
    net.rpc.send_and_confirm_transaction(&signed).unwrap();
    let shown = net.json(&cranker, &["pool", "show"]);
    assert_eq!(shown["is_fresh"], true);
}

#[test]
fn commands_that_have_nothing_to_show_refuse_to_show_it() {
    let net = CliNet::new();
    let watch = ["crank", "--watch", "--send", "dump"];
    let refused = net.failure(&net.curator, &watch);
    assert!(refused.starts_with("--watch goes on sending"), "{refused}");
    // Nothing to claim, nothing to sign.
    let none = net.table(&net.curator.absent(), &["claim", "--send", "dump"]);
    assert!(none.contains("There is nothing to send"), "{none}");
}
