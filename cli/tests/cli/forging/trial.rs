//! A command behind a node that lies, and what came of it.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant},
};

use sluice_tests::{
    command::command,
    net::faults::{Forgery, Mutation},
};
use solana_rpc_client_api::config::RpcSimulateTransactionConfig;
use solana_transaction::versioned::VersionedTransaction;
use tempfile::TempDir;

use super::{
    commands::Case,
    harmless,
    signed::{differences, instructions_of},
};
use crate::faults::stage::Stage;

/// Address space of a command, in KiB.
const MOST_KIB: &str = "4194304";
/// How long a command may take, in seconds: far longer than its patience.
const MOST_SECONDS: &str = "90";
/// What `timeout` says of a command that did not end.
const TIMED_OUT: i32 = 124;
/// Transactions that a node can make somebody pay for: the rounds of a crank on the way.
const MOST_TRANSACTIONS: usize = 30;

/// A command and a lie.
pub struct Trial<'a> {
    pub case: &'a Case,
    pub lied: Lied,
}

/// What is told in place of what is so.
#[derive(Clone)]
pub enum Lied {
    Forgery(Forgery),
    Mutation(Mutation),
}

/// A run of the binary.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stderr: String,
    pub time: Duration,
}

/// What came of a trial.
pub struct Verdict {
    what: String,
    time: Duration,
    came: Came,
}

/// What a lie led to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    /// The command failed, and nothing was signed.
    Refused,
    /// Nothing was signed, and the command says that all is well.
    Nothing,
    /// What was signed is what was meant.
    Same,
    /// The cluster would refuse what was signed.
    Vain,
    /// It differs, for this reason without harm.
    Harmless(&'static str),
    /// Anything else.
    Wrong(String),
}

/// Runs a command at a node, with little patience and memory, as if for the first time.
pub fn run(case: &Case, url: &str) -> Ran {
    let home = TempDir::new().unwrap();
    let script =
        format!("ulimit -v {MOST_KIB}; exec timeout --kill-after=1 {MOST_SECONDS} \"$0\" \"$@\"");
    let mut sluice = command("sh");
    sluice
        .args(["-c", &script, env!("CARGO_BIN_EXE_sluice"), "--url", url])
        .args(["--keypair", &case.user.keypair_file, "--output", "json"])
        .args(["--patience", "2"])
        .args(case.pool.iter().flat_map(|pool| ["--pool", pool]))
        .args(&case.arguments)
        .env("HOME", home.path());
    let started = Instant::now();
    let output = sluice.output().unwrap();
    Ran {
        // A signal is no way to end.
        code: output.status.code().unwrap_or(-1),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        time: started.elapsed(),
    }
}

impl Trial<'_> {
    pub fn judge(&self, stage: &Stage) -> Verdict {
        let lied = self.lied.clone();
        let node = self.case.moment.node(move |request, answer| match &lied {
            Lied::Forgery(forgery) => forgery.tell(request, answer),
            Lied::Mutation(mutation) => mutation.tell(request, answer),
        });
        let ran = run(self.case, &node.url);
        Verdict {
            what: format!("{}: {}", self.case.name, self.lied),
            time: ran.time,
            came: self.came(stage, &ran, &node.caught()),
        }
    }

    fn came(&self, stage: &Stage, ran: &Ran, signed: &[VersionedTransaction]) -> Came {
        let wrong = |what: &str| Came::Wrong(format!("{what}: {}", ran.stderr));
        if ran.code == TIMED_OUT {
            return wrong("it does not end");
        }
        if !matches!(ran.code, 0..=5) || ran.stderr.contains("panicked") {
            return wrong(&format!("it ends with {}", ran.code));
        }
        if signed.is_empty() {
            return match ran.code {
                0 => Came::Nothing,
                _ => Came::Refused,
            };
        }
        if signed.len() > self.case.transactions + MOST_TRANSACTIONS {
            return wrong(&format!("it signs {} transactions", signed.len()));
        }
        self.compared(stage, signed)
    }

    fn compared(&self, stage: &Stage, signed: &[VersionedTransaction]) -> Came {
        let mut meant = self.case.signed.clone();
        let mut came = Came::Same;
        for transaction in signed {
            let one = std::slice::from_ref(transaction);
            let instructions = instructions_of(&stage.net, one);
            let Some(instructions) = instructions else {
                // It names a table, or a place in one, that is not there.
                came = came.max(Came::Vain);
                continue;
            };
            for difference in differences(&meant, &instructions) {
                let found = match harmless::reason(&difference) {
                    Some(why) => Came::Harmless(why),
                    None if is_refused(stage, transaction) => Came::Vain,
                    None => Came::Wrong(difference.to_string()),
                };
                came = came.max(found);
            }
            meant.retain(|meant| !instructions.contains(meant));
        }
        came
    }
}

/// Whether the cluster, as it really is, refuses a transaction.
pub fn is_refused(stage: &Stage, transaction: &VersionedTransaction) -> bool {
    let config = RpcSimulateTransactionConfig {
        sig_verify: false,
        replace_recent_blockhash: true,
        ..RpcSimulateTransactionConfig::default()
    };
    let simulated = stage
        .net
        .rpc
        .simulate_transaction_with_config(transaction, config);
    simulated.unwrap().value.err.is_some()
}

impl Verdict {
    /// What is wrong, in full.
    pub fn wrong(&self) -> Option<String> {
        let Self { what, time, came } = self;
        let Came::Wrong(why) = came else { return None };
        Some(format!("{what} ({} ms): {why}", time.as_millis()))
    }
}

/// How often which came out, and how long the longest took.
pub fn table(verdicts: &[Verdict]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for verdict in verdicts {
        *counts.entry(verdict.came.to_string()).or_default() += 1;
    }
    let lines = counts
        .iter()
        .map(|(came, count)| format!("{count:>7}  {came}"));
    let longest = verdicts.iter().max_by_key(|verdict| verdict.time);
    let longest = longest.map(|verdict| {
        let Verdict { what, time, .. } = verdict;
        format!("the longest: {} ms, {what}", time.as_millis())
    });
    let all = lines
        .chain(longest)
        .chain([format!("{:>7}  in all", verdicts.len())]);
    all.collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Lied {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forgery(forgery) => forgery.fmt(formatter),
            Self::Mutation(mutation) => mutation.fmt(formatter),
        }
    }
}

impl fmt::Display for Came {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => formatter.write_str("nothing is signed, and the command says why"),
            Self::Nothing => formatter.write_str("nothing is signed: there is nothing to do"),
            Self::Same => formatter.write_str("the same is signed"),
            Self::Vain => formatter.write_str("the cluster refuses what is signed"),
            Self::Harmless(why) => write!(formatter, "something else is signed: {why}"),
            Self::Wrong(_) => formatter.write_str("WRONG"),
        }
    }
}
