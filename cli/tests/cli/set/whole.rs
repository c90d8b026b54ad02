//! From a file to a pool and back.

use serde_json::Value;
use sluice_math::Lamports;
use sluice_tests::{
    command::{failed, number, text},
    net::faults::{Calls, Effect, FaultyNode, Heard, Rule, Trigger},
};

use super::{applied, exported, file, list, planned, validators};
use crate::net::{CliNet, SOL};

const VALIDATORS: usize = 30;

/// A cluster of 30 validators with a pool that has none.
fn with_many() -> CliNet {
    CliNet::with_commissions(&[500; VALIDATORS])
}

/// The pool with all of them, a lower fee, a cap, another guardian and another treasury.
fn wish(net: &CliNet, heir: &str) -> String {
    let own = net.curator.address;
    let pool = exported(net)
        .replace("reward_fee_bps = 500", "reward_fee_bps = 400")
        .replace("deposit_cap_sol = \"none\"", "deposit_cap_sol = \"1000.5\"")
        .replace(&format!("guardian = \"{own}\""), "guardian = \"nobody\"")
        .replace(
            &format!("treasury = \"{own}\""),
            &format!("treasury = \"{heir}\""),
        );
    let weights = net.validators.iter().zip(1..);
    pool + &validators(weights)
}

fn weights(net: &CliNet) -> Vec<(String, u64)> {
    let listed = net.json(&net.curator, &["validator", "list"]);
    let lines = list(&listed, "validators").iter();
    lines
        .map(|line| (text(line, "/vote"), number(line, "/next_weight")))
        .collect()
}

#[test]
fn a_whole_pool_is_made_from_a_file_and_the_file_again_does_nothing() {
    let net = with_many();
    let heir = net.user("heir", SOL).address.to_string();
    let wish = wish(&net, &heir);
    let plan = planned(&net, &wish);
    assert_eq!(list(&plan, "changes").len(), VALIDATORS + 4);
    assert_eq!(plan["is_done"], false);

    let done = applied(&net, &net.curator, &wish);
    assert_eq!(number(&done, "/changes"), VALIDATORS as u64 + 4);
    // Five additions fill a transaction.
    assert!(list(&done, "signatures").len() <= 8, "{done}");
    let expected: Vec<(String, u64)> = net
        .validators
        .iter()
        .map(ToString::to_string)
        .zip(1..)
        .collect();
    assert_eq!(weights(&net), expected);
    let roles = net.json(&net.curator, &["pool", "role", "show"]);
    assert!(roles["guardian"].is_null());
    assert_eq!(text(&roles, "/treasury"), heir);

    for _ in 0..2 {
        let again = applied(&net, &net.curator, &wish);
        assert_eq!(number(&again, "/changes"), 0);
        assert!(list(&again, "signatures").is_empty());
        // What was announced comes into force.
        net.next_epoch();
        net.json(&net.curator, &["crank"]);
    }
    let rates = net.json(&net.curator, &["pool", "show"])["rates"].clone();
    assert_eq!(number(&rates, "/reward_fee_bps"), 400);
    assert_eq!(planned(&net, &wish)["is_done"], true);
}

#[test]
fn what_a_file_takes_is_told_before_it_is_asked_and_is_what_it_takes() {
    let net = with_many();
    let heir = net.user("heir", SOL).address.to_string();
    let file = file(&net, &wish(&net, &heir));
    let apply = ["pool", "apply", &file];
    let before = net.lamports(&net.curator.address);
    let asked = net.run(&net.curator, &apply);
    assert!(failed(&asked, &apply).ends_with("pass --yes"));
    assert_eq!(net.lamports(&net.curator.address), before);
    let told = String::from_utf8(asked.stderr).unwrap();
    let fact = |name: &str| {
        let line = told.lines().find(|line| line.starts_with(name));
        let line = line.unwrap_or_else(|| panic!("no {name}: {told}"));
        let amounts = line
            .split(' ')
            .filter_map(|word| word.parse::<Lamports>().ok());
        amounts.map(Lamports::get).collect::<Vec<_>>()
    };
    let (rent, fees) = (fact("Rent "), fact("Fees "));
    let applied = net.json(&net.curator, &[&apply[..], &["--yes"]].concat());
    let paid = before - net.lamports(&net.curator.address);
    let network = number(&applied, "/network_fee_lamports");
    assert_eq!(
        paid - network,
        rent[0],
        "to the lamport: nobody sent anything there"
    );
    assert!(
        fees[0] <= network && network <= fees[1],
        "{network}: {told}"
    );
}

