//! The same rules for Prometheus, tried with its own tool.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use strum::IntoEnumIterator;

use super::*;

const RULES: &str = include_str!("../../../../deploy/prometheus/alerts.yml");
const TESTS: &str = include_str!("../../../../deploy/prometheus/alerts.test.yml");
const BOOK: &str = include_str!("../../../../docs/src/alerts.md");
/// Only Prometheus can tell that there is no keeper.
const KEEPER_DOWN: &str = "SluiceKeeperDown";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/prometheus")
}

fn promtool(folder: &Path, arguments: &[&str]) -> Output {
    let mut promtool = Command::new("promtool");
    promtool.current_dir(folder).args(arguments);
    promtool
        .output()
        .expect("promtool is missing: on Debian, run: sudo apt-get install prometheus")
}

fn assert_passes(arguments: &[&str]) {
    let output = promtool(&folder(), arguments);
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

/// The values after a key, each once.
fn named(text: &str, key: &str) -> BTreeSet<String> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(key));
    lines.map(|name| name.trim().to_owned()).collect()
}

fn all() -> BTreeSet<String> {
    let rules = Rule::iter().map(|rule| rule.to_string());
    rules.chain([KEEPER_DOWN.to_owned()]).collect()
}

#[test]
fn prometheus_and_the_book_have_the_alerts_of_the_keeper_with_their_severities() {
    assert_eq!(named(RULES, "- alert:"), all());
    assert_eq!(named(TESTS, "- alertname:"), all());
    let rows = BOOK
        .lines()
        .filter_map(|line| line.strip_prefix("| `Sluice"));
    let told = rows.filter_map(|row| row.split('`').next());
    assert_eq!(
        told.map(|name| format!("Sluice{name}"))
            .collect::<BTreeSet<_>>(),
        all()
    );
    for rule in Rule::iter() {
        let severity = rule.severity();
        let of_rule = RULES
            .split("- alert: ")
            .find(|part| part.starts_with(&format!("{rule}\n")));
        let of_rule = of_rule.unwrap_or_default();
        assert!(
            of_rule.contains(&format!("severity: {severity}\n")),
            "{rule}"
        );
        let row = BOOK
            .lines()
            .find(|line| line.starts_with(&format!("| `{rule}`")));
        let row = row.unwrap_or_default();
        assert!(row.contains(&format!("| {severity} |")), "{rule}");
    }
}

#[test]
fn prometheus_has_the_thresholds_of_the_keepers_default() {
    let limits = AlertSettings::default();
    let sol = |lamports: u64| {
        format!(
            "{}.{:02}",
            lamports / 1_000_000_000,
            lamports % 1_000_000_000 / 10_000_000
        )
    };
    let part = |hundredths: u32| format!("0.{hundredths:02}");
    for expression in [
        format!(
            "sluice_epoch_passed_ratio >= 0.{}",
            limits.not_priced_percent / 10
        ),
        format!("sluice_queue_age_epochs > {}", limits.queue_age_epochs),
        format!("sluice_due_step_age_seconds > {}", limits.due_minutes * 60),
        format!(
            "sluice_yield_gap_ratio > {}",
            part(limits.yield_gap_bps / 100)
        ),
        format!(
            "lamports / 1e9 * {}",
            part(100 - limits.market_gap_bps / 100)
        ),
        format!("sluice_pool_read_age_seconds > {}", limits.unread_seconds),
        format!(
            "balance_lamports / 1e9 < {}",
            sol(limits.low_balance_sol.get())
        ),
        format!("sluice_keeper_idle_seconds > {}", limits.idle_seconds),
        format!("for: {}m", limits.for_seconds / 60),
    ] {
        assert!(RULES.contains(&expression), "{expression}");
    }
}

#[test]
fn promtool_fires_each_alert_and_none_when_all_is_well() {
    assert_passes(&["check", "rules", "alerts.yml"]);
    assert_passes(&["test", "rules", "alerts.test.yml"]);
}

#[test]
fn promtool_misses_each_rule_that_is_taken_out() {
    let changed = tempfile::tempdir().unwrap();
    std::fs::write(
        changed.path().join("alerts.yml"),
        RULES.replace("- alert: ", "- alert: No"),
    )
    .unwrap();
    std::fs::write(changed.path().join("alerts.test.yml"), TESTS).unwrap();
    let output = promtool(changed.path(), &["test", "rules", "alerts.test.yml"]);
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    for rule in all() {
        assert!(
            said.contains(&format!("alertname: {rule},")),
            "{rule}: {said}"
        );
    }
}
