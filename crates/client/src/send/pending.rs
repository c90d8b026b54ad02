//! What became of transactions that were left undecided.

use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;

use super::{
    delivery::{Absence, SHORTEST_LIFE, absence},
    journal::{Journal, Pending},
};
use crate::Result;

/// What is known of it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It was executed.
    Landed {
        /// In this slot.
        slot: u64,
    },
    /// It was executed in vain: it changed nothing, and cost its fee.
    Failed {
        /// In this slot.
        slot: u64,
    },
    /// It is in no block, and can be in none any more.
    NeverArrived,
    /// Nobody can tell yet.
    Undecided,
}

/// Looks up what is noted, and strikes out what is decided. A node that does not answer decides
/// nothing.
pub fn settle(
    rpc: &RpcClient,
    nodes: &[RpcClient],
    journal: &Journal,
) -> Result<Vec<(Pending, Outlook)>> {
    let mut settled = Vec::new();
    for entry in journal.pending()? {
        let outlook = outlook(rpc, nodes, &entry).unwrap_or(Outlook::Undecided);
        if outlook != Outlook::Undecided {
            journal.strike_out(&entry.signature)?;
        }
        settled.push((entry, outlook));
    }
    Ok(settled)
}

fn outlook(rpc: &RpcClient, nodes: &[RpcClient], entry: &Pending) -> Result<Outlook> {
    let Ok(signature) = entry.signature.parse::<Signature>() else {
        return Ok(Outlook::Undecided);
    };
    let statuses = rpc.get_signature_statuses_with_history(&[signature])?.value;
    if let Some(status) = statuses.into_iter().next().flatten() {
        let slot = status.slot;
        return Ok(match status.err {
            _ if !status.satisfies_commitment(rpc.commitment()) => Outlook::Undecided,
            None => Outlook::Landed { slot },
            Some(_) => Outlook::Failed { slot },
        });
    }
    let Some(last) = entry.last_valid_height else {
        return Ok(Outlook::Undecided);
    };
    // Whatever nodes say, no transaction expires sooner.
    if entry.age_seconds() < SHORTEST_LIFE.as_secs() {
        return Ok(Outlook::Undecided);
    }
    for node in std::iter::once(rpc).chain(nodes) {
        if absence(node, &signature, last)? != Absence::Proven {
            return Ok(Outlook::Undecided);
        }
    }
    Ok(Outlook::NeverArrived)
}
