//! Requests that wait for signatures, and tickets that are found without an index.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::LyingNode,
};
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_nonce::state::State;
use solana_rent::Rent;
use solana_signer::Signer;
use solana_system_interface::instruction::create_nonce_account;
use solana_transaction::versioned::VersionedTransaction;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::approve};

use crate::{
    net::{CliNet, SOL, User},
    sending::sign_and_send,
};

/// Accounts of `request_unstake` that have a name in the interface.
const NAMED: usize = 10;

pub fn list<'a>(said: &'a Value, pointer: &str) -> &'a [Value] {
    let list = said.pointer(pointer).and_then(Value::as_array);
    list.unwrap_or_else(|| panic!("no list {pointer} in {said}"))
}

pub fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    holder
}

/// The arguments and the accounts of the request in a dump.
fn request(dump: &Value) -> &Value {
    let instructions = list(dump, "/transactions/0/instructions");
    assert_eq!(instructions.len(), 1, "{dump}");
    assert_eq!(text(&instructions[0], "/name"), "request_unstake");
    &instructions[0]
}

/// Signs a dump with a blockhash of now, as a multisig does, and lands it.
fn execute(net: &CliNet, dump: &Value, signer: &User) {
    let message = text(dump, "/transactions/0/message_base64");
    let message = BASE64_STANDARD.decode(message).unwrap();
    let message = Message {
        recent_blockhash: net.rpc.get_latest_blockhash().unwrap(),
        ..bincode::deserialize(&message).unwrap()
    };
    let message = VersionedMessage::Legacy(message);
    let transaction = VersionedTransaction::try_new(message, &[signer.keypair()]).unwrap();
    net.rpc.send_and_confirm_transaction(&transaction).unwrap();
}

#[test]
fn two_dumps_of_one_epoch_take_two_numbers_and_execute_epochs_later() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    let dumped = |lst: &str| net.json(&holder, &["unstake", lst, "--send", "dump"]);
    let (first, second) = (dumped("1"), dumped("2"));
    for dump in [&first, &second] {
        let batches = list(request(dump), "/accounts").len() - NAMED + 1;
        assert_eq!(batches, 9, "the open one and eight to come");
    }
    let number_of = |dump: &Value| number(request(dump), "/arguments/number");
    assert!(number_of(&first) < number_of(&second));
    let said = net.run(&holder, &["unstake", "3", "--send", "dump"]);
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(
        said.contains(
            "\nThe request can be executed from epoch 0 on, at least until the rebalance window of epoch 8 \
             opens: it joins the batch that is open then, of 0 to 8."
        ),
        "{said}"
    );
    for _ in 0..2 {
        // Somebody leaves in each epoch, so that a batch locks in each.
        net.json(&holder, &["unstake", "5"]);
        net.to_window();
        net.next_epoch();
    }
    execute(&net, &second, &holder);
    execute(&net, &first, &holder);
    let tickets = net.json(&holder, &["tickets"]);
    let sizes: Vec<u64> = list(&tickets, "/tickets")
        .iter()
        .map(|line| number(line, "/lst"))
        .collect();
    assert_eq!(sizes, [5 * SOL, 5 * SOL, SOL, 2 * SOL]);
}

#[test]
fn dumps_that_are_made_at_once_take_different_numbers() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    let numbers = std::thread::scope(|scope| {
        let dump = || {
            let dumped = net.json(&holder, &["unstake", "1", "--send", "dump"]);
            number(request(&dumped), "/arguments/number")
        };
        let dumps: Vec<_> = (0..6).map(|_| scope.spawn(dump)).collect();
        let numbers = dumps.into_iter().map(|dump| dump.join().unwrap());
        numbers.collect::<std::collections::BTreeSet<u64>>()
    });
    assert_eq!(numbers.len(), 6, "{numbers:?}");
}

#[test]
fn a_dump_with_a_durable_nonce_is_sent_as_it_was_signed_epochs_later() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    let nonce = Keypair::new();
    let rent = Rent::default().minimum_balance(State::size());
    let (address, owner) = (nonce.pubkey(), holder.address);
    let create = create_nonce_account(&owner, &address, &owner, rent);
    net.send(&create, &[&holder.keypair(), &nonce]);
    let address = address.to_string();
    let dump = ["unstake", "1", "--send", "dump", "--nonce", &address];
    let dump = net.json(&holder, &dump);
    assert_eq!(dump["transactions"][0]["nonce_account"], json!(address));
    net.json(&holder, &["unstake", "5"]);
    net.to_window();
    net.next_epoch();
    sign_and_send(&net, &dump["transactions"][0], &[&holder.keypair()]);
    let tickets = net.json(&holder, &["tickets"]);
    assert_eq!(list(&tickets, "/tickets").len(), 2);

    let sent = ["unstake", "1", "--nonce", &address];
    assert_eq!(
        net.failure(&holder, &sent),
        "--nonce is for messages that others sign: add --send dump"
    );
    let no_nonce = ["unstake", "1", "--send", "dump", "--nonce", &net.mint];
    let refused = net.failure(&holder, &no_nonce);
    assert_eq!(refused, format!("{} is no nonce account", net.mint));
}

