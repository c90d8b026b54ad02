//! Commands that are only looked at.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::Executor;

use super::{Transaction, dump::dump, simulation::Simulation};
use crate::{args::SendMode, session::Session, transaction_file::TransactionFile};

/// What a command would send.
#[derive(Debug, Serialize)]
#[serde(tag = "send", rename_all = "snake_case")]
pub enum Preview {
    /// Its unsigned messages.
    Dump(TransactionFile),
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
        SendMode::Send | SendMode::Propose => None,
        SendMode::Simulate => Some(Preview::Simulate(Simulation::of(executor, transactions)?)),
        SendMode::Dump => Some(Preview::Dump(dump(session, executor, transactions)?)),
    })
}

impl fmt::Display for Preview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dump(file) => {
                let what = transactions(file.transactions().len());
                writeln!(formatter, "Nothing was sent. {what}")?;
                file.fmt(formatter)
            }
            Self::Simulate(simulation) => simulation.fmt(formatter),
        }
    }
}

fn transactions(count: usize) -> String {
    match count {
        0 => "There is nothing to send.".to_owned(),
        1 => "This is what would be signed:".to_owned(),
        _ => format!("These are {count} transactions, in this order:"),
    }
}
