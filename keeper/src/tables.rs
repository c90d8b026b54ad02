//! Lookup tables of the keeper's key: it uses none, since they cost more than they spare. What an earlier
//! run or `sluice crank --tables` left is closed, and its rent comes back.

use sluice_client::{
    ClientError, Confirmed, Repeat,
    send::lookup_tables::{
        Closing, OwnTable, TABLES_PER_TRANSACTION, recent_slots, tables_at, tables_of,
    },
    words::amounts::sol,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{around::Around, chronicle::Tried, outcome::Purpose, purse::PoolPurse};

/// Slots between two looks at a table with which something can be done.
const SOON: u64 = 25;

/// The tables of one pool that are left.
#[derive(Default)]
pub struct Tables {
    /// The epoch in which the node's index was last asked for them.
    searched_epoch: Option<u64>,
    left: Vec<Pubkey>,
    /// The slot from which on something can be done with them again.
    again_slot: u64,
}

impl Tables {
    /// Does the next step with each table. The node's index is asked once in an epoch.
    ///
    /// Fails where no node answers, or where it is not known what became of a transaction.
    pub fn turn(&mut self, around: &Around<'_>) -> Result<(), ClientError> {
        let tables = self.find(around)?;
        if tables.is_empty() {
            return Ok(());
        }
        let purse = PoolPurse {
            chronicle: around.chronicle,
            purpose: Purpose::Table,
            budget: None,
        };
        let executor = around.executor.clone().with_purse(&purse);
        let closing = Closing::of(&tables, &recent_slots(around.rpc)?);
        // A block takes at least a slot.
        let slots = closing.blocks.max(SOON);
        self.again_slot = around.snapshot.cluster.clock.slot.saturating_add(slots);
        let steps = closing.instructions(executor.payer());
        for together in steps.chunks(TABLES_PER_TRANSACTION) {
            if around.stop.is_requested() {
                break;
            }
            let instructions = together.iter().map(|(_, step)| step.clone());
            let instructions: Vec<Instruction> = instructions.collect();
            let tried = tried(together);
            match executor.send(&instructions, &[], Repeat::Harmless) {
                Ok(sent) => {
                    let confirmed = Confirmed::read(around.rpc, &sent.signature);
                    let chronicle = around.chronicle;
                    chronicle.landed(&tried, &sent.signature, confirmed.as_ref());
                }
                Err(error) => {
                    around.chronicle.failed(&tried, &error);
                    if !matches!(error, ClientError::Refused(_)) {
                        return Err(error);
                    }
                }
            }
        }
        Ok(())
    }

    /// Those with which something can be done now.
    fn find(&mut self, around: &Around<'_>) -> Result<Vec<OwnTable>, ClientError> {
        let (keeper, pool) = (around.executor.payer(), around.snapshot.addresses.pool);
        let clock = &around.snapshot.cluster.clock;
        let tables = if self.searched_epoch != Some(clock.epoch) {
            match tables_of(around.rpc, &keeper, &pool, &self.left) {
                // This node has no such index: nothing is known of tables.
                Err(error) if error.refuses_method() => Vec::new(),
                found => found?,
            }
        } else if self.left.is_empty() || clock.slot < self.again_slot {
            return Ok(Vec::new());
        } else {
            tables_at(around.rpc, &self.left, &keeper, &pool, None)?
        };
        self.searched_epoch = Some(clock.epoch);
        self.left = tables.iter().map(|own| own.table.key).collect();
        Ok(tables)
    }
}

fn tried(steps: &[(&OwnTable, Instruction)]) -> Vec<Tried> {
    let tried = steps.iter().map(|(own, _)| {
        let (table, rent) = (own.table.key, sol(own.rent.get()));
        Tried {
            kind: "close table".to_owned(),
            step: None,
            why: match own.is_active() {
                true => format!("Nobody needs the lookup table {table}: it is taken out of use"),
                false => {
                    format!("The lookup table {table} is closed, and gives {rent} of rent back")
                }
            },
        }
    });
    tried.collect()
}
