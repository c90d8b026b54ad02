//! What people read, as it was approved: every help, every table, every refusal of the command
//! itself. After a change on purpose, `INSTA_UPDATE=always` writes what is read now.

mod help;
mod holders;
mod operators;
mod refusals;

use std::process::Output;

use insta::Settings;

use crate::net::{CliNet, User};

/// What differs from run to run, and what stands in its place. Columns are as wide as addresses,
/// whose length differs too.
const VARYING: [(&str, &str); 16] = [
    (r"[A-Za-z0-9+/]{150,}={0,2}", "MESSAGE"),
    (r"\b[1-9A-HJ-NP-Za-km-z]{80,90}\b", "SIGNATURE"),
    (r"\b[1-9A-HJ-NP-Za-km-z]{40,44}\b", "ADDRESS"),
    (r"/\S*/\.tmp\w+/", "DIRECTORY/"),
    (r"127\.0\.0\.1:\d{4,}", "NODE"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "DATE"),
    (r"in about \d+ \w+", "in about A WHILE"),
    (r"\b(slot|serial) \d+", "$1 NUMBER"),
    (r"\d+ compute units", "NUMBER compute units"),
    (r"block height \d+", "block height NUMBER"),
    (r"compute units: \d+", "compute units: NUMBER"),
    (r"(\S) {2,}", "$1 "),
    (r"─+", "─"),
    (r"═+", "═"),
    (r"-{3,}", "---"),
    (r" +\n", "\n"),
];

/// Amounts that follow from how long something took.
const AMOUNTS: (&str, &str) = (r"-?\b\d+\.\d{9}\b", "AMOUNT");

/// So do yields.
const YIELDS: (&str, &str) = (r"\b\d+\.\d{4}% (per epoch|in the last)", "PERCENT $1");

/// So do the steps of a yield, in a column, and what a drip holds back.
const STEPS: (&str, &str) = (r"-?\b\d+\.\d{4}% (┆|of the deposit)", "PERCENT $1");

/// Compares with what was approved under this name.
fn assert_approved(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (varying, name) in VARYING {
        settings.add_filter(varying, name);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// What was typed on a cluster, and what was read.
struct Transcript<'a> {
    net: &'a CliNet,
    text: String,
}

impl<'a> Transcript<'a> {
    fn on(net: &'a CliNet) -> Self {
        let text = String::new();
        Self { net, text }
    }

    /// Runs a command that must succeed.
    fn read(&mut self, user: &User, arguments: &[&str]) {
        let output = self.net.run(user, arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        self.note(arguments, &output);
    }

    /// Runs a command that must be refused.
    fn refused(&mut self, user: &User, arguments: &[&str]) {
        let output = self.net.run(user, arguments);
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        self.note(arguments, &output);
    }

    /// What is announced on the way comes before the result.
    fn note(&mut self, arguments: &[&str], output: &Output) {
        self.text += &format!("$ sluice {}\n", arguments.join(" "));
        for stream in [&output.stderr, &output.stdout] {
            self.text += &String::from_utf8_lossy(stream);
        }
        self.text += "\n";
    }

    fn assert_approved(self, name: &str) {
        assert_approved(name, &self.text);
    }

    /// The same, where amounts follow from rewards or from the slot.
    fn assert_approved_but_amounts(self, name: &str) {
        let mut settings = Settings::clone_current();
        settings.add_filter(AMOUNTS.0, AMOUNTS.1);
        settings.add_filter(YIELDS.0, YIELDS.1);
        settings.add_filter(STEPS.0, STEPS.1);
        settings.bind(|| self.assert_approved(name));
    }
}
