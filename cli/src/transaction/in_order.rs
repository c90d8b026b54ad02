//! Changes that are made in their order, as many in a transaction as fit.

use anyhow::Result;
use sluice_client::{PoolAddresses, send::packing::Packing};
use solana_instruction::Instruction;

use super::{Transaction, proposing};
use crate::session::{Actor, Session};

/// Joins groups of instructions, each group whole, into as few transactions as fit, also where these are
/// proposed to a multisig. `compute_units` is what each group takes at most. Each transaction follows the one
/// before it, and a second one of it is refused.
pub fn in_order(
    session: &Session,
    actor: &Actor,
    addresses: &PoolAddresses,
    groups: &[Vec<Instruction>],
    compute_units: &[u64],
) -> Result<Vec<Transaction<'static>>> {
    let packing = |payer| Packing {
        addresses,
        payer,
        tables: &[],
    };
    let joined = match session.vault() {
        Some(vault) => packing(session.keys()?.payer_address()).join_within(
            groups,
            compute_units,
            proposing(session, vault)?,
        ),
        None => packing(actor.payer_address())
            .join_within(groups, compute_units, |sent| Some(sent.to_vec())),
    }?;
    let transactions = joined.into_iter().map(|range| {
        let is_first = range.start == 0;
        let instructions = groups.get(range).unwrap_or_default().concat();
        let transaction = Transaction::new(instructions).repeatable();
        match is_first {
            true => transaction,
            false => transaction.after_the_previous(),
        }
    });
    Ok(transactions.collect())
}