#[test]
fn weights_change_and_validators_leave_many_in_a_transaction() {
    let net = with_many();
    let all = |weight: u16| validators(net.validators.iter().map(|vote| (vote, weight)));
    applied(&net, &net.curator, &all(100));
    let most = net.validators[..25].iter().map(|vote| (vote, 50));
    let fewer = validators(most);
    let plan = planned(&net, &fewer);
    assert_eq!(list(&plan, "changes").len(), VALIDATORS);
    let done = applied(&net, &net.curator, &fewer);
    assert!(list(&done, "signatures").len() <= 2, "{done}");
    let plan = planned(&net, &fewer);
    assert_eq!(
        (list(&plan, "changes").len(), &plan["is_done"]),
        (0, &Value::Bool(true))
    );
}

#[test]
fn what_is_exported_needs_no_change_whatever_waits() {
    let mut net = CliNet::without_pool();
    let words = [
        "--name",
        "A \"b\" \\ ü",
        "--symbol",
        "AB",
        "--uri",
        "https://example.com/a.json",
    ];
    let created = net.json(&net.curator, &[&["pool", "create"], &words[..]].concat());
    net.pool = text(&created, "/pool");
    net.mint = text(&created, "/mint");
    let heir = net.user("heir", SOL).address.to_string();
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    let unchanged = |moment: &str| {
        let plan = planned(&net, &exported(&net));
        assert_eq!(plan["is_done"], true, "{moment}: {plan}");
    };
    unchanged("new");
    for command in [
        &["validator", "add", &votes[0], &votes[1], &votes[2]][..],
        &["pool", "config", "schedule", "reward-fee-bps", "700"],
        &["pool", "config", "schedule", "deposit-cap", "12.5"],
        &["pool", "role", "nominate-admin", &heir],
        &["validator", "weight", &votes[0], "0"],
        &["validator", "retire", &votes[1]],
        &["pool", "role", "set-guardian", "--clear"],
    ] {
        net.json(&net.curator, command);
        unchanged(&command.join(" "));
    }
    let plan = planned(&net, &exported(&net));
    assert_eq!(list(&plan, "waiting").len(), 2);
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    unchanged("in the next epoch");
    net.json(&net.curator, &["pool", "metadata", "hand-over", &heir]);
    unchanged("handed over");
}

#[test]
fn a_token_is_named_otherwise_and_handed_over_by_a_file() {
    let mut net = CliNet::without_pool();
    let words = [
        "--name",
        "Old",
        "--symbol",
        "O",
        "--uri",
        "https://example.com/a.json",
    ];
    let created = net.json(&net.curator, &[&["pool", "create"], &words[..]].concat());
    net.pool = text(&created, "/pool");
    let heir = net.user("heir", SOL).address.to_string();
    let wish = format!("[token]\nname = \"New\"\nsymbol = \"N\"\nupdate_authority = \"{heir}\"\n");
    let done = applied(&net, &net.curator, &wish);
    assert_eq!(
        (number(&done, "/changes"), list(&done, "signatures").len()),
        (2, 1)
    );
    let shown = net.json(&net.curator, &["pool", "metadata", "show"]);
    for (key, value) in [
        ("name", "New"),
        ("symbol", "N"),
        ("update_authority", &heir),
    ] {
        assert_eq!(text(&shown, &format!("/token/{key}")), value);
    }
    assert_eq!(planned(&net, &wish)["is_done"], true);
}

/// A node that carries so many transactions to the cluster, and is away then.
fn carrying(net: &CliNet, transactions: usize) -> FaultyNode {
    let rule = Rule {
        calls: Calls::Of("sendTransaction"),
        trigger: Trigger::After(transactions),
        effect: Effect::Instead(Heard::Error(-32_000, "away")),
    };
    FaultyNode::before(&net.url(), &[rule], 0)
}

#[test]
fn what_is_interrupted_after_any_transaction_is_finished_by_the_same_file() {
    let net = with_many();
    let heir = net.user("heir", SOL).address.to_string();
    let wish = wish(&net, &heir);
    let file = file(&net, &wish);
    let apply = ["--patience", "2", "pool", "apply", &file, "--yes"];
    let mut left = list(&planned(&net, &wish), "changes").to_vec();
    let mut interrupted = 0;
    loop {
        let node = carrying(&net, 1);
        let output = net.run_at(&node.url, &net.curator, &apply);
        let now = list(&planned(&net, &wish), "changes").to_vec();
        // What is done is done, in order, and the rest is as it was.
        assert!(now.len() < left.len(), "{output:?}");
        let rest = &left[left.len() - now.len()..];
        let whats = |changes: &[Value]| {
            let all = changes.iter().map(|one| one["differences"].clone());
            all.collect::<Vec<_>>()
        };
        assert_eq!(whats(&now), whats(rest));
        left = now;
        if left.is_empty() {
            break;
        }
        assert!(!output.status.success());
        interrupted += 1;
    }
    assert!(interrupted >= 4, "{interrupted}");
    assert_eq!(weights(&net).len(), VALIDATORS);
    assert_eq!(planned(&net, &wish)["is_done"], true);
}
