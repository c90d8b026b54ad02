//! How strong what is said of the maths is: mutants of the crate, small worlds, and proofs.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use xshell::{Shell, cmd};

use crate::workspace::{Workspace, cargo};

/// The crate, from the workspace's root.
const MATH: &str = "crates/math";

/// What makes cargo-mutants, once, in a minute or two.
const INSTALL: &str = "cargo install cargo-mutants --version 27.1.0 --locked --debug";

/// What to do with the maths.
#[derive(clap::Subcommand)]
pub enum Task {
    /// Make the maths wrong in one place after the other, and see that a test of the crate fails each time
    Mutants {
        /// Try only mutants whose name matches this
        #[arg(long, value_name = "REGEX")]
        only: Option<String>,
    },
    /// Try every input of worlds that are wider than those of the usual tests
    Worlds,
    /// Prove the rules of rounding with z3
    Proofs,
}

/// Does it; fails where a mutant lives, a rule is broken, or a proof has another result.
pub fn run(workspace: &Workspace, task: &Task) -> Result<()> {
    let shell = workspace.shell()?;
    match task {
        Task::Mutants { only } => mutants(workspace, &shell, only.as_deref()),
        Task::Worlds => worlds(workspace, &shell),
        Task::Proofs => proofs(&workspace.root.join(MATH).join("proofs"), &shell),
    }
}

/// The small worlds catch most in a second; the properties are asked about the others.
fn mutants(workspace: &Workspace, shell: &Shell, only: Option<&str>) -> Result<()> {
    let cargo = cargo();
    let version = cmd!(shell, "{cargo} mutants --version").quiet();
    let version = version.ignore_stderr().read();
    let version = version.with_context(|| format!("cargo-mutants is missing: {INSTALL}"))?;
    eprintln!("{version}");
    let folder = workspace.target.join("maths");
    // What an earlier run caught must not be left out.
    shell.remove_path(folder.join("mutants.out"))?;
    let only = only.map(|only| ["--re", only]);
    let run = |last: &[&str]| {
        cmd!(
            shell,
            "{cargo} mutants --package sluice-math --no-shuffle --colors never"
        )
        .arg("--output")
        .arg(&folder)
        .args(only.into_iter().flatten())
        .args(last)
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "1")
    };
    let worlds = run(&["--", "--test", "small_worlds"]);
    worlds.ignore_status().run()?;
    Ok(run(&["--iterate"]).run()?)
}

fn worlds(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let (cargo, target) = (cargo(), workspace.target.join("maths/worlds"));
    let of_math = [
        "--package",
        "sluice-math",
        "--test",
        "small_worlds",
        "--release",
    ];
    let how = ["--nocapture", "--test-threads", "2"];
    let test = cmd!(
        shell,
        "{cargo} test {of_math...} --target-dir {target} -- {how...}"
    );
    Ok(test.env("SLUICE_WIDE", "1").run()?)
}

/// Runs every script, the formulas before it.
fn proofs(folder: &Path, shell: &Shell) -> Result<()> {
    let version = cmd!(shell, "z3 --version").quiet().read();
    let version = version.context("z3 is missing: on Debian, run: sudo apt-get install z3")?;
    eprintln!("{version}");
    let formulas = fs::read_to_string(folder.join("formulas.smt2"))?;
    let mut names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<String>>>()?;
    names.retain(|name| name.ends_with(".smt2") && name != "formulas.smt2");
    names.sort();
    let mut proved = 0;
    for name in &names {
        let script = fs::read_to_string(folder.join(name))?;
        let solve = cmd!(shell, "z3 -T:600 -in").stdin(format!("{formulas}{script}"));
        let said = solve.quiet().ignore_status().read()?;
        let expected = expected(&script);
        ensure!(!expected.is_empty(), "{name} proves nothing");
        if said.lines().ne(expected.iter().copied()) {
            bail!("{name}: {expected:?} must come out, and did not: {said}");
        }
        proved += expected.iter().filter(|result| **result == "unsat").count();
        println!("{name}: {}", expected.join(" "));
    }
    println!("{proved} claims proved in {} scripts", names.len());
    Ok(())
}

/// What each check of a script must say: the status in front of it.
fn expected(script: &str) -> Vec<&str> {
    let statuses = script.lines().filter_map(|line| {
        let status = line.strip_prefix("(set-info :status ")?;
        status.strip_suffix(')')
    });
    statuses.collect()
}

#[cfg(test)]
mod tests {
    use super::expected;

    #[test]
    fn the_result_in_front_of_each_check_is_expected() {
        let script =
            "(set-info :status sat)\n(check-sat)\n; or\n(set-info :status unsat)\n(check-sat)";
        assert_eq!(expected(script), ["sat", "unsat"]);
    }
}
