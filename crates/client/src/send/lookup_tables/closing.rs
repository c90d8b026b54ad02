//! Getting the rent of tables back: they are deactivated, and closed once nobody can use them any more.

use solana_address_lookup_table_interface::instruction::{
    close_lookup_table, deactivate_lookup_table,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::own::{OwnTable, REMEMBERED_BLOCKS};

/// Tables that are closed in one transaction, at most.
pub const TABLES_PER_TRANSACTION: usize = 8;
/// Blocks after which a table that is deactivated now can be closed.
pub const COOL_DOWN_BLOCKS: u64 = REMEMBERED_BLOCKS + 1;

/// Tables by what is done with them next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closing<'a> {
    /// Those that can be closed now.
    pub close: Vec<&'a OwnTable>,
    /// Those that are still active.
    pub deactivate: Vec<&'a OwnTable>,
    /// Those that were deactivated, and can still be used.
    pub wait: Vec<&'a OwnTable>,
    /// Blocks after which the last of the others can be closed; zero where there is none.
    pub blocks: u64,
}

impl<'a> Closing<'a> {
    /// What is done with these tables; `recent` are the [`recent_slots`](super::recent_slots).
    pub fn of(tables: impl IntoIterator<Item = &'a OwnTable>, recent: &[u64]) -> Self {
        let mut closing = Self::default();
        for own in tables {
            match own.deactivated_slot {
                None => {
                    closing.deactivate.push(own);
                    closing.blocks = COOL_DOWN_BLOCKS;
                }
                Some(slot) => match blocks_until_closable(slot, recent) {
                    0 => closing.close.push(own),
                    blocks => {
                        closing.wait.push(own);
                        closing.blocks = closing.blocks.max(blocks);
                    }
                },
            }
        }
        closing
    }

    /// What is to be sent, for each table that something is done with; its authority signs, and gets
    /// the rent.
    pub fn instructions(&self, keeper: Pubkey) -> Vec<(&'a OwnTable, Instruction)> {
        let close = self.close.iter().map(|own| {
            let table = own.table.key;
            (*own, close_lookup_table(table, keeper, keeper))
        });
        let deactivate = self.deactivate.iter().map(|own| {
            let table = own.table.key;
            (*own, deactivate_lookup_table(table, keeper))
        });
        close.chain(deactivate).collect()
    }
}

/// Blocks that must come before a table that was deactivated in this slot can be closed; `recent` are
/// the `recent_slots`.
pub fn blocks_until_closable(deactivated_slot: u64, recent: &[u64]) -> u64 {
    let later = recent.iter().take_while(|slot| **slot > deactivated_slot);
    let later = u64::try_from(later.count()).unwrap_or(REMEMBERED_BLOCKS);
    match recent.get(usize::try_from(later).unwrap_or(usize::MAX)) {
        Some(slot) if *slot == deactivated_slot => REMEMBERED_BLOCKS.saturating_sub(later),
        // Its block is the one that is being made, and no slot of the past yet.
        _ if later == 0 => REMEMBERED_BLOCKS.saturating_add(1),
        _ => 0,
    }
}
