//! The commands that use the built programs: tests, demo, benchmarks.
//!
//! All build with `--workspace`, even for one program: the features of shared dependencies are then
//! the same for all, and nothing is compiled twice.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{
    build,
    command::{answer, cargo, command, run},
    program::{SLUICE, SPL_STAKE_POOL},
    workspace::Workspace,
};

/// Tells tests, demo and benchmarks where our program's ELF is.
const ELF_VARIABLE: &str = "SLUICE_ELF";
/// Tells tests and benchmarks where the ELF of SPL Stake Pool is.
const PEER_ELF_VARIABLE: &str = "SLUICE_PEER_ELF";
/// Set to 1: random tests take many more steps.
const LONG_VARIABLE: &str = "SLUICE_LONG";

/// Runs every test of the workspace, with nextest where it is installed.
pub fn test(workspace: &Workspace, long: bool, runner_arguments: &[String]) -> Result<()> {
    let elf = build::up_to_date(&SLUICE, workspace)?;
    let peer_elf = build::up_to_date(&SPL_STAKE_POOL, workspace)?;
    let in_tests = || in_tests(workspace, &elf, &peer_elf, long);
    // The tests of the commands run the binaries themselves.
    build_binaries(workspace, &["sluice", "sluice-localnet"])?;
    let has_nextest = answer(cargo().args(["nextest", "--version"])).is_some();
    let runner: &[&str] = if has_nextest {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    run(in_tests()
        .args(runner)
        .args(["--workspace", "--no-fail-fast"])
        .args(runner_arguments))?;
    if has_nextest && runner_arguments.is_empty() {
        // nextest leaves out the examples in the documentation.
        run(in_tests().args(["test", "--workspace", "--doc"]))?;
    }
    Ok(())
}

fn in_tests(workspace: &Workspace, elf: &Path, peer_elf: &Path, long: bool) -> Command {
    let mut cargo = cargo();
    cargo
        .current_dir(&workspace.root)
        .env(ELF_VARIABLE, elf)
        .env(PEER_ELF_VARIABLE, peer_elf);
    if long {
        cargo.env(LONG_VARIABLE, "1");
    }
    cargo
}

/// Runs `sluice-localnet demo`, which uses `sluice` beside it.
pub fn demo(workspace: &Workspace, demo_arguments: &[String]) -> Result<()> {
    let elf = build::up_to_date(&SLUICE, workspace)?;
    build_binaries(workspace, &["sluice", "sluice-localnet"])?;
    run(command(workspace.binary("sluice-localnet"))
        .arg("demo")
        .args(demo_arguments)
        .env(ELF_VARIABLE, elf))
}

/// Runs the benchmarks on our program and on SPL Stake Pool.
pub fn bench(workspace: &Workspace, bench_arguments: &[String]) -> Result<()> {
    let elf = build::up_to_date(&SLUICE, workspace)?;
    let peer_elf = build::up_to_date(&SPL_STAKE_POOL, workspace)?;
    build_binaries(workspace, &["bench"])?;
    run(command(workspace.binary("bench"))
        .args(bench_arguments)
        .current_dir(&workspace.root)
        .env(ELF_VARIABLE, elf)
        .env(PEER_ELF_VARIABLE, peer_elf))
}

fn build_binaries(workspace: &Workspace, names: &[&str]) -> Result<()> {
    run(cargo()
        .current_dir(&workspace.root)
        .args(["build", "--workspace"])
        .args(names.iter().flat_map(|name| ["--bin", name])))
}
