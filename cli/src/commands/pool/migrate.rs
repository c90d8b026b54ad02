//! Giving a pool the layout of the program.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::VERSION;
use sluice_client::words::amounts::counted;

use crate::{
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform_all},
};

/// A pool that has the current layout.
#[derive(Debug, Serialize)]
pub struct Migrated {
    pool: String,
    from_version: u8,
    version: u8,
    signatures: Vec<String>,
}

/// Migrates what of the configured pool has an older layout: page by page, then the pool. Anybody
/// may, and can go on where somebody else has stopped.
pub fn migrate(session: &Session) -> Result<Outcome<Migrated>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    let migrated = |signatures| Migrated {
        pool: snapshot.addresses.pool.to_string(),
        from_version: snapshot.pool.version,
        version: VERSION,
        signatures,
    };
    let instructions = snapshot.migration(actor.address());
    if instructions.is_empty() {
        return Ok(Outcome::nothing_sent(migrated(Vec::new())));
    }
    beforehand(session, &actor, Some(&snapshot.addresses), &[])?;
    let pages = instructions.len() - 1;
    let transactions = instructions.into_iter().enumerate();
    let transactions = transactions
        .map(
            |(index, instruction)| match Transaction::new([instruction]).repeatable() {
                // The pool can be migrated once all of its pages are.
                pool if index == pages && pages > 0 => pool.after_the_previous(),
                page => page,
            },
        )
        .collect();
    perform_all(session, &actor, "migrating", transactions, |done| {
        Ok(migrated(
            done.into_iter().map(|done| done.signature).collect(),
        ))
    })
}

impl fmt::Display for Migrated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pool, from, version) = (&self.pool, self.from_version, self.version);
        match self.signatures.len() {
            0 => writeln!(
                formatter,
                "The pool {pool} has layout version {version} already: nothing to do."
            ),
            transactions => writeln!(
                formatter,
                "The pool {pool} went from layout version {from} to {version} in {}. No price and no \
                 balance has changed.",
                counted(transactions, "transaction")
            ),
        }
    }
}
