//! The stage, with an audience that sees every command.

use std::{
    ops::Deref,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::Result;
use serde_json::Value;

use super::narration::command;
use crate::{
    stage::{Clock, Stage, TO_NEXT_EPOCH, TO_WINDOW},
    wallet::Wallet,
};

/// A stage that tells what is typed on it.
pub struct Told {
    stage: Stage,
    commands: AtomicU32,
}

impl Told {
    /// Lets the audience see a stage.
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            commands: AtomicU32::new(0),
        }
    }

    /// From now on every command is about this pool.
    pub fn set_pool(&mut self, pool: &str) {
        self.stage.set_pool(pool);
    }

    /// Runs `sluice` as this person would, and returns what it printed.
    pub fn sluice(&self, actor: &Wallet, arguments: &str) -> Result<Value> {
        self.tell_command(actor, "sluice", arguments);
        self.stage.sluice(actor, arguments)
    }

    /// The same, without telling the audience.
    pub fn quietly(&self, actor: &Wallet, arguments: &str) -> Result<Value> {
        self.stage.sluice(actor, arguments)
    }

    /// Goes to where the pool's stake moves.
    pub fn to_window(&self, actor: &Wallet) -> Result<()> {
        self.tell_jump(actor, TO_WINDOW);
        self.stage.to_window(actor)
    }

    /// Goes to the next epoch.
    pub fn to_next_epoch(&self, actor: &Wallet) -> Result<()> {
        self.tell_jump(actor, TO_NEXT_EPOCH);
        self.stage.to_next_epoch(actor)
    }

    /// Nobody types anything where time is waited for.
    fn tell_jump(&self, actor: &Wallet, arguments: &str) {
        if self.stage.clock() == Clock::Jumps {
            self.tell_command(actor, "sluice-localnet", arguments);
        }
    }

    /// How many commands the audience has seen.
    pub fn commands(&self) -> u32 {
        self.commands.load(Ordering::Relaxed)
    }

    fn tell_command(&self, actor: &Wallet, program: &str, arguments: &str) {
        self.commands.fetch_add(1, Ordering::Relaxed);
        command(actor.name, program, arguments);
    }
}

impl Deref for Told {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}