#[test]
fn a_request_that_is_sent_at_once_names_the_open_batch_and_as_many_as_are_wanted() {
    let net = CliNet::new();
    let holder = holder(&net);
    let batches = |arguments: &[&str]| {
        let all = [&["unstake", "1", "--send", "dump"], arguments].concat();
        let dump = net.json(&holder, &all);
        list(request(&dump), "/accounts").len() - NAMED + 1
    };
    assert_eq!(batches(&["--valid-epochs", "1"]), 2);
    assert_eq!(batches(&["--valid-epochs", "5"]), 6);
    let long = ["unstake", "1", "--valid-epochs", "9"];
    let output = net.run(&holder, &long);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_chosen_number_makes_one_ticket() {
    let net = CliNet::new();
    let holder = holder(&net);
    let chosen = ["unstake", "1", "--ticket-number", "7"];
    net.json(&holder, &chosen);
    let again = net.failure(&holder, &chosen);
    assert!(
        again.starts_with("the number 7 has a ticket already"),
        "{again}"
    );
}

#[test]
fn a_delegate_requests_for_the_owner_at_the_expense_of_a_third() {
    let net = CliNet::new();
    let holder = holder(&net);
    let (delegate, payer) = (net.user("delegate", 0), net.user("payer", SOL));
    let owner = holder.address.to_string();
    let arguments = [
        "unstake",
        "all",
        "--from",
        &owner,
        "--owner",
        &owner,
        "--fee-payer",
        &payer.keypair_file,
    ];
    let refused = net.failure(&delegate, &arguments);
    assert!(
        refused.starts_with(&format!("{} may move 0.000000000 LST", delegate.address)),
        "{refused}"
    );
    let mint = net.mint.parse().unwrap();
    let account = get_associated_token_address(&holder.address, &mint);
    let allow = approve(
        &TOKEN_PROGRAM,
        &account,
        &delegate.address,
        &holder.address,
        &[],
        7 * SOL,
    );
    net.send(&[allow.unwrap()], &[&holder.keypair()]);
    let requested = net.json(&delegate, &arguments);
    assert_eq!(text(&requested, "/owner"), owner);
    assert_eq!(number(&requested, "/lst"), 7 * SOL);
    assert_eq!(number(&requested, "/balance_lst"), 93 * SOL);
    let tickets = net.json(&holder, &["tickets"]);
    assert_eq!(list(&tickets, "/tickets").len(), 1);
    let payer_had = net.lamports(&payer.address);
    let ticket = text(&requested, "/ticket");
    net.json(&holder, &["tickets", "cancel", &ticket]);
    assert!(net.lamports(&payer.address) > payer_had, "the rent is back");
}

/// A node that has no index of accounts, as many have not.
pub fn without_index(net: &CliNet) -> LyingNode {
    LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getProgramAccounts" {
            let error = json!({"code": -32010, "message": "no index of accounts"});
            answer.as_object_mut().unwrap().remove("result");
            answer["error"] = error;
        }
    })
}

#[test]
fn tickets_are_found_without_an_index_and_the_answer_says_so() {
    let net = CliNet::new();
    let holder = holder(&net);
    let friend = net.user("friend", SOL);
    net.json(&holder, &["unstake", "1"]);
    let given = text(&net.json(&holder, &["unstake", "2"]), "/ticket");
    let to = friend.address.to_string();
    net.json(&holder, &["tickets", "transfer", &given, &to]);
    std::fs::remove_file(net.path("book")).unwrap();

    let node = without_index(&net);
    let tickets = |user: &User, url: &str| {
        let arguments = ["--output", "json", "tickets"];
        let printed = succeeded(&net.run_at(url, user, &arguments), &arguments);
        serde_json::from_str::<Value>(&printed).unwrap()
    };
    let by_index = tickets(&holder, &net.url());
    assert_eq!(text(&by_index, "/found_by/source"), "index");
    let by_address = tickets(&holder, &node.url);
    assert_eq!(text(&by_address, "/found_by/source"), "addresses");
    assert_eq!(number(&by_address, "/found_by/epochs"), 16);
    // Not the seconds that are left, which pass meanwhile.
    for field in [
        "ticket",
        "pool",
        "batch",
        "state",
        "lst",
        "estimated_lamports",
    ] {
        let found = &by_address["tickets"][0][field];
        assert_eq!(found, &by_index["tickets"][0][field], "{field}");
        assert!(!found.is_null(), "{field}");
    }
    assert_eq!(list(&by_address, "/tickets").len(), 1);

    // What somebody else requested is found once it is noted.
    assert_eq!(list(&tickets(&friend, &node.url), "/tickets").len(), 0);
    net.json(&friend, &["tickets", "note", &given]);
    let noted = tickets(&friend, &node.url);
    assert_eq!(text(&noted, "/tickets/0/ticket"), given);
    let chosen = net.json(&holder, &["tickets", "--search-epochs", "1"]);
    assert_eq!(text(&chosen, "/found_by/source"), "addresses");
}

#[test]
fn without_an_index_and_a_pool_there_is_nothing_to_search() {
    let net = CliNet::without_pool();
    let node = without_index(&net);
    let refused = failed(
        &net.run_at(&node.url, &net.curator, &["tickets"]),
        &["tickets"],
    );
    assert!(refused.contains("pass --pool ADDRESS"), "{refused}");
}
