//! What came of a transaction that was sent.

use anyhow::{Context, Result};
use sluice_client::{Confirmed, Event, Sent, sluice_events};
use solana_rpc_client::rpc_client::RpcClient;

/// A confirmed transaction.
pub struct Done {
    /// Its signature.
    pub signature: String,
    /// The slot that it is in.
    pub slot: u64,
    /// What it cost, priority included; none where the node does not say.
    pub fee_lamports: Option<u64>,
    /// What the program said; none where no node has it.
    events: Option<Vec<Event>>,
}

/// The slot of the last of several transactions.
pub fn last_slot(done: &[Done]) -> u64 {
    done.iter().map(|done| done.slot).max().unwrap_or_default()
}

impl Done {
    /// Reads what the program said.
    pub(super) fn read(rpc: &RpcClient, sent: Sent) -> Self {
        let confirmed = Confirmed::read(rpc, &sent.signature);
        let fee_lamports = confirmed.as_ref().map(|confirmed| confirmed.fee_lamports);
        let logs = confirmed.and_then(|confirmed| confirmed.logs);
        Self {
            signature: sent.signature.to_string(),
            slot: sent.slot,
            fee_lamports,
            events: logs.map(|logs| sluice_events(&logs)),
        }
    }

    /// What the program said that `pick` wants.
    pub fn event<'a, T>(&'a self, pick: impl FnMut(&'a Event) -> Option<T> + 'a) -> Result<T> {
        self.events(pick).next().with_context(|| self.cut_off())
    }

    /// What is said where something that the program must have said is missing.
    pub fn cut_off(&self) -> String {
        let what = match self.events {
            None => "no node has its logs yet",
            Some(_) => "its logs are cut off",
        };
        format!("transaction {} was confirmed, but {what}", self.signature)
    }

    /// Everything that the program said and `pick` wants.
    pub fn events<'a, T>(
        &'a self,
        pick: impl FnMut(&'a Event) -> Option<T> + 'a,
    ) -> impl Iterator<Item = T> + 'a {
        self.events.iter().flatten().filter_map(pick)
    }
}
