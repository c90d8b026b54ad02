//! Address lookup tables of a pool.
//!
//! Every table of a pool starts with the pool's address, so that its keeper finds its tables
//! again by asking the lookup table program for those that it owns and that start so. Addresses
//! can only be appended, and the program checks every account anyway: a table can make a
//! transaction larger, never wrong.

mod keep;
mod own;

use std::collections::HashSet;

pub use keep::{TableProgress, active};
pub use own::{
    OwnTable, blocks_until_closable, closing, deactivation, recent_slots, tables_at, tables_of,
    unneeded,
};
use solana_address_lookup_table_interface::{
    instruction::{create_lookup_table, extend_lookup_table},
    state::LOOKUP_TABLE_MAX_ADDRESSES,
};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program, sysvar};

use crate::PoolSnapshot;

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
    let mut transactions = Vec::new();
    let mut created = None;
    let mut rest = missing.as_slice();
    for table in tables {
        let room = LOOKUP_TABLE_MAX_ADDRESSES.saturating_sub(table.addresses.len());
        let (now, later) = rest.split_at(room.min(rest.len()));
        transactions.extend(extensions(&table.key, payer, now));
        rest = later;
    }
    if !rest.is_empty() {
        let (create, table) = create_lookup_table(*payer, *payer, recent_slot);
        created = Some(table);
        let mark = extension(&table, payer, vec![snapshot.addresses.pool]);
        transactions.push(vec![create, mark]);
        let room = LOOKUP_TABLE_MAX_ADDRESSES - 1;
        let (now, _) = rest.split_at(room.min(rest.len()));
        transactions.extend(extensions(&table, payer, now));
    }
    TablePlan {
        transactions,
        created,
    }
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
