//! `sluice validator rate`: all validators of the cluster by what they paid.

use std::{collections::HashMap, fs};

use serde_json::Value;
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::LyingNode,
};

use crate::{
    net::CliNet,
    refused_methods::{REFUSALS, without},
};

/// Local clusters are young, and have few validators, each with a large share.
const LENIENT: &str = "\
    max_commission_bps = 6_000\n\
    min_age_epochs = 0\n\
    max_stake_share_bps = 10_000\n\
    exclude_superminority = false\n";

/// Validators that keep 9%, nothing and half, and one that does not vote.
fn cluster() -> CliNet {
    let net = CliNet::with_commissions(&[900, 0, 5_000, 100]);
    net.silence(&net.validators[3]);
    for _ in 0..3 {
        net.earn();
    }
    net
}

fn file(net: &CliNet, text: &str) -> String {
    let path = net.path("thresholds.toml");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn rate(net: &CliNet, options: &[&str]) -> Value {
    let path = file(net, LENIENT);
    let rate = ["validator", "rate", "--thresholds", &path];
    net.json(&net.curator, &[&rate[..], options].concat())
}

fn lines(said: &Value) -> &[Value] {
    said["validators"].as_array().unwrap()
}

fn line_of<'a>(net: &CliNet, said: &'a Value, index: usize) -> &'a Value {
    let vote = net.validators[index].to_string();
    let of = |line: &&Value| line["vote"] == vote.as_str();
    lines(said).iter().find(of).unwrap()
}

#[test]
fn a_real_runtimes_payments_are_what_validators_say_and_the_cheapest_is_first() {
    let net = cluster();
    let said = rate(&net, &[]);
    assert_eq!(number(&said, "/rated_validators"), 4);
    let order: Vec<&str> = lines(&said)
        .iter()
        .map(|line| line["vote"].as_str().unwrap())
        .collect();
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    assert_eq!(
        order,
        [1, 0, 2, 3].map(|index: usize| votes[index].as_str())
    );
    for (index, says) in [(0, 900), (1, 0), (2, 5_000)] {
        let line = line_of(&net, &said, index);
        assert_eq!(number(line, "/commission_bps"), says);
        let took = number(line, "/last_take_bps");
        // A tenth may be drift, where the chain has forgotten the stake of that epoch.
        assert!((says * 89 / 100..=says).contains(&took), "{took} of {says}");
        assert_eq!(number(line, "/kept_bps"), says);
        assert_eq!(text(line, "/excluded_by"), "");
    }
    let silent = line_of(&net, &said, 3);
    assert!(text(silent, "/excluded_by").contains("missed"), "{silent}");
}

#[test]
fn what_is_expected_for_an_epoch_is_what_the_pool_was_really_paid() {
    let net = CliNet::with_active_stake();
    net.earn();
    let said = rate(&net, &["--epochs", "1"]);
    let listed = net.json(&net.curator, &["validator", "list"]);
    let mut compared = 0;
    for slot in listed["validators"].as_array().unwrap() {
        let line = lines(&said)
            .iter()
            .find(|line| line["vote"] == slot["vote"])
            .unwrap();
        let expected = number(line, "/net_yield_parts_e9");
        let Some(paid) = slot["paid_lamports"].as_str() else {
            continue;
        };
        let paid: u128 = paid.parse().unwrap();
        let of: u128 = text(slot, "/rewarded_lamports").parse().unwrap();
        let real = u64::try_from(paid * 1_000_000_000 / of).unwrap();
        // To a thousandth: shares are basis points.
        assert!(
            real.abs_diff(expected) <= real / 1_000,
            "{real} for {expected}"
        );
        compared += 1;
    }
    assert!(compared >= 2);
}

#[test]
fn the_usual_thresholds_leave_out_all_of_a_small_young_cluster_and_say_why() {
    let net = cluster();
    let table = net.table(&net.curator, &["validator", "rate"]);
    for said in [
        "These are 0 of 4 validators",
        "Left out by the thresholds: 4 validators.",
        "young 4",
        "large 4",
    ] {
        assert!(table.contains(said), "{said}: {table}");
    }
}

#[test]
fn the_table_fits_80_columns_and_names_the_best() {
    let net = cluster();
    let path = file(&net, LENIENT);
    let typed = ["validator", "rate", "--thresholds", &path, "--limit", "2"];
    let table = net.table(&net.curator, &typed);
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with(['│', '┌', '└']))
        .collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 80), "{table}");
    let best = net.validators[1].to_string();
    assert!(rows.iter().any(|row| row.contains(&best)), "{table}");
    let worst = net.validators[2].to_string();
    assert!(
        !table.contains(&worst) && table.contains("These are 2 of 4"),
        "{table}"
    );
}

#[test]
fn a_score_is_explained_in_parts_that_add_up() {
    let net = cluster();
    let vote = net.validators[0].to_string();
    let said = rate(&net, &["--explain", &vote]);
    let [line] = lines(&said) else {
        panic!("{said}");
    };
    let parts = line["parts"].as_array().unwrap();
    let sum: i64 = parts
        .iter()
        .map(|part| part["points"].as_i64().unwrap())
        .sum();
    assert_eq!(line["score"].as_i64().unwrap(), 10_000 + sum);
    let path = file(&net, LENIENT);
    let typed = [
        "validator",
        "rate",
        "--thresholds",
        &path,
        "--explain",
        &vote,
    ];
    let words = net.table(&net.curator, &typed);
    for part in parts {
        assert!(words.contains(part["reason"].as_str().unwrap()), "{words}");
    }
    assert!(
        words.contains("keeps 9.00% of rewards; no payment shows more"),
        "{words}"
    );
}

