//! Commands that were killed after they had signed, and are typed once more: they pay once.

mod kinds;

use std::{
    fs,
    process::{Child, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use sluice_tests::{
    command::{failed, succeeded, text},
    net::faults::{
        Calls::Of,
        Change,
        Effect::{Changed, Instead},
        FaultyNode, Heard, Rule, SEND, Trigger,
    },
};

use crate::net::{CliNet, SOL, User};

/// How long is waited for what happens within a second.
const LONG: Duration = Duration::from_secs(20);

fn rule(method: &'static str, trigger: Trigger, heard: Heard) -> Rule {
    Rule {
        calls: Of(method),
        trigger,
        effect: Instead(heard),
    }
}

/// A node that says nothing about what it was sent.
fn blind(net: &CliNet) -> FaultyNode {
    let silent = Heard::Status(503, None);
    let rules = [rule("getSignatureStatuses", Trigger::Once(SEND), silent)];
    FaultyNode::before(&net.url(), &rules, 0)
}

/// A node that takes transactions and passes none on.
fn deaf(net: &CliNet) -> FaultyNode {
    let rules = [rule(SEND, Trigger::Always, Heard::Accepted)];
    FaultyNode::before(&net.url(), &rules, 0)
}

fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "20"]);
    holder
}

/// Begins a command, until the node was sent its transaction.
fn begin(net: &CliNet, user: &User, node: &FaultyNode, arguments: &[&str]) -> Child {
    let child = net
        .command_at(&node.url, user, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !node.traffic().has(SEND) && started.elapsed() < LONG {
        sleep(Duration::from_millis(20));
    }
    child
}

/// Kills a command once the node was sent its transaction: the signature in the journal.
fn kill(net: &CliNet, user: &User, node: &FaultyNode, arguments: &[&str]) -> String {
    let mut child = begin(net, user, node, arguments);
    // The answer of the node is on its way by now, and so is the transaction.
    sleep(Duration::from_millis(200));
    child.kill().unwrap();
    child.wait().unwrap();
    let noted = fs::read_to_string(net.path("state").join("pending")).unwrap();
    let noted: Value = serde_json::from_str(noted.lines().last().unwrap()).unwrap();
    text(&noted, "/signature")
}

fn sent(net: &CliNet, user: &User) -> usize {
    let sent = net.rpc.get_signatures_for_address(&user.address).unwrap();
    sent.len()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What a command says that sends nothing, since it was done or may have been.
fn held_back(net: &CliNet, user: &User, arguments: &[&str]) -> String {
    let before = sent(net, user);
    let output = net.run(user, arguments);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert_eq!(sent(net, user), before, "{said}");
    assert!(said.contains("add --repeat"), "{said}");
    said
}

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

#[test]
fn what_a_killed_command_has_done_is_not_done_once_more_before_somebody_says_so() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    for (command, amount) in [
        (&["stake", "10"][..], "10.000000000 SOL"),
        (&["unstake", "1"], "1.000000000 LST"),
        (&["unstake", "2", "--instant"], "2.000000000 LST"),
    ] {
        let signature = kill(&net, &holder, &blind(&net), command);
        // A script agrees to all that is asked, and tries again and again.
        for _ in 0..2 {
            let said = held_back(&net, &holder, &with(command, &["--yes"]));
            assert_eq!(said.matches(&signature).count(), 1, "{said}");
            assert!(said.contains(amount) && said.contains(&net.pool), "{said}");
            assert!(said.contains("it was done"), "{said}");
        }
        let before = sent(&net, &holder);
        let repeated = with(command, &["--repeat"]);
        succeeded(&net.run(&holder, &repeated), &repeated);
        assert_eq!(sent(&net, &holder), before + 1);
        // It was told by then.
        succeeded(&net.run(&holder, command), command);
    }
}

#[test]
fn of_two_pools_for_one_command_the_second_is_not_made_and_the_first_is_named() {
    let net = CliNet::without_pool();
    let creator = net.user("creator", 10 * SOL);
    let create = ["pool", "create", "--no-metadata"];
    kill(&net, &creator, &blind(&net), &create);
    let listed = net.json(&creator, &["pool", "list"]);
    let pool = text(&listed, "/pools/0/pool");
    let json = with(&create, &["--output", "json"]);
    let output = net.run(&creator, &json);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let failure: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(text(&failure, "/error/code"), "perhaps_sent");
    let what = text(&failure, "/error/what");
    assert!(what.contains(&pool) && what.contains("--repeat"), "{what}");
    let listed = net.json(&creator, &["pool", "list"]);
    assert_eq!(listed["pools"].as_array().unwrap().len(), 1);
}

#[test]
fn a_deposit_that_may_still_arrive_is_waited_for_and_then_not_repeated() {
    let net = CliNet::new();
    let holder = holder(&net);
    let stake = ["--patience", "1", "stake", "10"];
    let signature = kill(&net, &holder, &deaf(&net), &stake);
    let said = held_back(&net, &holder, &stake);
    assert!(said.contains("Waiting for what becomes of it"), "{said}");
    assert!(said.contains(&signature), "{said}");
    assert!(said.contains("it may still arrive"), "{said}");
    let other = net.user("other", 100 * SOL);
    succeeded(&net.run(&other, &stake), &stake);
    let repeated = with(&stake, &["--repeat"]);
    succeeded(&net.run(&holder, &repeated), &repeated);
}

#[test]
fn what_arrives_while_it_is_waited_for_is_told_as_done() {
    let net = CliNet::new();
    let holder = holder(&net);
    let stake = ["stake", "10"];
    let signature = kill(&net, &holder, &blind(&net), &stake);
    let unknown = Rule {
        effect: Changed(Change::Set("/result/value", "[null]")),
        ..rule("getSignatureStatuses", Trigger::First(2), Heard::Silence)
    };
    let node = FaultyNode::before(&net.url(), &[unknown], 0);
    let output = net.run_at(&node.url, &holder, &stake);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("Waiting for what becomes of it"), "{said}");
    assert!(
        said.contains(&signature) && said.contains("it was done"),
        "{said}"
    );
    assert_eq!(net.tokens(&holder.address), 30 * SOL);
}

