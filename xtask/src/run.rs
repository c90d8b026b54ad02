//! The commands that use the built programs: tests, demo, benchmarks.
//!
//! All build with `--workspace`, even for one program: the features of shared dependencies are then
//! the same for all, and nothing is compiled twice.

use anyhow::Result;
use clap::Args;
use xshell::{Shell, cmd};

use crate::{
    build, harnesses, js,
    program::{ALL, Program, ROUTER, SLUICE, SOL_VALUE, SPL_STAKE_POOL, USUAL},
    workspace::{Workspace, cargo},
};

/// Set to 1: random tests take many more steps.
const LONG_VARIABLE: &str = "SLUICE_LONG";

/// What is done with the page for holders.
#[derive(Debug, Args)]
pub struct AppTask {
    /// Test it in a browser, too, which `test` does
    #[arg(long)]
    test: bool,
    /// Approve the pictures in app/test/pictures anew: look at their differences before you commit them
    #[arg(long, conflicts_with = "test")]
    renew_pictures: bool,
}

/// How the story is told.
#[derive(Debug, Args)]
pub struct DemoTask {
    /// Keep the cluster afterwards, and show its pool as the page for holders
    #[arg(long)]
    open: bool,
    /// Arguments for `sluice-localnet demo`, after `--`
    #[arg(last = true)]
    demo_arguments: Vec<String>,
}

/// Runs every test of the workspace, with nextest where it is installed, and those that Node runs
/// unless only some are asked for.
pub fn test(workspace: &Workspace, long: bool, runner_arguments: &[String]) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, ALL)?;
    if long {
        shell.set_var(LONG_VARIABLE, "1");
    }
    // The tests of the commands run the binaries themselves.
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    harnesses::write_fixture(workspace, &shell)?;
    let has_nextest = has_nextest(&shell);
    let runner = runner(has_nextest);
    cmd!(
        shell,
        "{cargo} {runner...} --workspace --no-fail-fast {runner_arguments...}"
    )
    .run()?;
    if !runner_arguments.is_empty() {
        return Ok(());
    }
    if has_nextest {
        // nextest leaves out the examples in the documentation.
        cmd!(shell, "{cargo} test --workspace --doc").run()?;
    }
    js::test(workspace, &shell)?;
    js::test_app(workspace, &shell)?;
    js::test_integrations(workspace, &shell)
}

/// Builds the page for holders, and tests it or takes its approved pictures anew where that is asked for.
pub fn app(workspace: &Workspace, asked: &AppTask) -> Result<()> {
    let shell = workspace.shell()?;
    if !asked.test && !asked.renew_pictures {
        return js::build_app(workspace, &shell);
    }
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    if asked.renew_pictures {
        return js::renew_pictures(workspace, &shell);
    }
    js::test_app(workspace, &shell)
}

/// Runs the tests of what indexers and lists take alone, or records what they run on.
pub fn integrations(workspace: &Workspace, is_recording: bool) -> Result<()> {
    let shell = workspace.shell()?;
    if !is_recording {
        return js::test_integrations(workspace, &shell);
    }
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    js::record_integrations(workspace, &shell)
}

/// Runs the tests of an example: those in test binaries whose names begin with its own.
pub fn example(workspace: &Workspace, example: &Program) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, USUAL)?;
    tell_elfs(&shell, workspace, &[example])?;
    let runner = runner(has_nextest(&shell));
    let tests = format!("{}*", example.name);
    Ok(cmd!(
        shell,
        "{cargo} {runner...} --workspace --no-fail-fast --test {tests}"
    )
    .run()?)
}

/// Runs the tests of the TypeScript client alone.
pub fn js(workspace: &Workspace) -> Result<()> {
    let shell = workspace.shell()?;
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    js::test(workspace, &shell)
}

/// Runs the long test that prints what adversaries win and destroy.
pub fn adversaries(workspace: &Workspace) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, &[&SLUICE])?;
    let run = ["--ignored", "--nocapture", "adversaries::"];
    Ok(cmd!(shell, "{cargo} test --workspace --test attacks -- {run...}").run()?)
}

/// Runs the long tests of the command line behind nodes that fail, and prints their tables.
pub fn faults(workspace: &Workspace, mixes: u64, seed: u64, only: Option<&str>) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, ALL)?;
    shell.set_var("SLUICE_MIXES", mixes.to_string());
    shell.set_var("SLUICE_SEED", seed.to_string());
    let tests = match only {
        Some(only) => {
            shell.set_var("SLUICE_FAULTS", only);
            "faults::no_"
        }
        None => "faults::",
    };
    let run = ["--ignored", "--nocapture", "--test-threads=1", tests];
    Ok(cmd!(shell, "{cargo} test --workspace --test cli -- {run...}").run()?)
}

/// Runs the long tests of the command line behind nodes that lie, and prints what came of it: for so
/// many minutes, with so many mutations, from a seed on.
pub fn lies(
    workspace: &Workspace,
    [minutes, mutations, seed]: [u64; 3],
    only: Option<&str>,
) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, ALL)?;
    shell.set_var("SLUICE_MINUTES", minutes.to_string());
    shell.set_var("SLUICE_MUTATIONS", mutations.to_string());
    shell.set_var("SLUICE_SEED", seed.to_string());
    if let Some(only) = only {
        shell.set_var("SLUICE_LIES", only);
    }
    let run = ["--ignored", "--nocapture", "--test-threads=1", "forging::"];
    Ok(cmd!(shell, "{cargo} test --workspace --test cli -- {run...}").run()?)
}