#[test]
fn comma_separated_values_have_all_columns_of_all_validators() {
    let net = cluster();
    let path = file(&net, LENIENT);
    let typed = ["validator", "rate", "--thresholds", &path, "--csv"];
    let output = net.run(&net.curator, &typed);
    succeeded(&output, &typed);
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rows = text.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let said = rate(&net, &[]);
    let mut count = 0;
    for (row, line) in rows.zip(lines(&said)) {
        let row: HashMap<&str, &str> = names.iter().copied().zip(row).collect();
        let keys = line.as_object().unwrap().keys();
        for key in keys.filter(|key| !["parts", "exclusions"].contains(&key.as_str())) {
            let value = &line[key];
            let plain = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(row[key.as_str()], plain.replace("null", ""), "{key}");
        }
        assert_eq!(
            row["oldest_paid_epoch"],
            said["oldest_paid_epoch"].to_string()
        );
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn nodes_that_refuse_what_is_only_good_to_know_still_give_a_rating() {
    let net = cluster();
    for (methods, said) in [
        (
            &["getInflationReward"][..],
            "This node does not tell what was paid: what validators took is unknown.",
        ),
        (
            &["getClusterNodes"],
            "This node does not tell the software of others.",
        ),
        (&["getProgramAccounts"], "These are 3 of 4"),
    ] {
        for refusal in REFUSALS {
            let node = without(&net, methods, refusal);
            let path = file(&net, LENIENT);
            let typed = ["validator", "rate", "--thresholds", &path];
            let output = net.run_at(&node.url, &net.curator, &typed);
            succeeded(&output, &typed);
            let table = String::from_utf8(output.stdout).unwrap();
            assert!(table.contains(said), "{refusal:?}: {table}");
        }
    }
}

#[test]
fn a_node_that_lists_nonsense_spoils_its_own_list_and_nothing_panics() {
    let net = cluster();
    let node = LyingNode::before(&net.url(), |request, answer| {
        match request["method"].as_str().unwrap() {
            "getVoteAccounts" => {
                let listed = answer["result"]["current"].as_array_mut().unwrap();
                listed[0]["votePubkey"] = "nonsense".into();
                listed[1]["activatedStake"] = u64::MAX.into();
            }
            "getInflationReward" => {
                for paid in answer["result"].as_array_mut().unwrap() {
                    if paid.is_object() {
                        paid["amount"] = u64::MAX.into();
                        paid["postBalance"] = 0.into();
                    }
                }
            }
            "getClusterNodes" => {
                answer["result"][0]["version"] = "=cmd|' /C'!A0,\n\u{1b}[2J".into();
            }
            _ => {}
        }
    });
    for format in [
        &["--csv"][..],
        &[],
        &["--explain", &net.validators[1].to_string()],
    ] {
        let typed = [&["validator", "rate"][..], format].concat();
        let output = net.run_at(&node.url, &net.curator, &typed);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        assert!(!said.contains("=cmd") && !said.contains('\u{1b}'), "{said}");
    }
}

#[test]
fn what_is_wrong_in_a_file_of_thresholds_is_said_with_its_line_and_nobody_is_asked() {
    let net = CliNet::without_pool();
    for (written, said) in [
        ("max_comission_bps = 5", "unknown field"),
        ("\nmax_commission_bps = 70000", "line 2"),
        (
            "max_commission_bps = 10001",
            "line 1: all is 10000 basis points, and 10001 stands there",
        ),
        (
            "max_stake_share_bps = 20000",
            "line 1: all is 10000 basis points, and 20000 stands there",
        ),
        (
            "epochs = 0",
            "line 1: epochs must be 1 to 64, and 0 stands there",
        ),
        (
            "epochs = 65",
            "line 1: epochs must be 1 to 64, and 65 stands there",
        ),
        ("min_version = \"4.2\"", "a version must be three numbers"),
        ("exclude_superminority = 1", "line 1"),
    ] {
        let path = file(&net, written);
        let typed = ["validator", "rate", "--thresholds", &path];
        let refused = failed(&net.run(&net.curator, &typed), &typed);
        assert!(
            refused.contains(said) && refused.contains("thresholds"),
            "{written}: {refused}"
        );
    }
    let missing = net.path("nowhere.toml").display().to_string();
    let typed = ["validator", "rate", "--thresholds", &missing];
    let refused = failed(&net.run(&net.curator, &typed), &typed);
    assert!(refused.contains("cannot be read"), "{refused}");
}

#[test]
fn options_that_do_not_go_together_and_unknown_addresses_are_refused() {
    let net = CliNet::without_pool();
    let stranger = net.curator.address.to_string();
    for (typed, said) in [
        (&["--csv", "--output", "json"][..], "two formats"),
        (&["--explain", &stranger], "is none of the"),
        (&["--epochs", "0"], "0 is not in 1..=64"),
        (&["--csv", "--explain", &stranger], "cannot be used with"),
        (&["--explain", "x"], "x"),
    ] {
        let typed = [&["validator", "rate"][..], typed].concat();
        let output = net.run(&net.curator, &typed);
        let refused = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty() || typed.contains(&"json"));
        assert!(refused.contains(said), "{typed:?}: {refused}");
    }
}
