//! Numbers and lists that no cluster has: an error or a figure, soon, and never a panic.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::PoolAddresses;
use sluice_tests::{command::failed, net::LyingNode};
use solana_rent::Rent;
use solana_sdk_ids::sysvar;

use crate::net::{CliNet, SOL};

const COMMANDS: [&[&str]; 6] = [
    &["pool", "show"],
    &["pool", "config", "show"],
    &["validator", "list"],
    &["tickets"],
    &["unstake", "1"],
    &["crank"],
];

/// Runs all commands at the node: none may panic, or take long.
fn survive(net: &CliNet, url: &str) {
    for command in COMMANDS {
        let started = Instant::now();
        let output = net.run_at(url, &net.curator, command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code();
        assert!(matches!(code, Some(0..=5)), "{command:?}: {code:?}: {said}");
        assert!(!said.contains("panicked"), "{command:?}: {said}");
        let took = started.elapsed();
        assert!(took < Duration::from_secs(30), "{command:?}: {took:?}");
    }
}

#[test]
fn f6_the_largest_numbers_of_performance_samples_and_rent_are_no_panic() {
    let net = CliNet::with_validators();
    net.json(&net.curator, &["stake", "10"]);
    net.json(&net.curator, &["unstake", "1"]);
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getRecentPerformanceSamples" {
            let sample = json!({
                "slot": u64::MAX,
                "numSlots": u64::MAX,
                "numTransactions": u64::MAX,
                "samplePeriodSecs": u16::MAX,
                "numNonVoteTransactions": u64::MAX,
            });
            answer["result"] = Value::from(vec![sample; 10]);
        }
    });
    survive(&net, &node.url);
    let rent = Rent {
        lamports_per_byte: u64::MAX,
        ..Rent::default()
    };
    let data = BASE64_STANDARD.encode(bincode::serialize(&rent).unwrap());
    let address = json!(sysvar::rent::ID.to_string());
    let node = LyingNode::before(&net.url(), move |request, answer| {
        let asked = request["params"][0].as_array();
        let at = asked.and_then(|asked| asked.iter().position(|one| *one == address));
        if let Some(at) = at {
            answer["result"]["value"][at]["data"][0] = json!(data);
        }
    });
    survive(&net, &node.url);
}

#[test]
fn f12_a_node_for_which_every_ticket_exists_is_given_up() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "10"]);
    let pool = PoolAddresses::of_mint(net.mint.parse().unwrap());
    let epoch = net.rpc.get_epoch_info().unwrap().epoch;
    let numbers = pool.ticket_numbers(holder.address, epoch);
    let tickets: Vec<Value> = numbers.map(|one| json!(one.address.to_string())).collect();
    assert!(tickets.len() > 50);
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        count.fetch_add(1, Ordering::Relaxed);
        let asked = request["params"][0].as_array().into_iter().flatten();
        for (at, _) in asked.enumerate().filter(|(_, one)| tickets.contains(one)) {
            answer["result"]["value"][at] = json!({
                "lamports": 1, "data": ["", "base64"], "owner": sluice::ID.to_string(),
                "executable": false, "rentEpoch": 0, "space": 0,
            });
        }
    });
    for mode in ["send", "simulate"] {
        requests.store(0, Ordering::Relaxed);
        let words = ["unstake", "1", "--send", mode];
        let refused = failed(&net.run_at(&node.url, &holder, &words), &words);
        let expected = format!("{} has used every ticket number", holder.address);
        assert!(refused.starts_with(&expected), "{refused}");
        let requests = requests.load(Ordering::Relaxed);
        assert!(requests < 100, "{requests} requests");
    }
    assert_eq!(net.tokens(&holder.address), 10 * SOL);
}
