//! The stage, with an audience that sees every command.

use std::{cell::Cell, ops::Deref};

use anyhow::Result;
use serde_json::Value;

use super::narration::command;
use crate::{stage::Stage, wallet::Wallet};

/// A stage that tells what is typed on it.
pub struct Told {
    stage: Stage,
    commands: Cell<u32>,
}

impl Told {
    /// Lets the audience see a stage.
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            commands: Cell::new(0),
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

    /// Runs `sluice-localnet` as this person would, and returns what it printed.
    pub fn localnet(&self, actor: &Wallet, arguments: &str) -> Result<Value> {
        self.tell_command(actor, "sluice-localnet", arguments);
        self.stage.localnet(actor, arguments)
    }

    /// How many commands the audience has seen.
    pub fn commands(&self) -> u32 {
        self.commands.get()
    }

    fn tell_command(&self, actor: &Wallet, program: &str, arguments: &str) {
        self.commands.set(self.commands.get().saturating_add(1));
        command(actor.name, program, arguments);
    }
}

impl Deref for Told {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}
