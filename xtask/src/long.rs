//! Long runs on the model of a pool, and what came of them on the compiled program.

use std::{fs, path::PathBuf};

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{
    program::SLUICE,
    run::{build_binaries, tell_elfs},
    workspace::{Workspace, cargo},
};

/// How to search for sequences that pay.
#[derive(clap::Args)]
pub struct Search {
    /// How many sequences to play, those of the runs that are resumed included
    #[arg(long, default_value_t = 1_000_000, value_name = "NUMBER")]
    sequences: u64,
    /// Where chances come from
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    seed: u64,
    /// Go on where the last run has ended
    #[arg(long)]
    resume: bool,
    /// How many of the best to play once more on the compiled program
    #[arg(long, default_value_t = 1_000, value_name = "NUMBER")]
    replays: u64,
}

/// Which random lives to live.
#[derive(clap::Args)]
pub struct Lives {
    /// How many steps on the model, those of the runs that are resumed included
    #[arg(long, default_value_t = 10_000_000, value_name = "NUMBER")]
    steps: u64,
    /// Where chances come from
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    seed: u64,
    /// Go on where the last run has ended
    #[arg(long)]
    resume: bool,
    /// For how long to go on with the compiled program
    #[arg(long, default_value_t = 60, value_name = "NUMBER")]
    minutes: u64,
}

/// Searches for sequences that pay, and plays the best of them once more on the compiled program.
pub fn profit(workspace: &Workspace, search: &Search) -> Result<()> {
    let Search {
        sequences,
        seed,
        resume,
        replays,
    } = *search;
    let shell = workspace.shell()?;
    let folder = folder(&shell)?;
    let searched = on_the_model(
        workspace,
        &shell,
        ["profit", "--sequences"],
        sequences,
        seed,
        resume,
    );
    if replays > 0 {
        tell_elfs(&shell, workspace, &[&SLUICE])?;
        shell.set_var("SLUICE_BEST", folder.join("best.json"));
        shell.set_var("SLUICE_REPLAYS", replays.to_string());
        let cargo = cargo();
        let run = ["--ignored", "--nocapture", "what_long_searches_found"];
        cmd!(shell, "{cargo} test --workspace --test profit -- {run...}").run()?;
    }
    // What pays is told after it was seen on the compiled program, too.
    searched
}

/// Does random steps on the model, and then on the compiled program.
pub fn random(workspace: &Workspace, lives: &Lives) -> Result<()> {
    let Lives {
        steps,
        seed,
        resume,
        minutes,
    } = *lives;
    let shell = workspace.shell()?;
    let reached = folder(&shell)?.join("random-chain.txt");
    on_the_model(
        workspace,
        &shell,
        ["random", "--steps"],
        steps,
        seed,
        resume,
    )?;
    if minutes == 0 {
        return Ok(());
    }
    if !resume {
        shell.remove_path(&reached)?;
    }
    tell_elfs(&shell, workspace, &[&SLUICE])?;
    shell.set_var("SLUICE_REACHED", &reached);
    shell.set_var("SLUICE_MINUTES", minutes.to_string());
    let cargo = cargo();
    let run = ["--ignored", "--nocapture", "in_as_many_worlds"];
    Ok(cmd!(shell, "{cargo} test --workspace --test random -- {run...}").run()?)
}

/// Where long runs keep what they have reached.
fn folder(shell: &Shell) -> Result<PathBuf> {
    let folder = shell.current_dir().join("target/model");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn on_the_model(
    workspace: &Workspace,
    shell: &Shell,
    [run, counted]: [&str; 2],
    number: u64,
    seed: u64,
    resume: bool,
) -> Result<()> {
    build_binaries(shell, &["sluice-model"])?;
    let model = workspace.binary("sluice-model");
    let (number, seed) = (number.to_string(), seed.to_string());
    let resume = resume.then_some("--resume");
    Ok(cmd!(
        shell,
        "{model} {run} {counted} {number} --seed {seed} {resume...}"
    )
    .run()?)
}
