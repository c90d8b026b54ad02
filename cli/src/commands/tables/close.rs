//! Closing lookup tables: deactivating them, and getting their rent back once nobody can use them.

use std::fmt;

use anyhow::{Result, ensure};
use serde::Serialize;
use sluice_client::{
    PoolSnapshot,
    send::lookup_tables::{
        COOL_DOWN_BLOCKS, Closing, OwnTable, TABLES_PER_TRANSACTION, recent_slots, unneeded,
    },
    words::amounts::sol,
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::OwnTables;
use crate::{
    args::{CloseTablesArgs, OutputFormat},
    moment::{in_about, seconds_for},
    output::print,
    session::Session,
    transaction::{Attempts, Things, beforehand, perform_each},
};

/// What became of tables.
#[derive(Debug, Serialize)]
pub struct Closed {
    keeper: String,
    closed: Vec<String>,
    returned_lamports: u64,
    deactivated: Vec<String>,
    waiting: Vec<String>,
    seconds_until_closable: Option<u64>,
    failures: Vec<String>,
}

/// Does the next step with each table: closes what can be closed, deactivates what is active.
pub fn close(session: &Session, arguments: &CloseTablesArgs, output: OutputFormat) -> Result<()> {
    let actor = session.actor()?;
    let keeper = actor.payer_address();
    let snapshot = session.snapshot()?;
    let found = OwnTables::find(session, &keeper, &snapshot.addresses.pool)?.tables;
    let tables = chosen(&snapshot, &found, &keeper, arguments)?;
    beforehand(session, &actor, Some(&snapshot.addresses), &[])?;
    let steps = Closing::of(tables, &recent_slots(&session.rpc)?);
    let instructions = steps.instructions(keeper).into_iter();
    let things = Things {
        name: "tables",
        each: instructions
            .map(|(own, step)| (own.table.key, step))
            .collect(),
        per_transaction: TABLES_PER_TRANSACTION,
        gone: None,
    };
    let doing = "closing lookup tables";
    let (outcome, failure) = perform_each(session, &actor, doing, &things, |attempts| {
        Closed::new(session, &keeper, &steps, attempts)
    })?;
    print(output, &outcome)?;
    failure.map_or(Ok(()), Err)
}

/// The tables that something is done with: those that were named, or all, or those that the pool's
/// cranks do not need; what was deactivated is always meant.
fn chosen<'a>(
    snapshot: &PoolSnapshot,
    found: &'a [OwnTable],
    keeper: &Pubkey,
    arguments: &CloseTablesArgs,
) -> Result<Vec<&'a OwnTable>> {
    for named in &arguments.tables {
        ensure!(
            found.iter().any(|own| own.table.key == *named),
            "{named} is no lookup table of {keeper} for this pool: `sluice tables list` shows all"
        );
    }
    let unneeded = unneeded(snapshot, found);
    let is_meant = |own: &&OwnTable| match arguments.tables.as_slice() {
        [] => arguments.all || !own.is_active() || unneeded.contains(&own.table.key),
        named => named.contains(&own.table.key),
    };
    Ok(found.iter().filter(is_meant).collect())
}

impl Closed {
    fn new(
        session: &Session,
        keeper: &Pubkey,
        steps: &Closing<'_>,
        attempts: &Attempts,
    ) -> Result<Self> {
        let has_failed = |own: &&&OwnTable| {
            let mut failed = attempts.failed.iter();
            failed.any(|(table, _)| *table == own.table.key)
        };
        let done = |tables: &[&'_ OwnTable]| -> Vec<String> {
            let done = tables.iter().filter(|own| !has_failed(own));
            done.map(|own| own.table.key.to_string()).collect()
        };
        let mut closed = steps.close.iter().filter(|own| !has_failed(own));
        let returned = closed.try_fold(Lamports::ZERO, |sum, own| sum.add(own.rent))?;
        Ok(Self {
            keeper: keeper.to_string(),
            closed: done(&steps.close),
            returned_lamports: returned.get(),
            deactivated: done(&steps.deactivate),
            waiting: done(&steps.wait),
            seconds_until_closable: match steps.blocks {
                0 => None,
                blocks => seconds_for(blocks, session)?,
            },
            failures: attempts.failures(),
        })
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = self.deactivated.len().saturating_add(self.waiting.len());
        if pending == 0 && self.closed.is_empty() {
            return writeln!(
                formatter,
                "No lookup table is to be closed: the pool's cranks need all there are. \
                 `sluice tables list` shows them, and --all closes them all the same."
            );
        }
        for table in &self.closed {
            writeln!(formatter, "{table} is closed.")?;
        }
        if !self.closed.is_empty() {
            let (keeper, rent) = (&self.keeper, sol(self.returned_lamports));
            writeln!(formatter, "{keeper} received {rent} of rent.")?;
        }
        for table in &self.deactivated {
            writeln!(formatter, "{table} is deactivated.")?;
        }
        for table in &self.waiting {
            writeln!(formatter, "{table} was deactivated before.")?;
        }
        if pending > 0 {
            let when = self.seconds_until_closable.map(in_about);
            writeln!(
                formatter,
                "What is deactivated can be closed after {COOL_DOWN_BLOCKS} blocks at most{}: run this again then.",
                when.map_or_else(String::new, |when| format!(", {when}"))
            )?;
        }
        Ok(())
    }
}
