//! Nodes that go on in their slots and show old accounts as new ones.

use serde_json::{Value, json};
use sluice_tests::{
    command::{failed, succeeded},
    net::{Frozen, FrozenNode, LyingNode},
};
use solana_stake_interface::state::Lockup;

use crate::net::{CliNet, SOL};

/// What is said of a node that is not used.
const SAID: &str = "shows accounts as new ones";

/// A pool in a new epoch, and a node that shows it, and the clock, as they were in the epoch before.
fn frozen() -> (CliNet, FrozenNode) {
    let net = CliNet::with_active_stake();
    let node = FrozenNode::before(&net.url(), Frozen::Accounts);
    for arguments in [["pool", "verify"].as_slice(), &["crank"]] {
        net.run_at(&node.url, &net.curator, arguments);
    }
    node.freeze(true);
    net.next_epoch();
    (net, node)
}

#[test]
fn a_node_with_old_accounts_is_left_out_and_named_and_the_others_are_asked() {
    let (net, node) = frozen();
    let holder = net.user("holder", 100 * SOL);
    let urls = format!("{},{}", node.url, net.url());
    let stake = ["stake", "10"];
    let output = net.run_at(&urls, &holder, &stake);
    succeeded(&output, &stake);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(SAID) && said.contains(&node.url), "{said}");
    assert!(net.tokens(&holder.address) > 0);
    net.next_epoch();
    let crank = ["--output", "json", "crank"];
    let cranked = succeeded(&net.run_at(&urls, &net.curator, &crank), &crank);
    let cranked: Value = serde_json::from_str(&cranked).unwrap();
    assert_ne!(cranked["transactions"], json!(0), "{cranked}");
    let verify = ["--output", "json", "pool", "verify"];
    let verified = net.run_at(&urls, &net.curator, &verify).stdout;
    let verified: Value = serde_json::from_slice(&verified).unwrap();
    // The pool is what it says, and one of two nodes could not be asked.
    let checks = verified["checks"].as_array().unwrap().iter();
    let worse = checks.filter(|check| check["verdict"] != "ok" && check["verdict"] != "notice");
    let worse: Vec<&Value> = worse.map(|check| &check["check"]).collect();
    assert_eq!(worse, ["second_node"], "{verified}");
}

#[test]
fn by_a_node_with_old_accounts_alone_nothing_is_sent_and_it_is_said_why() {
    let (net, node) = frozen();
    let holder = net.user("holder", 100 * SOL);
    for arguments in [["stake", "10"].as_slice(), &["crank"], &["pool", "verify"]] {
        let refused = failed(&net.run_at(&node.url, &holder, arguments), arguments);
        assert!(refused.contains(SAID), "{refused}");
    }
    assert_eq!(net.lamports(&holder.address), 100 * SOL);
}

/// D denies all accounts, and L shows them. What D says of tickets and tokens is no word of truth either.
#[test]
fn a_node_that_denies_a_pool_that_another_one_shows_is_not_asked_for_anything_more() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "10"]);
    net.json(&holder, &["unstake", "2"]);
    net.stake_account(&holder, 10 * SOL, Lockup::default(), None);
    let denying = LyingNode::before(&net.url(), |request, answer| {
        let result = &mut answer["result"];
        match request["method"].as_str() {
            Some("getMultipleAccounts") => {
                for value in result["value"].as_array_mut().into_iter().flatten() {
                    *value = Value::Null;
                }
            }
            Some("getAccountInfo") => result["value"] = Value::Null,
            Some("getTokenAccountsByOwner") => result["value"] = json!([]),
            Some("getProgramAccounts") if result.is_array() => *result = json!([]),
            Some("getProgramAccounts") => result["value"] = json!([]),
            _ => {}
        }
    });
    let urls = format!("{},{}", denying.url, net.url());
    let told = |arguments: &[&str]| {
        let json = [&["--output", "json"], arguments].concat();
        let output = net.run_at(&urls, &holder, &json);
        let printed = succeeded(&output, &json);
        let said = String::from_utf8(output.stderr).unwrap();
        (serde_json::from_str::<Value>(&printed).unwrap(), said)
    };
    for (reading, key) in [
        (["tickets"].as_slice(), "tickets"),
        (&["stake-account", "list"], "stake_accounts"),
    ] {
        let (printed, said) = told(reading);
        assert_eq!(printed[key].as_array().map(Vec::len), Some(1), "{printed}");
        assert!(said.contains(SAID) && said.contains(&denying.url), "{said}");
    }
    let (printed, _) = told(&["pool", "list"]);
    assert_eq!(printed, net.json(&holder, &["pool", "list"]));
    let tokens = net.tokens(&holder.address);
    let (_, said) = told(&["unstake", "1"]);
    assert!(said.contains(SAID), "{said}");
    assert_eq!(net.tokens(&holder.address), tokens - SOL);
}

#[test]
fn a_pool_that_one_of_two_nodes_denies_is_shown_by_the_other() {
    let net = CliNet::new();
    let pool = json!(net.pool);
    let denying = LyingNode::before(&net.url(), move |request, answer| {
        let asked = request["params"][0].as_array();
        let place = asked.and_then(|asked| asked.iter().position(|one| *one == pool));
        if let Some(place) = place {
            answer["result"]["value"][place] = Value::Null;
        }
    });
    let urls = format!("{},{}", denying.url, net.url());
    let show = ["pool", "show"];
    succeeded(&net.run_at(&urls, &net.curator, &show), &show);
    let alone = failed(&net.run_at(&denying.url, &net.curator, &show), &show);
    assert!(alone.contains("There is no pool at"), "{alone}");
}
