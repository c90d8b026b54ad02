//! A cluster in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use serde_json::Value;
use sluice_tests::{
    cluster::{sluice_elf, token_metadata_elf},
    command::command,
};

use crate::packaging::binary;

/// `sluice-localnet`, killed at the end.
pub struct LocalnetProcess {
    process: Child,
    /// What it printed when it had started.
    pub started: Value,
}

impl LocalnetProcess {
    /// Starts it on any free ports.
    pub fn start(arguments: &[&str]) -> Self {
        let localnet = binary("sluice-localnet");
        assert!(
            localnet.is_file(),
            "build all binaries first: `cargo xtask test` does"
        );
        let mut process = command(localnet)
            .env("SLUICE_ELF", sluice_elf())
            .env("SLUICE_TOKEN_METADATA_ELF", token_metadata_elf())
            .args(arguments)
            .args(["--port", "0", "--output", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.as_mut().unwrap());
        let mut printed = String::new();
        while printed.lines().last() != Some("}") {
            assert!(
                stdout.read_line(&mut printed).unwrap() > 0,
                "it ended: {printed}"
            );
        }
        Self {
            process,
            started: serde_json::from_str(&printed).unwrap(),
        }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for LocalnetProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
