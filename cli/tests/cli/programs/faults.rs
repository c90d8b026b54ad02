//! Deployments behind nodes that fail, lag and lie.

use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use sluice_client::{Deployed, pool::buffers::OwnBuffer};
use sluice_tests::{
    command::{failed, succeeded},
    net::{
        LyingNode,
        faults::{Calls, Change, Effect, FaultyNode, Heard, Rule, SEND, Trigger},
    },
};

use super::{Site, elves, pieces, text_of, writes};
use crate::net::CliNet;

fn rule(method: &'static str, trigger: Trigger, effect: Effect) -> Rule {
    Rule {
        calls: Calls::Of(method),
        trigger,
        effect,
    }
}

#[test]
fn a_deployment_arrives_behind_nodes_that_drop_refuse_break_off_and_lag_and_pays_each_piece_once() {
    let net = CliNet::without_pool();
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&elf).unwrap();
    let cases: [(&str, Vec<Rule>); 4] = [
        (
            "drops",
            vec![rule(
                SEND,
                Trigger::Every(3),
                Effect::Instead(Heard::Accepted),
            )],
        ),
        (
            "refuses",
            vec![rule(
                SEND,
                Trigger::Every(4),
                Effect::Instead(Heard::Status(429, Some(1))),
            )],
        ),
        (
            "breaks off",
            vec![
                rule(SEND, Trigger::Every(5), Effect::Afterwards(Heard::Reset)),
                rule(
                    "getMultipleAccounts",
                    Trigger::Every(4),
                    Effect::Instead(Heard::Half),
                ),
            ],
        ),
        (
            "lags",
            vec![rule(
                "getMultipleAccounts",
                Trigger::Every(2),
                Effect::Changed(Change::Lag(3)),
            )],
        ),
    ];
    for (name, rules) in cases {
        let site = Site::new(&net, name);
        let node = FaultyNode::before(&net.url(), &rules, 7);
        let typed = site.deploy(&elf);
        succeeded(&net.run_at(&node.url, &site.owner, &typed), &typed);
        let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
        assert_eq!(deployed.elf_bytes, code.len(), "{name}");
        let times = writes(&net, &OwnBuffer::of(site.owner.address, &code).address);
        assert_eq!(times.len(), pieces(&site.owner, &code), "{name}");
        assert!(times.values().all(|times| *times == 1), "{name}: {times:?}");
    }
}

#[test]
fn nothing_is_deployed_where_one_of_two_nodes_shows_other_code() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&elf).unwrap();
    let whole = code.len();
    // It changes one byte of the whole buffer, and of nothing else.
    let liar = LyingNode::before(&net.url(), move |request, answer| {
        let data = answer.pointer_mut("/result/value/0/data/0");
        let Some(data) = data.filter(|_| request["method"] == "getMultipleAccounts") else {
            return;
        };
        let mut bytes = BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap();
        if bytes.len() == whole + 37 && bytes[37 + 100] == code[100] {
            bytes[37 + 100] ^= 1;
            *data = json!(BASE64_STANDARD.encode(bytes));
        }
    });
    let urls = format!("{},{}", net.url(), liar.url);
    let typed = site.deploy(&elf);
    let refused = failed(&net.run_at(&urls, &site.owner, &typed), &typed);
    assert!(refused.contains("do not agree"), "{refused}");
    assert!(refused.contains("from byte 100 on"), "{refused}");
    assert_eq!(net.lamports(&site.program), 0);
    // An honest node finds all of it written.
    let told = site.deployed(&net, &elf);
    assert_eq!(told["written"], 0);
}

#[test]
fn a_buffer_that_is_shown_as_written_by_one_node_alone_is_not_deployed() {
    let net = CliNet::without_pool();
    let [elf, _] = elves().map(|elf| text_of(&elf));
    // The second one is so far ahead that others cannot say anything of its slot.
    for (name, ahead) in [("beside", 0), ("ahead", 140)] {
        let (site, code) = (Site::new(&net, name), fs::read(&elf).unwrap());
        // It has all pieces but the first ones, which alone are written.
        let liar = LyingNode::before(&net.url(), move |_, answer| {
            if let Some(slot) = answer.pointer_mut("/result/context/slot") {
                *slot = json!(slot.as_u64().unwrap() + ahead);
            }
            let data = answer.pointer_mut("/result/value/0/data/0");
            let Some(data) = data.filter(|data| data.is_string()) else {
                return;
            };
            let mut bytes = BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap();
            if bytes.len() == code.len() + 37 {
                bytes[37 + 5_000..].copy_from_slice(&code[5_000..]);
                *data = json!(BASE64_STANDARD.encode(bytes));
            }
        });
        let urls = format!("{},{}", liar.url, net.url());
        let typed = [&site.deploy(&elf)[..], &["--patience", "5"]].concat();
        let refused = failed(&net.run_at(&urls, &site.owner, &typed), &typed);
        assert!(ahead > 0 || refused.contains("do not agree"), "{refused}");
        assert_eq!(net.lamports(&site.program), 0, "{name}");
    }
}

#[test]
fn a_node_that_is_named_and_does_not_answer_keeps_a_program_from_being_deployed() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let urls = format!("{},http://127.0.0.1:9", net.url());
    let typed = [&site.deploy(&elf)[..], &["--patience", "3"]].concat();
    let refused = failed(&net.run_at(&urls, &site.owner, &typed), &typed);
    assert!(refused.contains("does not vouch"), "{refused}");
    assert_eq!(net.lamports(&site.program), 0);
}

#[test]
fn a_program_that_a_node_shows_with_other_code_is_no_success() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let whole = fs::read(&elf).unwrap().len();
    let other = LyingNode::before(&net.url(), move |_, answer| {
        let data = answer.pointer_mut("/result/value/0/data/0");
        let Some(data) = data.filter(|data| data.is_string()) else {
            return;
        };
        let mut bytes = BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap();
        if bytes.len() == whole + 45 {
            bytes[45 + 100] ^= 1;
            *data = json!(BASE64_STANDARD.encode(bytes));
        }
    });
    let urls = format!("{},{}", net.url(), other.url);
    let typed = [&site.deploy(&elf)[..], &["--patience", "5"]].concat();
    let refused = failed(&net.run_at(&urls, &site.owner, &typed), &typed);
    assert!(
        refused.contains("is not what was read from the file"),
        "{refused}"
    );
}

#[test]
fn a_node_that_takes_everything_and_passes_nothing_on_is_given_up_and_nothing_is_lost() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    // The buffer is made; of the pieces nothing arrives.
    let rules = [rule(
        SEND,
        Trigger::After(3),
        Effect::Instead(Heard::Accepted),
    )];
    let node = FaultyNode::before(&net.url(), &rules, 1);
    let typed = [&site.deploy(&elf)[..], &["--patience", "6"]].concat();
    let output = net.run_at(&node.url, &site.owner, &typed);
    assert_eq!(output.status.code(), Some(4));
    let refused = failed(&output, &typed);
    assert!(refused.contains("the same command goes on"), "{refused}");
    site.deployed(&net, &elf);
}
