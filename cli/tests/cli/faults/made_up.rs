//! Outcomes that a node makes up: what one alone is believed, and what another one mends.

use sluice_tests::{
    command::text,
    net::faults::{
        Change,
        Effect::{Changed, Instead},
        FaultyNode, Heard, Rule, SEND, Trigger,
    },
};

use super::journal::{deposit, holder, pending, rule};
use crate::net::{CliNet, SOL};

const FAILED: &str = r#"[{"slot":1,"confirmations":null,"err":{"InstructionError":[2,{"Custom":6003}]},"status":{"Err":{"InstructionError":[2,{"Custom":6003}]}},"confirmationStatus":"finalized"}]"#;
const SUCCEEDED: &str = r#"[{"slot":1,"confirmations":null,"err":null,"status":{"Ok":null},"confirmationStatus":"finalized"}]"#;
const UNKNOWN: &str = "[null]";

/// Says this of every transaction that it was given.
fn says(statuses: &'static str) -> Rule {
    rule(
        "getSignatureStatuses",
        Trigger::Once(SEND),
        Changed(Change::Set("/result/value", statuses)),
    )
}

fn shows_nothing() -> Rule {
    rule(
        "getTransaction",
        Trigger::Always,
        Instead(Heard::Result("null")),
    )
}

fn drops() -> Rule {
    rule(SEND, Trigger::Always, Instead(Heard::Accepted))
}

#[test]
fn a_failure_that_one_node_makes_up_stays_noted_until_another_one_is_asked() {
    let net = CliNet::new();
    let holder = holder(&net);
    let liar = FaultyNode::before(&net.url(), &[says(FAILED), shows_nothing()], 0);
    let output = deposit(&net, &holder, &[&liar]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let found = pending(&net, &net.url(), &holder);
    assert_eq!(text(&found[0], "/outcome"), "landed");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&text(&found[0], "/signature")), "{said}");
}

#[test]
fn whatever_one_of_two_nodes_says_of_a_deposit_that_landed_it_is_done() {
    for statuses in [FAILED, UNKNOWN] {
        for is_first in [true, false] {
            let net = CliNet::new();
            let holder = holder(&net);
            let liar = FaultyNode::before(&net.url(), &[says(statuses), shows_nothing()], 0);
            let honest = FaultyNode::before(&net.url(), &[], 0);
            let nodes = match is_first {
                true => [&liar, &honest],
                false => [&honest, &liar],
            };
            let output = deposit(&net, &holder, &nodes).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{statuses}: {output:?}");
            assert_eq!(net.tokens(&holder.address), 10 * SOL);
        }
    }
}

#[test]
fn a_success_that_another_node_denies_and_nobody_can_show_is_none() {
    let net = CliNet::new();
    let holder = holder(&net);
    let liar = FaultyNode::before(&net.url(), &[drops(), says(SUCCEEDED)], 0);
    let honest = FaultyNode::before(&net.url(), &[drops()], 0);
    let output = deposit(&net, &holder, &[&liar, &honest]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert_eq!(net.lamports(&holder.address), 100 * SOL);
}

#[test]
fn a_success_that_no_node_shows_is_doubted_and_stays_noted() {
    let net = CliNet::new();
    let holder = holder(&net);
    let liar = FaultyNode::before(&net.url(), &[drops(), says(SUCCEEDED)], 0);
    let output = deposit(&net, &holder, &[&liar]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is confirmed, and none shows it"), "{said}");
    assert_eq!(net.lamports(&holder.address), 100 * SOL);
    let found = pending(&net, &net.url(), &holder);
    assert_eq!(text(&found[0], "/outcome"), "undecided");
}
