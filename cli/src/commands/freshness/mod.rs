//! Prices that hold: a pool that nobody has cranked in this epoch is cranked on the way. What that
//! costs is told and asked before the first transaction, and what it cost is told after the last.

mod cost;
mod due;
mod propose;
mod upkeep;

use anyhow::Result;
pub use cost::Cost;
pub use due::{Due, PoolDue, View};
pub use propose::{Proposal, propose};
use sluice_client::PoolSnapshot;
pub use upkeep::{Upkeep, Upkept};

use crate::{
    args::NoCrank,
    confirm::{Asked, ask},
    failure::sentence,
    output::announce,
    session::{Actor, Session},
    transaction::beforehand,
};

/// A pool with prices that hold, and what was done for it.
pub struct Fresh {
    /// The pool.
    pub snapshot: PoolSnapshot,
    /// What was done and paid.
    pub upkeep: Upkeep,
}

/// The pool, with prices that hold if they can be had: the queue is open without them, and they
/// only make its estimate better.
pub fn freshest_snapshot(session: &Session, actor: &Actor, no_crank: NoCrank) -> Result<Fresh> {
    let snapshot = session.snapshot()?;
    if snapshot.is_fresh() || no_crank.no_crank {
        return Ok(Fresh::already(snapshot));
    }
    let due = match PoolDue::of(session, actor, no_crank, View::Prices) {
        Ok(due) => due,
        Err(error) => return Ok(Fresh::not_needed(snapshot, &error)),
    };
    tell_and_ask(session, actor, &due)?;
    match due.carry_out(session, actor) {
        Ok((snapshot, upkeep)) => Ok(Fresh { snapshot, upkeep }),
        Err(error) => Ok(Fresh::not_needed(snapshot, &error)),
    }
}

/// The pool with prices that hold for the current epoch, as far as `view` goes.
pub fn fresh_snapshot(
    session: &Session,
    actor: &Actor,
    no_crank: NoCrank,
    view: View,
) -> Result<Fresh> {
    let due = PoolDue::of(session, actor, no_crank, view)?;
    tell_and_ask(session, actor, &due)?;
    let (snapshot, upkeep) = due.carry_out(session, actor)?;
    Ok(Fresh { snapshot, upkeep })
}

fn tell_and_ask(session: &Session, actor: &Actor, due: &PoolDue) -> Result<()> {
    let facts = due.cost().facts(&session.executor(actor.payer())?);
    if facts.is_empty() {
        return Ok(());
    }
    beforehand(session, actor, Some(due.pool()), &facts)?;
    ask(session, Asked::AtTerminal, "nothing was done")
}

impl Fresh {
    fn already(snapshot: PoolSnapshot) -> Self {
        Self {
            snapshot,
            upkeep: Upkeep::default(),
        }
    }

    fn not_needed(snapshot: PoolSnapshot, why: &anyhow::Error) -> Self {
        announce(format_args!(
            "The queue is open all the same, only the estimate is older: {}.",
            sentence(why)
        ));
        Self::already(snapshot)
    }
}
