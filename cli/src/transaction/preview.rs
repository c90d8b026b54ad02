//! Commands that are only looked at.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::Executor;

use super::{Transaction, dump::Dump, simulation::Simulation};
use crate::{args::SendMode, session::Session};

/// What a command would send.
#[derive(Debug, Serialize)]
#[serde(tag = "send", rename_all = "snake_case")]
pub enum Preview {
    /// Its unsigned messages.
    Dump(Dump),
    /// What they would change.
    Simulate(Simulation),
}

/// Looks at the transactions instead of sending them, where `--send` says so.
pub fn preview(
    session: &Session,
    executor: &Executor<'_>,
    transactions: &[Transaction<'_>],
) -> Result<Option<Preview>> {
    Ok(match session.send_mode() {
        SendMode::Send => None,
        SendMode::Simulate => Some(Preview::Simulate(Simulation::of(executor, transactions)?)),
        SendMode::Dump => Some(Preview::Dump(Dump::of(session, executor, transactions)?)),
    })
}

impl fmt::Display for Preview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dump(dump) => dump.fmt(formatter),
            Self::Simulate(simulation) => simulation.fmt(formatter),
        }
    }
}
