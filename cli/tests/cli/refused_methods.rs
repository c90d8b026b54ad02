//! Nodes that do not offer every method, as most public ones do not.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::{
        LyingNode,
        faults::{Calls, Effect, FaultyNode, Heard, Rule, Trigger},
    },
};

use crate::net::{CliNet, SOL, User};

/// What some nodes do not offer.
const NO_INDEX: [&str; 2] = ["getProgramAccounts", "getStakeMinimumDelegation"];

/// How nodes refuse a method: no index for it, no such method, and what providers answer by the code or
/// by the status where a plan does not include it.
pub const REFUSALS: [Heard; 6] = [
    Heard::Error(-32_010, "excluded from account secondary indexes"),
    Heard::Error(-32_601, "Method not found"),
    Heard::Error(403, "Access forbidden"),
    Heard::Error(410, "The RPC call or parameters have been disabled"),
    Heard::Status(403, None),
    Heard::Status(410, None),
];

/// A node that does not offer these methods.
pub fn without(net: &CliNet, methods: &[&'static str], refusal: Heard) -> FaultyNode {
    let rule = |method: &&'static str| Rule {
        calls: Calls::Of(method),
        trigger: Trigger::Always,
        effect: Effect::Instead(refusal),
    };
    let rules: Vec<Rule> = methods.iter().map(rule).collect();
    FaultyNode::before(&net.url(), &rules, 0)
}

/// A pool with active stake, and somebody with LST and a ticket.
fn start() -> (CliNet, User) {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    net.json(&holder, &["unstake", "5"]);
    (net, holder)
}

