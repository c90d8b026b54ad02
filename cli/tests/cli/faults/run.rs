//! Runs the binary with a limit to its time.

use std::{
    fs::{File, read_to_string},
    path::Path,
    process::ExitStatus,
    thread::sleep,
    time::{Duration, Instant},
};

use sluice_tests::net::faults::FaultyNode;

use super::commands::Subject;
use crate::net::sluice;

/// How long a command may wait for a transaction.
const PATIENCE: Duration = Duration::from_secs(8);
/// How much longer it may take, with all that it reads before and after.
const GRACE: Duration = Duration::from_secs(12);
/// How often it is looked for its end.
const STEP: Duration = Duration::from_millis(10);

/// A run of the binary.
pub struct Run {
    /// How it ended; none where it had to be ended.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub time: Duration,
}

/// Runs a command of so many transactions through these nodes.
pub fn run(subject: &Subject, nodes: &[FaultyNode], transactions: u32) -> Run {
    let limit = PATIENCE * transactions + GRACE;
    let user = &subject.user;
    let (out, err) = (user.path("stdout"), user.path("stderr"));
    let mut command = sluice();
    for node in nodes {
        command.args(["--url", &node.url]);
    }
    if let Some(pool) = &subject.pool {
        command.args(["--pool", pool]);
    }
    let patience = PATIENCE.as_secs().to_string();
    let started = Instant::now();
    let mut child = command
        .args(["--keypair", &user.keypair_file, "--output", "json"])
        .args(["--patience", &patience])
        .args(&subject.arguments)
        .env("HOME", user.path("home"))
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let mut ended = None;
    while ended.is_none() && started.elapsed() < limit {
        sleep(STEP);
        ended = child.try_wait().unwrap();
    }
    if ended.is_none() {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    let read = |path: &Path| read_to_string(path).unwrap();
    Run {
        // One that a signal ended has no code: as bad as one that never ends.
        code: ended.as_ref().and_then(ExitStatus::code),
        stdout: read(&out),
        stderr: read(&err),
        time: started.elapsed(),
    }
}
