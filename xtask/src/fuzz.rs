//! Coverage-guided fuzzing of what strangers can send: libFuzzer on the targets of `fuzz/`.

use std::fs;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::{
    program::ALL,
    run::tell_elfs,
    workspace::{Workspace, cargo},
};

/// The targets of `fuzz/src/lib.rs`.
const TARGETS: [&str; 3] = ["program", "decoders", "node"];

/// The longest input, in bytes.
const MOST_BYTES: &str = "-max_len=4096";
/// After so many seconds without an answer an input counts as one that hangs.
const PATIENCE: &str = "-timeout=60";
/// What a process may need, in MiB: banks and a localnet need most of it.
const MEMORY: &str = "-rss_limit_mb=6144";
/// What to try.
#[derive(clap::Args)]
pub struct Wanted {
    /// Which target [default: all, one after another]
    #[arg(value_name = "TARGET", value_parser = TARGETS)]
    target: Option<String>,
    /// For how long, each
    #[arg(long, default_value_t = 60, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// The seed of what is random [default: another each time]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    seed: Option<u32>,
}

/// Fuzzes targets. Fails where an input broke a rule; the input is then in a file that is named.
pub fn run(workspace: &Workspace, wanted: &Wanted) -> Result<()> {
    let shell = workspace.shell()?;
    let cargo = cargo();
    tell_elfs(&shell, workspace, ALL)?;
    let built = workspace.target.join("fuzz/build");
    {
        let wrapper = workspace.root.join("fuzz/rustc");
        let _wrapper = shell.push_env("RUSTC_WORKSPACE_WRAPPER", wrapper);
        // Files of programs have the same names with counters and without: a folder apart.
        let _target = shell.push_env("CARGO_TARGET_DIR", &built);
        let arguments = ["--features", "sluice-fuzz/engine", "--bin", "fuzz"];
        cmd!(shell, "{cargo} build --workspace {arguments...}").run()?;
    }
    let worlds = workspace.target.join("fuzz/worlds");
    fs::create_dir_all(&worlds).context("target/fuzz cannot be written")?;
    shell.set_var("SLUICE_FUZZ_WORLDS", worlds);
    for target in TARGETS {
        if wanted.target.as_deref().is_none_or(|one| one == target) {
            fuzz(workspace, &shell, target, wanted)?;
        }
    }
    Ok(())
}

fn fuzz(workspace: &Workspace, shell: &Shell, target: &str, wanted: &Wanted) -> Result<()> {
    let folder = workspace.target.join("fuzz").join(target);
    let found = folder.join("corpus");
    let make = |path| fs::create_dir_all(path).context("target/fuzz cannot be written");
    make(&found)?;
    let broken = format!("-artifact_prefix={}/", folder.display());
    let known = workspace.root.join("fuzz/corpus").join(target);
    let seconds = format!("-max_total_time={}", wanted.seconds);
    let seed = format!("-seed={}", wanted.seed.unwrap_or_default());
    let fuzzer = workspace.target.join("fuzz/build/debug/fuzz");
    let options = [
        MOST_BYTES,
        PATIENCE,
        MEMORY,
        "-print_final_stats=1",
        "-len_control=0",
    ];
    shell.set_var("SLUICE_FUZZ_TARGET", target);
    shell.set_var("SLUICE_FUZZ_SEEDS", &found);
    cmd!(
        shell,
        "{fuzzer} {found} {known} {seconds} {seed} {broken} {options...}"
    )
    .quiet()
    .run()?;
    // What all inputs together reach.
    shell.set_var("SLUICE_FUZZ_CORPUS", &found);
    let cargo = cargo();
    let tests = ["--nocapture", target_test(target)];
    Ok(cmd!(
        shell,
        "{cargo} test --workspace --test replay -- {tests...}"
    )
    .run()?)
}

/// The test in `fuzz/tests/replay.rs` that runs inputs of this target.
fn target_test(target: &str) -> &'static str {
    match target {
        "program" => "the_program",
        "decoders" => "no_decoder",
        _ => "a_localnet",
    }
}
