//! `sluice pool yield`: what a pool earned, and why not more.

use std::time::Duration;

use serde_json::Value;
use sluice_localnet::{LocalnetConfig, ValidatorConfig};
use sluice_tests::command::{number, text};

use crate::net::CliNet;

const TWO_DAYS: Duration = Duration::from_secs(2 * 86_400);

/// A pool with a reward fee, on a cluster whose epochs last two days; its validators keep 5% and 7%.
fn with_days() -> CliNet {
    let validators = [500, 700].map(ValidatorConfig::with_commission_bps);
    let config = LocalnetConfig {
        validators: validators.into(),
        ..LocalnetConfig::default()
    };
    let mut net = CliNet::with_epochs_of(TWO_DAYS, config);
    net.create_active_pool();
    net.earn();
    net
}

fn signed(value: &Value, pointer: &str) -> i64 {
    let value = value.pointer(pointer).unwrap();
    let text = value.as_str().map(str::parse);
    text.map_or_else(|| value.as_i64().unwrap(), Result::unwrap)
}

fn cause<'a>(explained: &'a Value, name: &str) -> &'a Value {
    let causes = explained["causes"].as_array().unwrap();
    causes.iter().find(|one| one["cause"] == name).unwrap()
}

fn names(explained: &Value) -> Vec<&str> {
    let causes = explained["causes"].as_array().unwrap();
    causes
        .iter()
        .map(|one| one["cause"].as_str().unwrap())
        .collect()
}

#[test]
fn all_causes_add_up_to_the_difference_between_the_cluster_and_the_holders() {
    let net = with_days();
    net.json(&net.curator, &["stake", "50"]);
    net.earn();
    let said = net.json(&net.curator, &["pool", "yield"]);
    let explained = &said["explained"];
    assert!(said["unexplained"].is_null());
    let order = [
        "idle",
        "votes",
        "commission",
        "other",
        "reward_fee",
        "flows",
    ];
    assert_eq!(names(explained), order);
    for form in ["apy_parts_e9", "epoch_parts_e9", "change_lamports"] {
        let of = |part: &str| signed(explained, &format!("/{part}/{form}"));
        let causes = explained["causes"].as_array().unwrap();
        let sum: i64 = causes
            .iter()
            .map(|one| signed(one, &format!("/{form}")))
            .sum();
        assert_eq!(of("gross") + sum, of("net"), "{form}: {explained}");
    }
    for form in ["apy_parts_e9", "epoch_parts_e9"] {
        assert_eq!(explained["net"][form], said["yields"][0][form]);
    }
    // The clock counts in whole seconds, at either end.
    let seconds = number(explained, "/seconds");
    assert!(seconds.abs_diff(TWO_DAYS.as_secs()) <= 1, "{seconds}");
}

#[test]
fn each_cause_is_what_other_commands_say_of_it() {
    let net = with_days();
    let said = net.json(&net.curator, &["pool", "yield"]);
    let explained = &said["explained"];
    let history = net.json(&net.curator, &["pool", "history", "--epochs", "1"]);
    let near = |cause_name: &str, expected: i64| {
        let lamports = signed(cause(explained, cause_name), "/change_lamports");
        let difference = (lamports - expected).abs();
        assert!(difference <= 2, "{cause_name}: {lamports} for {expected}");
    };
    near("reward_fee", -signed(&history, "/epochs/0/fee_lamports"));
    let mut kept = 0;
    for vote in &net.validators[..2] {
        let line = net.json(&net.curator, &["validator", "explain", &vote.to_string()]);
        kept += signed(&line, "/gross_reward_lamports") - signed(&line, "/paid_lamports");
    }
    assert!(kept > 0);
    near("commission", -kept);
    // Every lamport that is no effective stake misses what a lamport of stake was paid.
    let of = |key: &str| i128::from(number(explained, key));
    let idle = of("/owned_lamports") - of("/earning_lamports");
    let missed = idle * of("/cluster_rewards_lamports") / of("/cluster_stake_lamports");
    near("idle", -i64::try_from(missed).unwrap());
    // Nobody came or left, and all validators of this cluster vote in every slot.
    near("flows", 0);
    near("votes", 0);
}

#[test]
fn the_lines_of_the_table_add_up_as_they_are_shown() {
    let net = with_days();
    let table = net.table(&net.curator, &["pool", "yield"]);
    for column in [2, 3] {
        let mut shown = column_of(&table, column);
        let net_yield = shown.pop().unwrap();
        assert_eq!(shown.len(), 7, "{table}");
        assert_eq!(shown.iter().sum::<i64>(), net_yield, "{table}");
    }
    for said in [
        "Epoch 1 lasted ",
        "commission of the validators: ",
        "The drip takes",
    ] {
        assert!(table.contains(said), "no {said}: {table}");
    }
}

/// Percents of a column, in ten thousandths.
fn column_of(table: &str, column: usize) -> Vec<i64> {
    let cells = table
        .lines()
        .filter_map(|line| line.split(['│', '┆']).nth(column));
    let numbers = cells.filter_map(|cell| cell.trim().strip_suffix('%'));
    numbers
        .map(|number| number.replace('.', "").parse().unwrap())
        .collect()
}

#[test]
fn where_epochs_are_short_only_the_epoch_is_told() {
    let net = CliNet::with_active_stake();
    net.earn();
    let said = net.json(&net.curator, &["pool", "yield"]);
    let explained = &said["explained"];
    assert!(
        explained["net"]["apy_parts_e9"].is_null() && explained["gross"]["apy_parts_e9"].is_null()
    );
    assert!(signed(explained, "/gross/epoch_parts_e9") > signed(explained, "/net/epoch_parts_e9"));
    let table = net.table(&net.curator, &["pool", "yield"]);
    assert!(
        table.contains("too short here to tell what a year") && !table.contains("a year ┆"),
        "{table}"
    );
}

#[test]
fn what_cannot_be_explained_is_said_in_words() {
    let net = CliNet::new();
    let unexplained = || {
        let said = net.json(&net.curator, &["pool", "yield"]);
        assert!(said["explained"].is_null());
        text(&said, "/unexplained")
    };
    assert_eq!(unexplained(), "young");
    let crank = || net.earn();
    crank();
    assert_eq!(unexplained(), "young");
    crank();
    assert_eq!(unexplained(), "no_gain");
    net.next_epoch();
    assert_eq!(unexplained(), "stale");
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    assert_eq!(unexplained(), "skipped");
    let table = net.table(&net.curator, &["pool", "yield"]);
    assert!(
        table.contains("cannot be explained: the epoch before was never priced"),
        "{table}"
    );
}
