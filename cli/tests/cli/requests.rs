//! Requests to leave: who is paid and when, what is refused before it costs anything, and which
//! numbers are found again.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use sluice_tests::{
    command::{number, succeeded, text},
    net::{
        LyingNode,
        faults::{Calls, Effect, FaultyNode, Heard, Rule, SEND, Trigger},
    },
};
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::approve};

use crate::{
    net::{CliNet, SOL, User, sluice},
    waiting::{holder, list, without_index},
};

/// What a command says on the way, and then.
fn said(net: &CliNet, user: &User, arguments: &[&str]) -> (String, String) {
    let output = net.run(user, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stderr), text(output.stdout))
}

/// The line of a list of facts.
fn fact<'a>(said: &'a str, name: &str) -> &'a str {
    let line = said.lines().find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("no {name} in {said}"))
}

/// Lets somebody move tokens of the holder.
fn allow(net: &CliNet, holder: &User, delegate: &Pubkey, lst: u64) {
    let mint = net.mint.parse().unwrap();
    let account = get_associated_token_address(&holder.address, &mint);
    let allow = approve(
        &TOKEN_PROGRAM,
        &account,
        delegate,
        &holder.address,
        &[],
        lst,
    );
    net.send(&[allow.unwrap()], &[&holder.keypair()]);
}

#[test]
fn a_ticket_is_payable_in_the_range_that_its_request_said_and_never_in_the_past() {
    let net = CliNet::with_active_stake();
    let holder = net.curator.clone();
    let requested = net.json(&holder, &["unstake", "10"]);
    let line = || net.json(&holder, &["tickets"])["tickets"][0].clone();
    for name in ["/payable_epoch", "/payable_slot", "/latest_epoch"] {
        assert_eq!(number(&line(), name), number(&requested, name), "{name}");
    }
    assert_eq!(
        number(&requested, "/latest_epoch"),
        number(&requested, "/payable_epoch") + 1
    );
    // Nobody cranks, so that its time goes by.
    for _ in 0..4 {
        net.next_epoch();
    }
    let epoch = number(&net.json(&holder, &["pool", "show"]), "/epoch");
    assert!(epoch > number(&requested, "/payable_epoch"));
    assert_eq!(number(&line(), "/payable_epoch"), epoch);
    assert_eq!(number(&line(), "/latest_epoch"), epoch + 1);
    let table = net.table(&holder, &["tickets"]);
    let range = format!("epoch {epoch} to {}", epoch + 1);
    assert!(table.contains(&range), "{table}");

    net.json(&holder, &["crank"]);
    net.to_window();
    net.json(&holder, &["crank"]);
    net.next_epoch();
    net.json(&holder, &["crank"]);
    assert_eq!(text(&line(), "/state"), "paid");
    assert_eq!(line()["payable_epoch"], Value::Null);
    assert_eq!(line()["latest_epoch"], Value::Null);
    let table = net.table(&holder, &["tickets"]);
    assert!(table.contains(" now "), "{table}");
}

