//! Whether a command did what it said, and said what it did.

use std::{fmt, time::Duration};

use serde_json::Value;
use sluice_tests::net::faults::Scenario;

use super::{
    commands::{Kind, Subject},
    run::Run,
    truth::Landed,
};

/// Exit codes, as the book has them.
const DONE: i32 = 0;
const REFUSED: i32 = 1;
const USAGE: i32 = 2;
const NODE: i32 = 3;
const NOT_CONFIRMED: i32 = 4;
const PERHAPS_SENT: i32 = 5;

/// What no command may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// More arrived than the command means.
    DoubleSend,
    /// Something arrived whose signature was not said.
    LostSignature,
    /// It was said that nothing was done, and something was.
    FalseFailure,
    /// All was done, and the end was an error that does not leave this open.
    ErrorAfterSuccess,
    /// Not all was done, and the end was success.
    FalseSuccess,
    /// It did not end in its time.
    Hang,
    /// It gave up where it could have gone on.
    GaveUp,
    /// Its end has no meaning: a panic, or a code that the JSON contradicts.
    Garbled,
}

/// What came of a command under a scenario.
#[derive(Debug)]
pub struct Verdict {
    pub kind: Kind,
    /// Transactions that arrived and did something.
    landed: usize,
    /// How many should have.
    pub planned: usize,
    pub wrong: Vec<Wrong>,
    rule: String,
    /// The rules of every node, which make it happen again.
    details: String,
    code: Option<i32>,
    time: Duration,
    said: String,
    printed: String,
}

impl Verdict {
    /// Judges a run. Without a number of planned transactions, those that landed were.
    pub fn of(
        scenario: &Scenario,
        subject: &Subject,
        run: &Run,
        landed: &Landed,
        planned: Option<usize>,
    ) -> Self {
        let done = landed.done.len();
        let planned = planned.unwrap_or(done.max(1));
        Self {
            kind: subject.kind,
            landed: done,
            wrong: wrongs(scenario, subject.kind, run, landed, planned),
            planned,
            rule: scenario.name.clone(),
            details: details(scenario),
            code: run.code,
            time: run.time,
            said: run.stderr.lines().last().unwrap_or_default().to_owned(),
            printed: run.stdout.split_whitespace().collect(),
        }
    }

    /// Whether anything is wrong.
    pub fn is_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// Everything that is needed to see it again.
    pub fn in_full(&self) -> String {
        format!(
            "{self}\n    rules: {}\n    said: {}\n    printed: {}",
            self.details, self.said, self.printed
        )
    }
}

fn wrongs(
    scenario: &Scenario,
    kind: Kind,
    run: &Run,
    landed: &Landed,
    planned: usize,
) -> Vec<Wrong> {
    let done = landed.done.len();
    let is_named = |signature: &String| {
        run.stdout.contains(signature.as_str()) || run.stderr.contains(signature.as_str())
    };
    let all_named = landed.done.iter().chain(&landed.failed).all(is_named);
    let all_done = done >= planned;
    let nothing_said = matches!(run.code, Some(USAGE | NODE));
    let refused = run.code == Some(REFUSED);
    let is_open = matches!(run.code, Some(NOT_CONFIRMED | PERHAPS_SENT));
    let is_looked_for = kind.looks_again() && all_done && is_open && all_named;
    let found = [
        (done > planned && !kind.may_repeat(), Wrong::DoubleSend),
        (run.code.is_some() && !all_named, Wrong::LostSignature),
        (
            done > 0 && (nothing_said || refused && (all_done || !all_named)),
            Wrong::FalseFailure,
        ),
        (
            all_done && run.code != Some(DONE) && run.code.is_some() && !(is_open && all_named),
            Wrong::ErrorAfterSuccess,
        ),
        (run.code == Some(DONE) && !all_done, Wrong::FalseSuccess),
        (run.code.is_none(), Wrong::Hang),
        (
            scenario.survivable && run.code != Some(DONE) && !is_looked_for,
            Wrong::GaveUp,
        ),
        (is_garbled(run), Wrong::Garbled),
    ];
    let found = found.into_iter().filter(|(is_so, _)| *is_so);
    found.map(|(_, wrong)| wrong).collect()
}

/// Whether code and JSON do not mean the same, or nothing at all.
fn is_garbled(run: &Run) -> bool {
    let Some(code) = run.code else { return false };
    let value: Option<Value> = serde_json::from_str(&run.stdout).ok();
    // An incomplete result of several transactions has its code beside what was done.
    let said = value
        .as_ref()
        .and_then(|value| value["error"]["code"].as_str().or(value["code"].as_str()));
    let expected = match code {
        DONE => return value.is_none() || said.is_some(),
        REFUSED => "refused",
        USAGE => return true,
        NODE => "node",
        NOT_CONFIRMED => "not_confirmed",
        PERHAPS_SENT => "perhaps_sent",
        _ => return true,
    };
    said != Some(expected)
}

fn details(scenario: &Scenario) -> String {
    let nodes = scenario.nodes.iter().map(|rules| {
        let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
        format!("[{}]", rules.join("; "))
    });
    let nodes: Vec<String> = nodes.collect();
    format!("{} seed {}", nodes.join(" and "), scenario.seed)
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.code {
            Some(code) => format!("exit {code}"),
            None => "no end".to_owned(),
        };
        write!(
            formatter,
            "| {} | {} | {end} in {:.1} s, {} of {} landed",
            self.rule,
            self.kind,
            self.time.as_secs_f32(),
            self.landed,
            self.planned
        )?;
        for wrong in &self.wrong {
            write!(formatter, ", **{wrong:?}**")?;
        }
        formatter.write_str(" |")
    }
}
