//! Finding the tables: by the node's index, or as far as this machine remembers them.

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    ClientError,
    send::lookup_tables::{OwnTable, tables_at, tables_of},
};
use solana_pubkey::Pubkey;

use crate::{local_book::Entry, next, output::announce, session::Session};

/// The tables of a keeper for a pool.
pub struct OwnTables {
    /// The tables, by address.
    pub tables: Vec<OwnTable>,
    /// Who answered.
    pub found_by: FoundBy,
}

/// Where tables were looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// The node's index of all accounts.
    Index,
    /// What this machine remembers.
    LocalBook,
}

impl OwnTables {
    /// Asks the node's index, and reads what this machine remembers too: an index lags. Where the node
    /// has none, that is all. Both are said.
    pub fn find(session: &Session, keeper: &Pubkey, pool: &Pubkey) -> Result<Self> {
        let known: Vec<Pubkey> = session.table_book()?.of_pool(pool).collect();
        let error = match tables_of(&session.rpc, keeper, pool, &known) {
            Ok(tables) => {
                return Ok(Self {
                    tables,
                    found_by: FoundBy::Index,
                });
            }
            Err(error @ ClientError::Rpc(_)) => error,
            Err(error) => return Err(error.into()),
        };
        announce(format_args!(
            "The node's index of accounts did not answer: {}. Lookup tables that this machine does not \
             remember are left out.",
            next::sentence(&error)
        ));
        Ok(Self {
            tables: tables_at(&session.rpc, &known, keeper, pool, None)?,
            found_by: FoundBy::LocalBook,
        })
    }
}

/// Remembers tables. A book that cannot be written is no reason to fail: the index knows them too.
pub fn remember(session: &Session, pool: Pubkey, tables: impl IntoIterator<Item = Pubkey>) {
    let noted = session.table_book().and_then(|mut book| {
        tables
            .into_iter()
            .try_for_each(|address| book.note(Entry { pool, address }))
    });
    if let Err(error) = noted {
        announce(format_args!(
            "The lookup tables are not in the local book: {error:#}"
        ));
    }
}