#[test]
fn every_number_of_an_epoch_is_found_without_an_index_unless_fewer_are_searched() {
    let net = CliNet::new();
    let holder = holder(&net);
    net.json(&holder, &["unstake", "1", "--ticket-number", "200"]);
    std::fs::remove_file(net.path("book")).unwrap();
    let node = without_index(&net);
    let found = |more: &[&str]| {
        let arguments = [&["--output", "json", "tickets"], more].concat();
        let printed = succeeded(&net.run_at(&node.url, &holder, &arguments), &arguments);
        serde_json::from_str::<Value>(&printed).unwrap()
    };
    let usual = found(&[]);
    assert_eq!(list(&usual, "/tickets").len(), 1);
    assert_eq!(number(&usual, "/found_by/epochs"), 16);
    assert_eq!(number(&usual, "/found_by/numbers"), 256);
    let table = succeeded(&net.run_at(&node.url, &holder, &["tickets"]), &["tickets"]);
    assert!(
        table.contains("all numbers of this key in each epoch of the last 16 epochs")
            && table.contains("--search-epochs"),
        "{table}"
    );
    let few = ["tickets", "--search-numbers", "16"];
    let table = succeeded(&net.run_at(&node.url, &holder, &few), &few);
    assert!(table.contains("the first 16 numbers"), "{table}");
    for (numbers, tickets) in [("200", 0), ("201", 1), ("256", 1)] {
        let wider = found(&["--search-numbers", numbers]);
        assert_eq!(list(&wider, "/tickets").len(), tickets, "{numbers}");
        assert_eq!(number(&wider, "/found_by/epochs"), 16);
    }
    let output = net.run(&holder, &["tickets", "--search-numbers", "257"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn who_will_be_paid_is_said_before_and_after_and_whose_tokens_are_left() {
    let net = CliNet::new();
    let holder = holder(&net);
    let delegate = net.user("delegate", SOL);
    let (owner, paid) = (holder.address.to_string(), delegate.address.to_string());
    allow(&net, &holder, &delegate.address, 9 * SOL);
    let unstake = ["unstake", "1", "--from", &owner];
    let (before, after) = said(&net, &delegate, &unstake);
    let paid_out = format!(
        "\n{paid} will be paid, and not {owner}, whose tokens these are. --owner {owner} would pay \
         them.\n"
    );
    assert!(before.ends_with(&paid_out), "{before}");
    assert!(fact(&after, "Will be paid").ends_with(&paid), "{after}");
    let left = format!("99.000000000 LST, held by {owner}");
    assert!(fact(&after, "Balance").ends_with(&left), "{after}");

    let (before, after) = said(
        &net,
        &delegate,
        &[&unstake[..], &["--owner", &owner]].concat(),
    );
    let paid_out = format!("\n{owner} will be paid, whose tokens these are.\n");
    assert!(before.ends_with(&paid_out), "{before}");
    assert!(fact(&after, "Will be paid").ends_with(&owner), "{after}");

    let (before, after) = said(&net, &holder, &["unstake", "1"]);
    assert!(!before.contains("tokens these are"), "{before}");
    assert!(fact(&before, "Paid to").ends_with(&owner), "{before}");
    assert!(fact(&after, "Will be paid").ends_with(&owner), "{after}");
    assert!(fact(&after, "You hold").ends_with("97.000000000 LST"));

    // A gift is its recipient's, and so is the balance.
    let (_, after) = said(&net, &holder, &["stake", "1", "--recipient", &paid]);
    let has = format!("1.000000000 LST, held by {paid}");
    assert!(fact(&after, "Balance").ends_with(&has), "{after}");
}

#[test]
fn a_dump_that_is_refused_takes_no_number() {
    let net = CliNet::new();
    let holder = holder(&net);
    net.json(&holder, &["unstake", "1", "--ticket-number", "7"]);
    let book = || std::fs::read_to_string(net.path("book")).unwrap();
    let before = book();
    let dump = ["unstake", "1", "--send", "dump"];
    let taken = net.failure(&holder, &[&dump[..], &["--ticket-number", "7"]].concat());
    assert!(taken.starts_with("the number 7 has a ticket"), "{taken}");
    let no_nonce = net.failure(&holder, &[&dump[..], &["--nonce", &net.mint]].concat());
    assert!(no_nonce.ends_with("is no nonce account"), "{no_nonce}");
    let lost = net.failure(&holder, &[&dump[..], &["--owner", &net.pool]].concat());
    assert!(lost.contains("an address of the pool"), "{lost}");
    assert_eq!(book(), before);
    net.json(&holder, &dump);
    assert_eq!(book().lines().count(), before.lines().count() + 1);
}

#[test]
fn a_dump_says_how_long_it_can_wait_and_which_number_it_takes() {
    let net = CliNet::new();
    let holder = holder(&net);
    let dump = ["unstake", "1", "--send", "dump", "--ticket-number", "9"];
    let (before, after) = said(
        &net,
        &holder,
        &[&dump[..], &["--valid-epochs", "1"]].concat(),
    );
    for part in [
        "from epoch 0 on, at least until the rebalance window of epoch 1 opens",
        "of 0 to 1",
        "number 9.",
    ] {
        assert!(before.contains(part), "{part} is not in {before}");
    }
    assert!(!before.contains("notes this number already"), "{before}");
    assert!(after.contains("candidate batch 2"), "{after}");
    assert!(!after.contains("account 11"), "{after}");
    // The same message again, such as for another proposal.
    let (before, _) = said(&net, &holder, &dump);
    assert!(before.contains("notes this number already"), "{before}");
}

#[test]
fn what_is_refused_costs_no_cranks() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let poor = net.user("poor", SOL);
    let owner = holder.address.to_string();
    net.next_epoch();
    let pool = net.json(&holder, &["pool", "show"]);
    assert_eq!(pool["is_fresh"], false);
    let lamports = net.lamports(&poor.address);
    for (command, why) in [
        (&["unstake", "1", "--from", &owner][..], "may move"),
        (&["unstake", "1", "--owner", &net.pool], "would be lost"),
        (&["unstake", "1"], "holds no tokens"),
        (&["unstake", "1", "--instant"], "holds no tokens"),
        (&["stake", "0.1", "--recipient", &net.pool], "would be lost"),
        (
            &["stake-account", "withdraw", "1", "--yes"],
            "holds no tokens",
        ),
        (
            &["stake-account", "deposit", "--all", "--yes"],
            "has no stake accounts",
        ),
    ] {
        let refused = net.failure(&poor, command);
        assert!(refused.contains(why), "{command:?}: {refused}");
    }
    assert_eq!(net.lamports(&poor.address), lamports);
    let pool = net.json(&holder, &["pool", "show"]);
    assert_eq!(pool["is_fresh"], false, "nobody has cranked");
}

#[test]
fn a_request_that_is_on_its_way_keeps_no_other_one_waiting() {
    let net = CliNet::new();
    let holder = holder(&net);
    let drops = Rule {
        calls: Calls::Of(SEND),
        trigger: Trigger::Always,
        effect: Effect::Instead(Heard::Accepted),
    };
    let node = FaultyNode::before(&net.url(), &[drops], 0);
    let mut waiting = sluice()
        .args(["--url", &node.url, "--pool", &net.pool])
        .args(["--keypair", &holder.keypair_file])
        .env("SLUICE_BOOK", net.path("book"))
        .env("SLUICE_STATE", net.path("other-state"))
        .args(["unstake", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !node.traffic().has(SEND) && started.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(20));
    }
    let (before, _) = said(&net, &holder, &["unstake", "1"]);
    assert!(!before.contains("waiting for it"), "{before}");
    assert!(waiting.try_wait().unwrap().is_none(), "it waits still");
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    let book = std::fs::read_to_string(net.path("book")).unwrap();
    assert_eq!(book.lines().count(), 2, "each has a number of its own");
}

#[test]
fn a_request_that_was_simulated_before_the_lock_has_the_units_to_open_a_batch_after_it() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "10"]);
    net.json(&holder, &["unstake", "1"]);
    // What a simulation says of a request that joins a batch, and of one that opens it.
    let [joining, opening] = [(); 2].map(|()| Arc::new(AtomicU64::new(0)));
    let note = Arc::clone(&joining);
    let early = LyingNode::before(&net.url(), move |request, answer| {
        if let Some(units) = units_of(request, answer) {
            note.store(units.as_u64().unwrap(), Ordering::Relaxed);
        }
    });
    let unstake = ["unstake", "1"];
    succeeded(&net.run_at(&early.url, &holder, &unstake), &unstake);
    let (told, note) = (Arc::clone(&joining), Arc::clone(&opening));
    let late = LyingNode::before(&net.url(), move |request, answer| {
        if let Some(units) = units_of(request, answer) {
            note.store(units.as_u64().unwrap(), Ordering::Relaxed);
            *units = told.load(Ordering::Relaxed).into();
        }
    });
    net.to_window();
    net.json(&net.curator, &["crank"]);
    succeeded(&net.run_at(&late.url, &holder, &unstake), &unstake);
    let [joining, opening] = [joining, opening].map(|units| units.load(Ordering::Relaxed));
    assert!(
        0 < joining && joining + 4_000 < opening,
        "{joining} {opening}"
    );
}

/// What a simulation took, in its answer.
fn units_of<'a>(request: &Value, answer: &'a mut Value) -> Option<&'a mut Value> {
    let is_simulation = request["method"] == "simulateTransaction";
    let units = answer.pointer_mut("/result/value/unitsConsumed");
    units.filter(|_| is_simulation)
}
