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
    args::{Part, RehearseArgs},
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

/// What a part consists of.
type Act = fn(&mut Rehearsal) -> Result<()>;

/// Rehearses on a validator of its own, and prints what was measured.
pub fn run(arguments: &RehearseArgs) -> Result<()> {
    let start = Instant::now();
    let binaries = Binaries::find()?;
    let mut rehearsal = Rehearsal::begin(arguments, binaries)?;
    let parts: [(Part, Act); 4] = [
        (Part::StakeAccounts, Rehearsal::stake_accounts),
        (Part::Crashes, Rehearsal::crashes),
        (Part::WarmUp, Rehearsal::warm_up),
        (Part::Upgrades, Rehearsal::upgrades),
    ];
    for (part, rehearse) in parts {
        if is_wanted(arguments, part) {
            rehearse(&mut rehearsal)?;
        }
    }
    rehearsal.demo.verify()?;
    let Rehearsal { mut figures, .. } = rehearsal;
    figures.add("all of it", counted(start.elapsed().as_secs(), "second"));
    show(&figures.to_string());
    Ok(())
}

impl Rehearsal {
    /// Starts the validator, deploys the program and tells the story of a stake.
    fn begin(arguments: &RehearseArgs, binaries: Binaries) -> Result<Self> {
        let token_metadata = cluster::token_metadata(&arguments.program)?;
        let folder = Folder::at(&arguments.folder)?;
        let mut figures = Figures::default();
        let node = figures.time("validator: first block after", || {
            Node::start(
                &arguments.validator,
                folder.whole(),
                &token_metadata,
                arguments.slots_per_epoch,
            )
        })?;
        act(
            0,
            "Deploy the program",
            "A validator that begins without it. Everything goes through the commands, as on any cluster.",
        );
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
        let demo = match is_wanted(arguments, Part::Life) {
            true => figures.time("life of a stake", || Demo::tell_on(stage))?,
            false => Self::begin_pool(stage, &arguments.only)?,
        };
        Ok(Self {
            demo,
            deployer,
            folder,
            figures,
            node,
        })
    }

    /// A pool without its story. Stake accounts leave only once a reward was booked.
    fn begin_pool(stage: Stage, parts: &[Part]) -> Result<Demo> {
        let demo = Demo::begin_on(stage)?;
        if parts != [Part::Upgrades] {
            demo.next_epoch()?;
            demo.next_epoch()?;
        }
        Ok(demo)
    }
}

fn is_wanted(arguments: &RehearseArgs, part: Part) -> bool {
    arguments.only.is_empty() || arguments.only.contains(&part)
}