#[test]
fn what_is_undecided_is_told_by_the_next_command_alone() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let signature = kill(&net, &holder, &deaf(&net), &["stake", "10"]);
    let told = |command: &[&str]| {
        let output = net.run(&holder, command);
        let said = said(&output);
        assert!(output.status.success(), "{said}");
        said.matches(&signature).count()
    };
    assert_eq!(told(&["unstake", "1"]), 1);
    assert_eq!(told(&["unstake", "1"]), 0, "it was told");
    assert_eq!(told(&["crank"]), 0);
    let listed = net.json(&holder, &["pending"]);
    assert_eq!(text(&listed, "/transactions/0/signature"), signature);
}

#[test]
fn what_cannot_be_paid_twice_goes_on_after_a_kill() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let ticket = text(&net.json(&holder, &["unstake", "1"]), "/ticket");
    let cancel = ["tickets", "cancel", &ticket];
    kill(&net, &holder, &deaf(&net), &cancel);
    succeeded(&net.run(&holder, &cancel), &cancel);
}

#[test]
fn a_damaged_journal_is_told_as_that_and_an_unfinished_line_is_none() {
    let net = CliNet::new();
    let holder = holder(&net);
    let signature = kill(&net, &holder, &deaf(&net), &["stake", "10"]);
    let journal = net.path("state").join("pending");
    let noted = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, format!("{noted}{}", &noted[..40])).unwrap();
    succeeded(&net.run(&holder, &["unstake", "1"]), &["unstake", "1"]);

    fs::write(&journal, format!("{{\"signature\":\n{noted}")).unwrap();
    let before = sent(&net, &holder);
    let refused = failed(&net.run(&holder, &["unstake", "1"]), &["unstake", "1"]);
    assert_eq!(sent(&net, &holder), before);
    let path = journal.display().to_string();
    for part in [&*path, "Line 1", "damaged", "`sluice pending`", "aside"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let listed = net.run(&holder, &["pending"]);
    let printed = succeeded(&listed, &["pending"]);
    assert!(printed.contains(&signature), "{printed}");
    assert!(said(&listed).contains("Line 1"), "{listed:?}");
}
