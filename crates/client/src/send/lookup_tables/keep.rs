//! Creates and fills a pool's lookup tables.

use std::{thread, time::Duration};

use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;

use super::{OwnTable, TablePlan, missing, plan, recent_slots, tables_at};
use crate::{ClientError, Executor, PoolSnapshot, Repeat, Result};

/// New tables, at most: eight hold a pool of 1,000 validators.
const MAX_TABLES: usize = 32;
const SLOT_STEP: Duration = Duration::from_millis(200);

/// What happens while tables are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableProgress {
    /// A table is about to be created here.
    Created(Pubkey),
    /// So many transactions are confirmed.
    Sent {
        /// Confirmed ones.
        done: usize,
        /// All of this round.
        total: usize,
    },
}

impl Executor<'_> {
    /// Makes these tables of the payer, and new ones, hold everything that the pool's cranks use, and
    /// waits until they can be used. The payer pays their rent.
    pub fn ensure_tables(
        &self,
        snapshot: &PoolSnapshot,
        tables: &[OwnTable],
        on_progress: &mut dyn FnMut(TableProgress),
    ) -> Result<Vec<AddressLookupTableAccount>> {
        let (keeper, pool) = (self.payer.pubkey(), snapshot.addresses.pool);
        let mut tables = active(tables);
        let mut extended_slot = None;
        for _ in 0..MAX_TABLES {
            if missing(snapshot, &tables).is_empty() {
                break;
            }
            // The newest slot that a table can be derived from.
            let recent = recent_slots(self.rpc)?.first().copied().unwrap_or_default();
            let TablePlan {
                transactions,
                created,
            } = plan(snapshot, &tables, &keeper, recent);
            if let Some(table) = created {
                on_progress(TableProgress::Created(table));
            }
            for (index, instructions) in transactions.iter().enumerate() {
                extended_slot = Some(self.send(instructions, &[], Repeat::Harmful)?.slot);
                on_progress(TableProgress::Sent {
                    done: index + 1,
                    total: transactions.len(),
                });
            }
            let known = tables.iter().map(|table| table.key);
            let known: Vec<Pubkey> = known.chain(created).collect();
            tables = active(&tables_at(self.rpc, &known, &keeper, &pool, extended_slot)?);
        }
        // Addresses can be looked up from the slot after the one that appended them.
        if let Some(slot) = extended_slot {
            while self.rpc.get_slot().map_err(ClientError::from)? <= slot {
                thread::sleep(SLOT_STEP);
            }
        }
        Ok(tables)
    }
}

/// Those that transactions may use.
pub fn active(tables: &[OwnTable]) -> Vec<AddressLookupTableAccount> {
    let active = tables.iter().filter(|own| own.is_active());
    active.map(|own| own.table.clone()).collect()
}
