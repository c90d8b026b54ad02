//! All that happens to a program and a pool, on a real validator: deployment, the whole life of a stake,
//! crashes in every phase, and upgrades.

mod crashes;
mod figures;
mod keeper;
mod node;
mod program;
mod stakes;
mod upgrades;
mod warmup;

use std::time::Instant;

use anyhow::{Result, ensure};
use sluice_client::words::amounts::counted;

use self::{figures::Figures, keeper::Folder, node::Node, program::Deployer};
use crate::{
    args::RehearseArgs,
    cluster,
    demo::{
        Demo,
        narration::{act, show, tell},
    },
    stage::{Binaries, Clock, Stage},
};

/// A validator with a program and a pool, and what was measured.
struct Rehearsal {
    demo: Demo,
    deployer: Deployer,
    folder: Folder,
    figures: Figures,
    // Dies last.
    node: Node,
}

/// Rehearses on a validator of its own, and prints what was measured.
pub fn run(arguments: &RehearseArgs) -> Result<()> {
    let start = Instant::now();
    let binaries = Binaries::find()?;
    let mut rehearsal = Rehearsal::begin(arguments, binaries)?;
    rehearsal.stake_accounts()?;
    rehearsal.crashes()?;
    rehearsal.warm_up()?;
    rehearsal.upgrades()?;
    rehearsal.demo.verify()?;
    let Rehearsal { mut figures, .. } = rehearsal;
    figures.add("all of it", counted(start.elapsed().as_secs(), "second"));
    show(&figures.to_string());
    Ok(())
}

impl Rehearsal {
    /// Starts the validator, deploys the program and tells the story of a stake.
    fn begin(arguments: &RehearseArgs, binaries: Binaries) -> Result<Self> {
        act(
            0,
            "Deploy the program",
            "A validator that begins without it. Everything goes through the commands, as on any cluster.",
        );
        let token_metadata = cluster::token_metadata(&arguments.program)?;
        let folder = Folder::at(&arguments.folder)?;
        let mut figures = Figures::default();
        let node = figures.time("validator: first block after", || {
            Node::start(
                &arguments.validator,
                &folder.path("validator"),
                &token_metadata,
                arguments.slots_per_epoch,
            )
        })?;
        let stage = Stage::on(binaries, node.url(), vec![node.vote()?], Clock::Waits);
        let said = stage.rpc.get_version()?;
        tell(&format!("solana-test-validator {said} at {}", node.url()));
        let elf = cluster::sluice(&arguments.program)?;
        let deployer = Deployer::deploy(&stage, elf, &arguments.program_id, &mut figures)?;
        let schedule = stage.rpc.get_epoch_schedule()?;
        ensure!(
            schedule.slots_per_epoch == arguments.slots_per_epoch && !schedule.warmup,
            "epochs are not as asked for: {schedule:?}"
        );
        let demo = figures.time("life of a stake", || Demo::tell_on(stage))?;
        Ok(Self {
            demo,
            deployer,
            folder,
            figures,
            node,
        })
    }
}
