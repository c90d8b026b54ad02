//! A cluster from the command line, while it runs.

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use sluice_tests::command::{succeeded, text};

use crate::sluice_localnet;

/// A running `sluice-localnet start`, killed at the end.
pub struct Running {
    /// The process.
    pub process: Child,
    /// What it printed.
    pub started: Value,
}

impl Running {
    /// A cluster of two validators on any free ports.
    pub fn start() -> Self {
        Self::of(sluice_localnet().args(["start", "--commissions-bps", "0,1000"]))
    }

    /// What this command starts, on any free ports.
    pub fn of(command: &mut Command) -> Self {
        let mut process = command
            .args(["--port", "0", "--epoch-seconds", "300"])
            .args(["--output", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = String::new();
        let mut stdout = BufReader::new(process.stdout.as_mut().unwrap());
        while !printed.ends_with("}\n") || printed.lines().last() != Some("}") {
            assert!(
                stdout.read_line(&mut printed).unwrap() > 0,
                "it ended: {printed}"
            );
        }
        let started = serde_json::from_str(&printed).unwrap();
        Self { process, started }
    }

    /// What a binary prints that is told to use the cluster.
    pub fn json(&self, mut binary: Command, arguments: &[&str]) -> Value {
        binary
            .args(["--config", &text(&self.started, "/config_file")])
            .args(["--output", "json"])
            .args(arguments);
        serde_json::from_str(&succeeded(&binary.output().unwrap(), arguments)).unwrap()
    }

    /// The folder of its wallet.
    pub fn folder(&self) -> PathBuf {
        let config = PathBuf::from(text(&self.started, "/config_file"));
        config.parent().unwrap().to_owned()
    }

    /// Kills it, and returns what it said on stderr.
    pub fn kill(mut self) -> String {
        self.process.kill().unwrap();
        let mut said = String::new();
        let mut stderr = self.process.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        self.process.wait().unwrap();
        said
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
