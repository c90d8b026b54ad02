//! What commands leave behind whose end nobody knows.

use std::{
    collections::HashSet,
    fs::{self, File},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
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

pub(super) fn rule(method: &'static str, trigger: Trigger, effect: Effect) -> Rule {
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

pub(super) fn holder(net: &CliNet) -> User {
    net.user("holder", 100 * SOL)
}

/// What `sluice pending` says at this node.
pub(super) fn pending(net: &CliNet, url: &str, user: &User) -> Vec<Value> {
    let arguments = ["pending", "--output", "json"];
    let printed = succeeded(&net.run_at(url, user, &arguments), &arguments);
    let list: Value = serde_json::from_str(&printed).unwrap();
    list["transactions"].as_array().unwrap().clone()
}

/// A deposit through these nodes, not started yet.
pub(super) fn deposit(net: &CliNet, user: &User, nodes: &[&FaultyNode]) -> Command {
    let mut sluice = sluice();
    for node in nodes {
        sluice.args(["--url", &node.url]);
    }
    sluice
        .args(["--pool", &net.pool, "--keypair", &user.keypair_file])
        .env("SLUICE_BOOK", net.path("book"))
        .env("SLUICE_STATE", net.path("state"))
        .args(STAKE);
    sluice
}

/// Kills a deposit once the node has heard this.
fn kill_after(net: &CliNet, user: &User, node: &FaultyNode, method: &str) {
    let mut child = deposit(net, user, &[node])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !node.traffic().has(method) && started.elapsed() < LONG {
        sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Makes everything in the journal so much older.
fn age(net: &CliNet, seconds: u64) {
    let journal = net.path("state").join("pending");
    let entries = fs::read_to_string(&journal).unwrap();
    let older = entries.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry["signed_at"] = json!(entry["signed_at"].as_u64().unwrap() - seconds);
        format!("{entry}\n")
    });
    fs::write(&journal, older.collect::<String>()).unwrap();
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
    kill_after(&net, &holder, &node, SEND);
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
    let next = net.run(&holder, &["stake", "1", "--repeat"]);
    let said = String::from_utf8(next.stderr).unwrap();
    assert!(next.status.success(), "{said}");
    assert!(
        said.contains(&sent[0].signature) && said.contains("it was done"),
        "{said}"
    );
    assert_eq!(net.tokens(&holder.address), 11 * SOL);
}

#[test]
fn what_landed_is_noted_until_it_was_told() {
    let net = CliNet::new();
    let holder = holder(&net);
    let late = rule("getTransaction", Trigger::Always, Effect::Late(LONG));
    let node = FaultyNode::before(&net.url(), &[late], 0);
    kill_after(&net, &holder, &node, "getTransaction");
    assert_eq!(net.tokens(&holder.address), 10 * SOL);
    let found = pending(&net, &net.url(), &holder);
    assert_eq!(text(&found[0], "/outcome"), "landed");
    assert_eq!(pending(&net, &net.url(), &holder), Vec::<Value>::new());
}

#[test]
fn what_could_not_be_printed_is_still_noted() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = FaultyNode::before(&net.url(), &[], 0);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = deposit(&net, &holder, &[&node]).stdout(full).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert_eq!(net.tokens(&holder.address), 10 * SOL);
    let found = pending(&net, &net.url(), &holder);
    assert_eq!(text(&found[0], "/outcome"), "landed");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&text(&found[0], "/signature")), "{said}");
}

#[test]
fn a_refusal_by_a_node_that_passes_on_all_the_same_is_not_the_end() {
    let net = CliNet::new();
    let holder = holder(&net);
    let refuses = Effect::Afterwards(Heard::Error(-32601, "Method not found"));
    let rules = [&blind()[..], &[rule(SEND, Trigger::Always, refuses)]].concat();
    let node = FaultyNode::before(&net.url(), &rules, 0);
    let output = deposit(&net, &holder, &[&node]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let found = pending(&net, &net.url(), &holder);
    assert_eq!(text(&found[0], "/outcome"), "landed");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&text(&found[0], "/signature"))
            && said
                .contains("It may arrive all the same. Do not repeat it before `sluice pending`"),
        "{said}"
    );
}

#[test]
fn one_node_alone_decides_only_late_that_a_transaction_never_arrived() {
    let net = CliNet::new();
    let holder = holder(&net);
    let dropped = rule(SEND, Trigger::Always, Instead(Heard::Accepted));
    let node = FaultyNode::before(&net.url(), &[dropped], 0);
    let left = deposit(&net, &holder, &[&node]).output().unwrap();
    assert_eq!(left.status.code(), Some(5), "{left:?}");
    let expired = Changed(Change::More("/result/blockHeight", 400));
    let lies = [rule("getEpochInfo", Trigger::Always, expired)];
    let liar = FaultyNode::before(&net.url(), &lies, 0);
    for (seconds, outcome) in [(0, "undecided"), (60, "undecided"), (300, "never_arrived")] {
        age(&net, seconds);
        let found = pending(&net, &liar.url, &holder);
        assert_eq!(text(&found[0], "/outcome"), outcome);
    }
    assert_eq!(pending(&net, &liar.url, &holder), Vec::<Value>::new());
}
