//! Creates and fills a pool's lookup tables.

use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;

use super::{OwnTable, missing, plan, recent_slots, tables_at};
use crate::{ClientError, Executor, PoolSnapshot, Repeat, Result, send::slots::wait_beyond};

/// New tables, at most: eight hold a pool of 1,000 validators.
pub(super) const MAX_TABLES: usize = 32;

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
    /// waits until they can be used. The payer pays their rent: [`super::cost`] says how much.
    ///
    /// Fails with [`ClientError::TableNotShown`] where the node does not show what was just made, and
    /// with [`ClientError::SlotStands`] where no slot comes after it.
    pub fn ensure_tables(
        &self,
        snapshot: &PoolSnapshot,
        tables: &[OwnTable],
        on_progress: &mut dyn FnMut(TableProgress),
    ) -> Result<Vec<AddressLookupTableAccount>> {
        let mut tables = active(tables);
        let mut extended_slot = None;
        for _ in 0..MAX_TABLES {
            if missing(snapshot, &tables).is_empty() {
                break;
            }
            // The newest slot that a table can be derived from.
            let recent = recent_slots(self.rpc)?.first().copied().unwrap_or_default();
            let plan = plan(snapshot, &tables, &self.payer.pubkey(), recent);
            if let Some(table) = plan.created {
                on_progress(TableProgress::Created(table));
            }
            for (index, instructions) in plan.transactions.iter().enumerate() {
                extended_slot = Some(self.send(instructions, &[], Repeat::Harmful)?.slot);
                on_progress(TableProgress::Sent {
                    done: index + 1,
                    total: plan.transactions.len(),
                });
            }
            tables = self.reread(snapshot, tables, plan.changed, extended_slot)?;
        }
        if let Some(slot) = extended_slot {
            wait_beyond(self.rpc, slot)?;
        }
        Ok(tables)
    }

    /// The tables after they were changed. Without a look at what was just made, nothing else is: a
    /// node that hides a table would have the next one made and paid for.
    fn reread(
        &self,
        snapshot: &PoolSnapshot,
        before: Vec<AddressLookupTableAccount>,
        changed: Vec<AddressLookupTableAccount>,
        slot: Option<u64>,
    ) -> Result<Vec<AddressLookupTableAccount>> {
        let known = before.iter().chain(&changed).map(|table| table.key);
        let known: Vec<Pubkey> = known.collect();
        let (keeper, pool) = (self.payer.pubkey(), snapshot.addresses.pool);
        let tables = active(&tables_at(self.rpc, &known, &keeper, &pool, slot)?);
        for left in changed {
            let now = tables.iter().find(|table| table.key == left.key);
            let holds = |address| now.is_some_and(|now| now.addresses.contains(address));
            if !left.addresses.iter().all(holds) {
                return Err(ClientError::TableNotShown { table: left.key });
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
