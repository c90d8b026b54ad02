//! Sluice in other test harnesses: `examples/harnesses`, on a living pool in a folder.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::{
    js,
    program::USUAL,
    run::{build_binaries, tell_elfs},
    validator,
    workspace::{Workspace, cargo},
};

const SAMPLES: &str = "examples/harnesses";
/// Tells samples and tests where the living pool is.
const VARIABLE: &str = "SLUICE_FIXTURE";

/// Runs every sample that is not among the workspace's tests.
pub fn run(workspace: &Workspace) -> Result<()> {
    let shell = workspace.shell()?;
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    write_fixture(workspace, &shell)?;
    in_rust(workspace, &shell)?;
    js::test_dependent(workspace, &shell, &format!("{SAMPLES}/litesvm-js"))?;
    on_validator(workspace, &shell)
}

/// Writes a living pool anew and tells all commands of the shell where it is. The shell knows the ELFs,
/// and the binaries are built.
pub fn write_fixture(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let folder = folder(workspace);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    let localnet = workspace.binary("sluice-localnet");
    cmd!(shell, "{localnet} fixture {folder}").run()?;
    shell.set_var(VARIABLE, folder);
    Ok(())
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("fixture")
}

/// Those that bring other versions of Solana's crates: a workspace apart. Some of those crates ask for a
/// newer Rust than ours, and are content with it.
fn in_rust(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let (cargo, target) = (cargo(), workspace.target.join("harnesses"));
    let manifest = format!("{SAMPLES}/Cargo.toml");
    let arguments = ["--locked", "--ignore-rust-version", "--tests"];
    let test = cmd!(
        shell,
        "{cargo} test --workspace --manifest-path {manifest} --target-dir {target} {arguments...}"
    );
    Ok(test.run()?)
}

fn on_validator(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let Some(validator) = validator::find(workspace) else {
        eprintln!("no validator is installed: its sample is left out");
        return Ok(());
    };
    let sluice = workspace.binary("sluice");
    Ok(cmd!(
        shell,
        "bash {SAMPLES}/test-validator/run {sluice} {validator}"
    )
    .run()?)
}