/// Runs the proofs of the keeper in their long form, and prints their figures.
pub fn keeper_proofs(workspace: &Workspace, epochs: u64, validators: u64) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, USUAL)?;
    shell.set_var("SLUICE_PROOF_EPOCHS", epochs.to_string());
    shell.set_var("SLUICE_PROOF_VALIDATORS", validators.to_string());
    let run = ["--nocapture", "--test-threads=1", "proofs::"];
    Ok(cmd!(shell, "{cargo} test --workspace --test keeper -- {run...}").run()?)
}

/// Runs a keeper through so many epochs, and prints what it needs.
pub fn soak(workspace: &Workspace, epochs: u64, validators: u64) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice-localnet"])?;
    shell.set_var("SLUICE_SOAK_EPOCHS", epochs.to_string());
    shell.set_var("SLUICE_SOAK_VALIDATORS", validators.to_string());
    let run = ["--nocapture", "--test-threads=1", "soak::a_keeper"];
    Ok(cmd!(shell, "{cargo} test --workspace --test keeper -- {run...}").run()?)
}

/// Runs `sluice-localnet demo`, which uses `sluice` beside it, and the page where that is to be shown.
pub fn demo(
    workspace: &Workspace,
    DemoTask {
        open,
        demo_arguments,
    }: &DemoTask,
) -> Result<()> {
    // Where the caller is: the arguments may name files.
    let (here, localnet) = (Shell::new()?, workspace.binary("sluice-localnet"));
    tell_elfs(&here, workspace, USUAL)?;
    let shell = workspace.shell()?;
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    if *open {
        js::build_app(workspace, &shell)?;
    }
    let open = open.then_some("--open");
    let demo = cmd!(here, "{localnet} demo {open...} {demo_arguments...}");
    Ok(demo.quiet().run()?)
}

/// Runs `sluice-localnet living`, beside which `sluice-keeper` is.
pub fn living(workspace: &Workspace, living_arguments: &[String]) -> Result<()> {
    let shell = workspace.shell()?;
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice", "sluice-localnet", "sluice-keeper"])?;
    let localnet = workspace.binary("sluice-localnet");
    let folder = workspace.target.join("living");
    let living = cmd!(shell, "{localnet} living {folder} {living_arguments...}");
    Ok(living.quiet().run()?)
}

/// Takes a picture of the page for holders; then runs the test that takes one of the keeper's page, and copies
/// that to the book.
pub fn screenshot(workspace: &Workspace) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["sluice", "sluice-localnet"])?;
    js::picture_app(workspace, &shell)?;
    let run = ["packaging::living::"];
    cmd!(shell, "{cargo} test --workspace --test keeper -- {run...}").run()?;
    let picture = workspace.target.join("tmp/keeper-page.png");
    Ok(shell.copy_file(picture, workspace.root.join("docs/src/drawings"))?)
}

/// Runs the benchmarks on our program and on SPL Stake Pool.
pub fn bench(workspace: &Workspace, bench_arguments: &[String]) -> Result<()> {
    let shell = workspace.shell()?;
    tell_elfs(
        &shell,
        workspace,
        &[&SLUICE, &SPL_STAKE_POOL, &SOL_VALUE, &ROUTER],
    )?;
    build_binaries(&shell, &["bench"])?;
    let bench = workspace.binary("bench");
    Ok(cmd!(shell, "{bench} {bench_arguments...}").quiet().run()?)
}

/// Runs the load run on our program.
pub fn load(workspace: &Workspace, load_arguments: &[String]) -> Result<()> {
    let shell = workspace.shell()?;
    tell_elfs(&shell, workspace, USUAL)?;
    build_binaries(&shell, &["load"])?;
    let load = workspace.binary("load");
    Ok(cmd!(shell, "{load} {load_arguments...}").quiet().run()?)
}

fn has_nextest(shell: &Shell) -> bool {
    let cargo = cargo();
    let nextest = cmd!(shell, "{cargo} nextest --version").quiet();
    nextest.ignore_stderr().read().is_ok()
}

fn runner(has_nextest: bool) -> &'static [&'static str] {
    if has_nextest {
        &["nextest", "run"]
    } else {
        &["test"]
    }
}

/// Builds programs and tells all commands of the shell where they are.
pub fn tell_elfs(shell: &Shell, workspace: &Workspace, programs: &[&Program]) -> Result<()> {
    for program in programs {
        shell.set_var(program.variable, build::up_to_date(program, workspace)?);
    }
    Ok(())
}

/// Builds commands of the workspace.
pub fn build_binaries(shell: &Shell, names: &[&str]) -> Result<()> {
    let cargo = cargo();
    let binaries = names.iter().flat_map(|name| ["--bin", name]);
    Ok(cmd!(shell, "{cargo} build --workspace {binaries...}").run()?)
}
