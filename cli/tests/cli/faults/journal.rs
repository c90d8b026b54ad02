//! What commands leave behind whose end nobody knows.

use std::{
    collections::HashSet,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use sluice_tests::{
    command::{succeeded, text},
    net::faults::{
        Calls::Of,
        Change,
        Effect::{self, Changed, Instead},
        FaultyNode, Heard, Rule, SEND, Trigger,
    },
};

use super::stage::in_parallel;
use crate::net::{CliNet, SOL, User, sluice};

const STAKE: [&str; 4] = ["--patience", "3", "stake", "10"];
/// How long is waited for what happens within a second.
const LONG: Duration = Duration::from_secs(20);

fn rule(method: &'static str, trigger: Trigger, effect: Effect) -> Rule {
    Rule {
        calls: Of(method),
        trigger,
        effect,
    }
}

/// A node that says nothing about what it was sent.
fn blind() -> Vec<Rule> {
    let silent = Instead(Heard::Status(503, None));
    vec![rule("getSignatureStatuses", Trigger::Once(SEND), silent)]
}

fn holder(net: &CliNet) -> User {
    net.user("holder", 100 * SOL)
}

/// What `sluice pending` says at this node.
fn pending(net: &CliNet, url: &str, user: &User) -> Vec<Value> {
    let arguments = ["pending", "--output", "json"];
    let printed = succeeded(&net.run_at(url, user, &arguments), &arguments);
    let list: Value = serde_json::from_str(&printed).unwrap();
    list["transactions"].as_array().unwrap().clone()
}

#[test]
fn equal_deposits_at_the_same_time_are_as_many_deposits() {
    let net = CliNet::new();
    let holder = holder(&net);
    let staked = in_parallel(vec!["1"; 6], |sol| net.json(&holder, &["stake", sol]));
    let signatures = staked.iter().map(|staked| text(staked, "/signature"));
    assert_eq!(signatures.collect::<HashSet<_>>().len(), 6);
    assert_eq!(net.tokens(&holder.address), 6 * SOL);
}

#[test]
fn what_a_killed_command_had_sent_is_found_again() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = FaultyNode::before(&net.url(), &blind(), 0);
    let mut child = sluice()
        .args(["--url", &node.url, "--pool", &net.pool])
        .args(["--keypair", &holder.keypair_file])
        .env("SLUICE_BOOK", net.path("book"))
        .env("SLUICE_STATE", net.path("state"))
        .args(["stake", "10"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !node.traffic().has(SEND) && started.elapsed() < LONG {
        sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let found = pending(&net, &net.url(), &holder);
    let sent = net.rpc.get_signatures_for_address(&holder.address).unwrap();
    assert_eq!(text(&found[0], "/signature"), sent[0].signature);
    assert_eq!(text(&found[0], "/outcome"), "landed");
    assert_eq!(pending(&net, &net.url(), &holder), Vec::<Value>::new());
    assert_eq!(net.tokens(&holder.address), 10 * SOL);
}

#[test]
fn a_node_that_makes_up_an_expiry_does_not_make_the_journal_forget_what_arrived() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = FaultyNode::before(&net.url(), &blind(), 0);
    let output = net.run_at(&node.url, &holder, &STAKE);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let lies = [
        rule(
            "getEpochInfo",
            Trigger::Always,
            Changed(Change::More("/result/blockHeight", 200)),
        ),
        rule(
            "getSignatureStatuses",
            Trigger::Always,
            Changed(Change::Set("/result/value", "[null]")),
        ),
    ];
    let liar = FaultyNode::before(&net.url(), &lies, 0);
    let found = pending(&net, &liar.url, &holder);
    assert_eq!(
        text(&found[0], "/outcome"),
        "undecided",
        "no blockhash ends so soon"
    );
    let found = pending(&net, &net.url(), &holder);
    assert_eq!(text(&found[0], "/outcome"), "landed");
}

#[test]
fn the_next_command_says_what_became_of_what_was_left_before_it_sends() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = FaultyNode::before(&net.url(), &blind(), 0);
    let left = net.run_at(&node.url, &holder, &STAKE);
    assert_eq!(left.status.code(), Some(5), "{left:?}");
    let sent = net.rpc.get_signatures_for_address(&holder.address).unwrap();
    let next = net.run(&holder, &["stake", "1"]);
    let said = String::from_utf8(next.stderr).unwrap();
    assert!(next.status.success(), "{said}");
    assert!(
        said.contains(&sent[0].signature) && said.contains("it was done"),
        "{said}"
    );
    assert_eq!(net.tokens(&holder.address), 11 * SOL);
}
