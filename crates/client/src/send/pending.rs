//! What became of transactions that were left undecided.

use std::{fmt, time::Duration};

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;

use super::{
    delivery::{Absence, SHORTEST_LIFE, absence},
    journal::{Journal, Nonce, Pending},
    nonce,
};
use crate::{ClientError, Result};

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

impl fmt::Display for Outlook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Landed { .. } => "it was done",
            Self::Failed { .. } => "it failed, changed nothing and cost its fee",
            Self::NeverArrived => "it did not arrive and cannot arrive any more",
            Self::Undecided => "it may still arrive",
        })
    }
}

/// By then no blockhash is recent any more, however slow the network is.
const CERTAIN_END: Duration = Duration::from_secs(300);

/// Looks up what earlier commands noted, each once. What is decided is to be struck out once it was
/// told: [`Journal::strike_out_decided`]. A node that does not answer decides nothing. What another run
/// is at work on stays undecided: that run tells it.
pub fn settle(
    rpc: &RpcClient,
    nodes: &[RpcClient],
    journal: &Journal,
) -> Result<Vec<(Pending, Outlook)>> {
    let mut settled = Vec::new();
    for entry in journal.pending()? {
        let Ok(signature) = entry.signature.parse::<Signature>() else {
            settled.push((entry, Outlook::Undecided));
            continue;
        };
        if journal.is_decided(&signature) {
            continue;
        }
        if journal.is_under_way(&entry) {
            settled.push((entry, Outlook::Undecided));
            continue;
        }
        let outlook =
            outlook(rpc, nodes, &signature, &entry, journal).unwrap_or(Outlook::Undecided);
        if outlook != Outlook::Undecided {
            journal.decide(&signature);
        }
        settled.push((entry, outlook));
    }
    Ok(settled)
}

fn outlook(
    rpc: &RpcClient,
    nodes: &[RpcClient],
    signature: &Signature,
    entry: &Pending,
    journal: &Journal,
) -> Result<Outlook> {
    let statuses = rpc
        .get_signature_statuses_with_history(&[*signature])?
        .value;
    if let Some(status) = statuses.into_iter().next().flatten() {
        let slot = status.slot;
        return Ok(match status.err {
            _ if !status.satisfies_commitment(rpc.commitment()) => Outlook::Undecided,
            None => Outlook::Landed { slot },
            Some(_) => Outlook::Failed { slot },
        });
    }
    // Whatever nodes say, no transaction expires sooner. One node alone could make an expiry up, but not
    // bring a transaction into a block so late.
    let certain = match nodes.len() > 1 {
        true => SHORTEST_LIFE,
        false => CERTAIN_END,
    };
    if journal.age_seconds(entry) < certain.as_secs() {
        return Ok(Outlook::Undecided);
    }
    for node in std::iter::once(rpc).chain(nodes) {
        let is_absent = match (entry.last_valid_height, &entry.nonce) {
            (Some(last), _) => absence(node, signature, last)? == Absence::Proven,
            (None, Some(nonce)) => is_without(node, signature, nonce)?,
            (None, None) => false,
        };
        if !is_absent {
            return Ok(Outlook::Undecided);
        }
    }
    Ok(Outlook::NeverArrived)
}

/// Whether a node shows that somebody else used the nonce: its account has another value in final blocks,
/// and these do not know the transaction.
fn is_without(node: &RpcClient, signature: &Signature, nonce: &Nonce) -> Result<bool> {
    let Ok(account) = nonce.account.parse() else {
        return Ok(false);
    };
    let found = node.get_account_with_commitment(&account, CommitmentConfig::finalized())?;
    let value = found.value.as_ref().and_then(nonce::value);
    if value.is_none_or(|value| value.to_string() == nonce.value) {
        return Ok(false);
    }
    let status = node
        .get_signature_statuses_with_history(&[*signature])
        .map_err(ClientError::from)?;
    let is_as_new = status.context.slot >= found.context.slot;
    Ok(is_as_new && status.value.iter().all(Option::is_none) && !status.value.is_empty())
}
