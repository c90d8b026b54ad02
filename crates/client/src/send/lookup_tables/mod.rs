//! Address lookup tables of a pool.
//!
//! Every table of a pool starts with the pool's address, so that its keeper finds its tables
//! again by asking the lookup table program for those that it owns and that start so. Addresses
//! can only be appended, and the program checks every account anyway: a table can make a
//! transaction larger, never wrong.

mod closing;
mod keep;
mod own;

use std::collections::HashSet;

pub use closing::{COOL_DOWN_BLOCKS, Closing, TABLES_PER_TRANSACTION, blocks_until_closable};
use keep::MAX_TABLES;
pub use keep::{TableProgress, active};
pub use own::{OwnTable, recent_slots, tables_at, tables_of, unneeded};
use sluice_math::Lamports;
use solana_address_lookup_table_interface::{
    instruction::{create_lookup_table, extend_lookup_table},
    state::{LOOKUP_TABLE_MAX_ADDRESSES, LOOKUP_TABLE_META_SIZE},
};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program, sysvar};

use crate::{PoolSnapshot, Result};

/// Addresses that one transaction can append: 32 bytes each, beside what it needs itself.
pub const ADDRESSES_PER_EXTENSION: usize = 24;

/// The addresses that a pool's tables should hold, most useful first: the pool's own accounts and
/// pages, then the main stake accounts, then the transient ones. Vote accounts are few in any
/// transaction and stay out.
pub fn wanted(snapshot: &PoolSnapshot) -> Vec<Pubkey> {
    let addresses = &snapshot.addresses;
    let own = addresses
        .all()
        .into_iter()
        .filter(|own| *own != addresses.pool);
    let programs = [
        spl_token_interface::ID,
        system_program::ID,
        stake::ID,
        sysvar::clock::ID,
    ];
    let pages = (0..snapshot.pool.page_count).map(|index| addresses.page(index));
    let mains = snapshot.slots().map(|placed| placed.place.main);
    let transients = snapshot.slots().map(|placed| placed.place.transient);
    own.chain(programs)
        .chain(pages)
        .chain(mains)
        .chain(transients)
        .collect()
}

/// The wanted addresses that no table holds yet, in order.
pub fn missing(snapshot: &PoolSnapshot, tables: &[AddressLookupTableAccount]) -> Vec<Pubkey> {
    let held: HashSet<&Pubkey> = tables.iter().flat_map(|table| &table.addresses).collect();
    wanted(snapshot)
        .into_iter()
        .filter(|address| !held.contains(address))
        .collect()
}

/// What makes the tables hold more of what is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TablePlan {
    /// Instructions, each list for a transaction of its own, in order.
    pub transactions: Vec<Vec<Instruction>>,
    /// The table that they create, if they do.
    pub created: Option<Pubkey>,
    /// The tables that they change, as they leave them.
    pub changed: Vec<AddressLookupTableAccount>,
}

impl TablePlan {
    /// Appends as many of the addresses as there is room for: those that are left.
    fn fill<'a>(
        &mut self,
        mut table: AddressLookupTableAccount,
        addresses: &'a [Pubkey],
        payer: &Pubkey,
    ) -> &'a [Pubkey] {
        let room = LOOKUP_TABLE_MAX_ADDRESSES.saturating_sub(table.addresses.len());
        let (now, later) = addresses.split_at(room.min(addresses.len()));
        if !now.is_empty() {
            self.transactions.extend(extensions(&table.key, payer, now));
            table.addresses.extend_from_slice(now);
            self.changed.push(table);
        }
        later
    }
}

/// Plans how the tables come to hold more of what is wanted; nothing where nothing is missing. At most
/// one new table: plan again for the next one, since tables of one authority differ by the slot that
/// they are derived from. `recent_slot` is one of those in the slot hashes.
pub fn plan(
    snapshot: &PoolSnapshot,
    tables: &[AddressLookupTableAccount],
    payer: &Pubkey,
    recent_slot: u64,
) -> TablePlan {
    let missing = missing(snapshot, tables);
    let mut plan = TablePlan::default();
    let mut rest = missing.as_slice();
    for table in tables {
        rest = plan.fill(table.clone(), rest, payer);
    }
    if !rest.is_empty() {
        let (create, key) = create_lookup_table(*payer, *payer, recent_slot);
        plan.created = Some(key);
        let pool = snapshot.addresses.pool;
        let mark = extension(&key, payer, vec![pool]);
        plan.transactions.push(vec![create, mark]);
        let addresses = vec![pool];
        plan.fill(AddressLookupTableAccount { key, addresses }, rest, payer);
    }
    plan
}

/// What it takes until the tables hold all that is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableCost {
    /// New tables.
    pub tables: usize,
    /// Addresses that are appended, to old and new ones.
    pub addresses: usize,
    /// Transactions.
    pub transactions: usize,
    /// Rent that is added. It comes back once the tables are closed.
    pub rent: Lamports,
}

/// What it will cost to make these active tables hold all that is wanted. Fails where the sums do.
pub fn cost(snapshot: &PoolSnapshot, tables: &[AddressLookupTableAccount]) -> Result<TableCost> {
    let mut tables = tables.to_vec();
    let mut cost = TableCost::default();
    let payer = Pubkey::default();
    for slot in 0..MAX_TABLES as u64 {
        let plan = plan(snapshot, &tables, &payer, slot);
        if plan.transactions.is_empty() {
            break;
        }
        cost.tables += usize::from(plan.created.is_some());
        cost.transactions += plan.transactions.len();
        for changed in plan.changed {
            let before = tables.iter().position(|table| table.key == changed.key);
            let held = before.map(|index| tables.remove(index));
            let was = held
                .as_ref()
                .map_or(Lamports::ZERO, |held| rent(snapshot, held));
            let added = rent(snapshot, &changed).saturating_sub(was);
            cost.rent = cost.rent.add(added)?;
            cost.addresses += changed.addresses.len() - held.map_or(0, |held| held.addresses.len());
            tables.push(changed);
        }
    }
    Ok(cost)
}

/// Rent of a table with these addresses.
fn rent(snapshot: &PoolSnapshot, table: &AddressLookupTableAccount) -> Lamports {
    let addresses = table.addresses.len().saturating_mul(size_of::<Pubkey>());
    let bytes = LOOKUP_TABLE_META_SIZE.saturating_add(addresses);
    Lamports::new(snapshot.cluster.rent.minimum_balance(bytes))
}

fn extensions(table: &Pubkey, payer: &Pubkey, addresses: &[Pubkey]) -> Vec<Vec<Instruction>> {
    addresses
        .chunks(ADDRESSES_PER_EXTENSION)
        .map(|part| vec![extension(table, payer, part.to_vec())])
        .collect()
}

fn extension(table: &Pubkey, payer: &Pubkey, addresses: Vec<Pubkey>) -> Instruction {
    extend_lookup_table(*table, *payer, Some(*payer), addresses)
}

#[cfg(test)]
mod tests;