fn stderr(net: &CliNet, url: &str, user: &User, arguments: &[&str]) -> String {
    let output = net.run_at(url, user, arguments);
    succeeded(&output, arguments);
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn everything_but_lists_of_all_works_on_a_node_without_an_index_however_it_refuses() {
    let (net, holder) = start();
    let vote = net.validators[0].to_string();
    for refusal in REFUSALS {
        let node = without(&net, &NO_INDEX, refusal);
        for command in [
            &["pool", "show"][..],
            &["pool", "history"],
            &["pool", "yield"],
            &["pool", "export"],
            &["pool", "verify"],
            &["pool", "config", "show"],
            &["pool", "role", "show"],
            &["validator", "list"],
            &["validator", "explain", &vote],
            &["validator", "rate"],
            &["tickets"],
            &["calendar"],
            &["rewards"],
            &["claim"],
            &["tables", "list"],
            &["program", "show"],
            &["stake", "1"],
            &["unstake", "0.1"],
            &["unstake", "0.1", "--instant"],
            &["crank"],
        ] {
            let said = stderr(&net, &node.url, &holder, command);
            assert!(!said.contains("assumed"), "{refusal:?} {command:?}: {said}");
        }
    }
}

#[test]
fn what_only_an_index_knows_is_refused_with_what_to_name_instead() {
    let (net, holder) = start();
    for refusal in REFUSALS {
        let node = without(&net, &NO_INDEX, refusal);
        for (command, instead) in [
            (&["pool", "list"][..], "`sluice pool show --pool ADDRESS`"),
            (
                &["stake-account", "list"],
                "`sluice stake-account deposit STAKE_ACCOUNT`",
            ),
            (
                &["stake-account", "deposit", "--all", "--yes"],
                "`sluice stake-account deposit STAKE_ACCOUNT`",
            ),
            (
                &["program", "show", "--buffers"],
                "`sluice program show BUFFER`",
            ),
            (
                &["program", "close", "--all"],
                "`sluice program show BUFFER`",
            ),
        ] {
            let refused = failed(&net.run_at(&node.url, &holder, command), command);
            assert!(
                refused.contains(instead) && refused.contains("does not offer"),
                "{refusal:?} {command:?}: {refused}"
            );
        }
    }
}

#[test]
fn stake_comes_in_and_goes_out_without_an_index() {
    let (net, holder) = start();
    let vote = net.validators[0];
    let stake = net.stake_account(&holder, 5 * SOL, Default::default(), Some(&vote));
    net.earn();
    let node = without(&net, &NO_INDEX, REFUSALS[1]);
    let stake = stake.to_string();
    for command in [
        &["stake-account", "deposit", &stake, "--yes"][..],
        &["stake-account", "withdraw", "2", "--yes"],
    ] {
        stderr(&net, &node.url, &holder, command);
    }
}

#[test]
fn a_minimum_delegation_that_nobody_tells_is_assumed_and_said() {
    let (net, holder) = start();
    let vote = net.validators[0].to_string();
    let explain = ["validator", "explain", &vote];
    let methods = ["getStakeMinimumDelegation", "simulateTransaction"];
    let node = without(&net, &methods, REFUSALS[1]);
    let said = stderr(&net, &node.url, &holder, &explain);
    assert_eq!(
        said,
        "The node does not say what a stake account must hold at least: 1.000000000 SOL are assumed, \
         as on mainnet.\n"
    );
    let look = ["crank", "--send", "simulate"];
    let node = without(&net, &methods[..1], REFUSALS[4]);
    assert!(!stderr(&net, &node.url, &holder, &look).contains("assumed"));
}

#[test]
fn views_ask_neither_for_the_minimum_delegation_nor_for_a_simulation() {
    let (net, holder) = start();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let methods = Arc::clone(&asked);
    let node = LyingNode::before(&net.url(), move |request, _| {
        let method = request["method"].as_str().unwrap().to_owned();
        methods.lock().unwrap().push(method);
    });
    for view in [
        &["pool", "show"][..],
        &["pool", "yield"],
        &["pool", "verify"],
        &["calendar"],
        &["rewards"],
        &["pool", "list"],
        &["pool", "config", "show"],
        &["validator", "list"],
        &["validator", "rate"],
        &["tickets"],
    ] {
        stderr(&net, &node.url, &holder, view);
    }
    let asked = asked.lock().unwrap();
    for method in ["getStakeMinimumDelegation", "simulateTransaction"] {
        assert!(!asked.iter().any(|one| one == method), "{asked:?}");
    }
    assert!(asked.iter().any(|one| one == "getProgramAccounts"));
}

#[test]
fn f10_the_pace_of_slots_is_measured_once_for_a_command() {
    const SAMPLES: &str = "getRecentPerformanceSamples";
    let (net, holder) = start();
    for _ in 0..3 {
        net.json(&holder, &["unstake", "1"]);
    }
    let vote = net.validators[0].to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == SAMPLES {
            count.fetch_add(1, Ordering::Relaxed);
            let refusal = json!({"code": -32_601, "message": "Method not found"});
            *answer = json!({"jsonrpc": "2.0", "id": request["id"], "error": refusal});
        }
    });
    for command in [
        &["tickets"][..],
        &["calendar"],
        &["pool", "show"],
        &["pool", "config", "show"],
        &["validator", "explain", &vote],
        &["tables", "list"],
        &["stake-account", "list"],
        &["unstake", "1"],
    ] {
        asked.store(0, Ordering::Relaxed);
        stderr(&net, &node.url, &holder, command);
        let asked = asked.load(Ordering::Relaxed);
        assert!(asked <= 1, "{command:?}: {asked} times");
        assert!(
            asked == 1 || command != ["tickets"],
            "it is not asked at all"
        );
    }
}

#[test]
fn lookup_tables_are_remembered_for_nodes_without_an_index() {
    let (net, keeper) = start();
    net.json(&keeper, &["crank", "--tables"]);
    let listed = net.json(&keeper, &["tables", "list"]);
    assert_eq!(text(&listed, "/found_by"), "index");
    let node = without(&net, &NO_INDEX, REFUSALS[0]);
    let without_index = |arguments: &[&str]| {
        let arguments = [&["--output", "json"], arguments].concat();
        let output = net.run_at(&node.url, &keeper, &arguments);
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(
            said.contains("Lookup tables that this machine does not remember are left out."),
            "{said}"
        );
        serde_json::from_str::<Value>(&succeeded(&output, &arguments)).unwrap()
    };
    let mut remembered = without_index(&["tables", "list"]);
    assert_eq!(text(&remembered, "/found_by"), "local_book");
    remembered["found_by"] = json!("index");
    assert_eq!(remembered, listed);
    net.next_epoch();
    assert!(number(&without_index(&["crank", "--tables"]), "/transactions") > 0);
    assert_eq!(
        net.json(&keeper, &["tables", "list"]),
        listed,
        "no new ones"
    );
}
