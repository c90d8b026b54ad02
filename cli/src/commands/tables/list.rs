//! Showing lookup tables.

use std::{collections::HashSet, fmt};

use anyhow::Result;
use serde::Serialize;
use sluice_client::send::lookup_tables::{
    OwnTable, blocks_until_closable, recent_slots, unneeded, wanted,
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::{FoundBy, OwnTables};
use crate::{
    moment::{in_about, seconds_for},
    output::table,
    session::Session,
};

/// The tables of a keeper for a pool.
#[derive(Debug, Serialize)]
pub struct Listed {
    pool: String,
    keeper: String,
    found_by: FoundBy,
    tables: Vec<TableLine>,
}

#[derive(Debug, Serialize)]
struct TableLine {
    table: String,
    state: TableState,
    addresses: usize,
    needed_addresses: usize,
    rent_lamports: u64,
    seconds_until_closable: Option<u64>,
}

/// How far a table has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum TableState {
    /// Cranks use it.
    InUse,
    /// The others hold all that cranks need.
    Unneeded,
    /// It was deactivated, and cannot be closed yet.
    Deactivating,
    /// It can be closed.
    Closable,
}

/// Lists the fee payer's tables of the configured pool.
pub fn list(session: &Session) -> Result<Listed> {
    let keeper = session.payer_address()?;
    let snapshot = session.snapshot()?;
    let pool = snapshot.addresses.pool;
    let OwnTables { tables, found_by } = OwnTables::find(session, &keeper, &pool)?;
    let needed: HashSet<Pubkey> = wanted(&snapshot).into_iter().collect();
    let unneeded = unneeded(&snapshot, &tables);
    let recent = recent_slots(&session.rpc)?;
    let line = |own: &OwnTable| -> Result<TableLine> {
        let blocks = own
            .deactivated_slot
            .map(|slot| blocks_until_closable(slot, &recent));
        let held = own.table.addresses.iter();
        Ok(TableLine {
            table: own.table.key.to_string(),
            state: match blocks {
                None if unneeded.contains(&own.table.key) => TableState::Unneeded,
                None => TableState::InUse,
                Some(0) => TableState::Closable,
                Some(_) => TableState::Deactivating,
            },
            addresses: own.table.addresses.len(),
            needed_addresses: held.filter(|address| needed.contains(address)).count(),
            rent_lamports: own.rent.get(),
            seconds_until_closable: match blocks {
                Some(blocks) if blocks > 0 => seconds_for(blocks, session)?,
                _ => None,
            },
        })
    };
    Ok(Listed {
        pool: pool.to_string(),
        keeper: keeper.to_string(),
        found_by,
        tables: tables.iter().map(line).collect::<Result<_>>()?,
    })
}

impl TableLine {
    fn state(&self) -> String {
        match (self.state, self.seconds_until_closable) {
            (TableState::InUse, _) => "in use".to_owned(),
            (TableState::Unneeded, _) => "not needed".to_owned(),
            (TableState::Deactivating, Some(seconds)) => {
                format!("can be closed {}", in_about(seconds))
            }
            (TableState::Deactivating, None) => "cannot be closed yet".to_owned(),
            (TableState::Closable, _) => "can be closed".to_owned(),
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tables.is_empty() {
            return writeln!(
                formatter,
                "{} has no lookup tables of this pool: `sluice crank --tables` makes them.",
                self.keeper
            );
        }
        let mut tables = table(["table", "state", "addresses", "needed", "rent SOL"], 2);
        for line in &self.tables {
            tables.add_row([
                line.table.clone(),
                line.state(),
                line.addresses.to_string(),
                line.needed_addresses.to_string(),
                Lamports::new(line.rent_lamports).to_string(),
            ]);
        }
        writeln!(
            formatter,
            "{tables}\n`sluice tables close` gets back the rent of those that are not needed, in two steps."
        )
    }
}
