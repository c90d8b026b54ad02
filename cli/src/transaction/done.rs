//! What came of a transaction that was sent.

use anyhow::{Context, Result};
use sluice_client::{Confirmed, Event, Sent, sluice_events};
use solana_rpc_client::rpc_client::RpcClient;

/// A confirmed transaction.
pub struct Done {
    /// Its signature.
    pub signature: String,
    /// What it cost, priority included; none where the node does not say.
    pub fee_lamports: Option<u64>,
    events: Vec<Event>,
}

impl Done {
    /// Reads what the program said.
    pub(super) fn read(rpc: &RpcClient, sent: Sent) -> Self {
        let confirmed = Confirmed::read(rpc, &sent.signature);
        let fee_lamports = confirmed.as_ref().map(|confirmed| confirmed.fee_lamports);
        let logs = confirmed.and_then(|confirmed| confirmed.logs);
        Self {
            signature: sent.signature.to_string(),
            fee_lamports,
            events: sluice_events(&logs.unwrap_or(sent.logs)),
        }
    }

    /// What the program said that `pick` wants.
    pub fn event<'a, T>(&'a self, pick: impl FnMut(&'a Event) -> Option<T> + 'a) -> Result<T> {
        self.events(pick).next().with_context(|| self.cut_off())
    }

    /// What is said where something that the program must have said is missing.
    pub fn cut_off(&self) -> String {
        format!(
            "transaction {} was confirmed, but its logs are cut off",
            self.signature
        )
    }

    /// Everything that the program said and `pick` wants.
    pub fn events<'a, T>(
        &'a self,
        pick: impl FnMut(&'a Event) -> Option<T> + 'a,
    ) -> impl Iterator<Item = T> + 'a {
        self.events.iter().filter_map(pick)
    }
}
