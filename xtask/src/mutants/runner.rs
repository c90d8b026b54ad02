//! Runs tests on an ELF until one fails.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{
    program::{ALL, SLUICE},
    run::tell_elfs,
    workspace::{Workspace, cargo},
};

/// All tests that run the program; those of the local cluster test that.
const ALL_TESTS: &str = "(package(sluice-tests) - binary(=localnet))";

/// How many tests may fail although no mutant is awake, before something else is wrong.
const MOST_UNFIT: usize = 100;

/// The tests, built once.
pub struct Runner {
    shell: Shell,
    folder: PathBuf,
    /// Those that failed although no mutant was awake: the switches cost compute units.
    unfit: BTreeSet<String>,
}

impl Runner {
    /// Builds the tests.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        let (shell, cargo) = (workspace.shell()?, cargo());
        tell_elfs(&shell, workspace, ALL)?;
        let folder = workspace.target.join("mutants");
        fs::create_dir_all(&folder)?;
        let list = ["--list-type", "binaries-only", "--message-format", "json"];
        let binaries = cmd!(shell, "{cargo} nextest list --workspace")
            .args(list)
            .read()?;
        fs::write(folder.join("binaries.json"), binaries)?;
        let platform = ["--filter-platform", "x86_64-unknown-linux-gnu"];
        let metadata = cmd!(shell, "{cargo} metadata --format-version 1 --locked").args(platform);
        let metadata = metadata.quiet().read()?;
        fs::write(folder.join("metadata.json"), metadata)?;
        shell.set_var(SLUICE.variable, folder.join("sluice.so"));
        // A mutant approves nothing.
        shell.set_var("INSTA_UPDATE", "no");
        Ok(Self {
            shell,
            folder,
            unfit: BTreeSet::new(),
        })
    }

    /// The first of these tests that fails where the mutant is awake, and not where it sleeps.
    pub fn first_failure(
        &mut self,
        awake: &[u8],
        asleep: &[u8],
        tests: &str,
    ) -> Result<Option<String>> {
        while let Some(test) = self.failures(awake, tests, "--fail-fast")?.pop_first() {
            let alone = filter_of(&test);
            let fails = |elf| Ok::<_, anyhow::Error>(!self.failures(elf, &alone, "")?.is_empty());
            if fails(awake)? && !fails(asleep)? {
                return Ok(Some(test));
            }
            // One that fails now and then, or always, says nothing.
            eprintln!("left out from now on: {test}");
            self.unfit.insert(test);
            ensure!(
                self.unfit.len() < MOST_UNFIT,
                "these fail too: {:#?}",
                self.unfit
            );
        }
        Ok(None)
    }

    /// Every test that fails with this ELF, the quickest first.
    pub fn all_failures(&self, elf: &[u8]) -> Result<Vec<String>> {
        let said = self.run(elf, ALL_TESTS, "--no-fail-fast")?;
        let mut failed: Vec<_> = said.lines().filter_map(timed).collect();
        failed.sort();
        failed.dedup_by(|one, other| one.1 == other.1);
        Ok(failed.into_iter().map(|(_, test)| test).collect())
    }

    fn failures(&self, elf: &[u8], tests: &str, how: &str) -> Result<BTreeSet<String>> {
        let said = self.run(elf, tests, how)?;
        Ok(said.lines().filter_map(failed).collect())
    }

    /// What the tests' runner says.
    fn run(&self, elf: &[u8], tests: &str, how: &str) -> Result<String> {
        fs::write(self.folder.join("sluice.so"), elf)?;
        let unfit = self
            .unfit
            .iter()
            .map(|test| format!(" - {}", filter_of(test)));
        let filter = format!("({tests}){}", unfit.collect::<String>());
        let (binaries, metadata) = (
            self.folder.join("binaries.json"),
            self.folder.join("metadata.json"),
        );
        let (shell, cargo) = (&self.shell, cargo());
        let limits = ["--config-file", "tools/mutants/nextest.toml"];
        let how = Some(how).filter(|how| !how.is_empty());
        let said = cmd!(
            shell,
            "{cargo} nextest run {how...} {limits...} -E {filter}"
        )
        .args(["--status-level", "fail", "--final-status-level", "none"])
        .args(["--failure-output", "never", "--color", "never"])
        .args(["--no-tests", "pass", "--binaries-metadata"])
        .arg(binaries)
        .arg("--cargo-metadata")
        .arg(metadata)
        .quiet()
        .ignore_status()
        .read_stderr()?;
        ensure!(said.contains("Summary ["), "the tests did not run: {said}");
        Ok(said)
    }
}

/// The filter that lets only tests of these binaries run.
pub fn of_binaries(binaries: &[&str]) -> String {
    let binaries = binaries.iter().map(|binary| format!("binary(={binary})"));
    binaries.collect::<Vec<_>>().join(" + ")
}

/// The filter that lets only these tests run.
pub fn these<'t>(tests: impl IntoIterator<Item = &'t String>) -> String {
    let tests = tests.into_iter().map(|test| filter_of(test));
    tests.collect::<Vec<_>>().join(" + ")
}

/// The filter that lets only this test run.
fn filter_of(test: &str) -> String {
    let (binary, test) = test.split_once(' ').unwrap_or(("", test));
    format!("(binary(={binary}) & test(={test}))")
}

/// The milliseconds that a test took, and it, in a line that says that it failed.
fn timed(line: &str) -> Option<(u64, String)> {
    let (_, took) = line.split_once('[')?;
    let (seconds, _) = took.split_once("s]")?;
    let millis: String = seconds.chars().filter(char::is_ascii_digit).collect();
    Some((millis.parse().ok()?, failed(line)?))
}

/// The binary and the test in a line that says that one failed.
fn failed(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (first, test) = (words.first()?, words.last()?);
    let is_failure = ["FAIL", "SIGABRT", "SIGSEGV", "TIMEOUT"].contains(first);
    let binary = words
        .iter()
        .find_map(|word| word.strip_prefix("sluice-tests::"))?;
    is_failure.then(|| format!("{binary} {test}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_that_failed_is_read() {
        let line = "        FAIL [   1.068s] ( 840/2092) sluice-tests::queue tickets::a_ticket_is_paid_once";
        assert_eq!(
            failed(line).as_deref(),
            Some("queue tickets::a_ticket_is_paid_once")
        );
        assert_eq!(timed(line).map(|(millis, _)| millis), Some(1_068));
        assert_eq!(failed(&line.replace("FAIL", "PASS")), None);
        assert_eq!(
            failed("     Summary [   1.070s] 1 test run: 0 passed, 1 failed"),
            None
        );
    }
}
