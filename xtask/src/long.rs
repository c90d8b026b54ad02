//! Long runs on the model of a pool, and what came of them on the compiled program.

use std::{fs, path::PathBuf};

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{
    program::SLUICE,
    run::tell_elfs,
    workspace::{Workspace, cargo},
};

/// Searches for sequences that pay, and plays the best of them once more on the compiled program:
/// so many sequences, from a seed on, so many of the best.
pub fn profit(
    workspace: &Workspace,
    [sequences, seed, replays]: [u64; 3],
    resume: bool,
) -> Result<()> {
    let shell = workspace.shell()?;
    let folder = folder(&shell)?;
    let searched = on_the_model(&shell, ["profit", "--sequences"], sequences, seed, resume);
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

/// Does random steps on the model, and then on the compiled program: so many, from a seed on, so many
/// minutes.
pub fn random(workspace: &Workspace, [steps, seed, minutes]: [u64; 3], resume: bool) -> Result<()> {
    let shell = workspace.shell()?;
    let reached = folder(&shell)?.join("random-chain.txt");
    on_the_model(&shell, ["random", "--steps"], steps, seed, resume)?;
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
    shell: &Shell,
    [run, counted]: [&str; 2],
    number: u64,
    seed: u64,
    resume: bool,
) -> Result<()> {
    let cargo = cargo();
    let (number, seed) = (number.to_string(), seed.to_string());
    let resume = resume.then_some("--resume");
    Ok(cmd!(
        shell,
        "{cargo} run --workspace --bin sluice-model -- {run} {counted} {number} --seed {seed} {resume...}"
    )
    .run()?)
}
