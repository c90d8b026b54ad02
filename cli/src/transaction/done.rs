//! What came of a transaction that was sent.

use anyhow::{Context, Result};
use sluice_client::{Event, Sent, sluice_events};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status_client_types::option_serializer::OptionSerializer;

/// A confirmed transaction.
pub struct Done {
    /// Its signature.
    pub signature: String,
    events: Vec<Event>,
}

impl Done {
    /// Reads what the program said.
    pub(super) fn read(rpc: &RpcClient, sent: Sent) -> Self {
        let logs = confirmed_logs(rpc, &sent.signature).unwrap_or(sent.logs);
        Self {
            signature: sent.signature.to_string(),
            events: sluice_events(&logs),
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

/// The logs of the transaction as it was executed, where the node has them already.
pub fn confirmed_logs(rpc: &RpcClient, signature: &Signature) -> Option<Vec<String>> {
    let config = RpcTransactionConfig {
        commitment: Some(CommitmentConfig::confirmed()),
        max_supported_transaction_version: Some(0),
        ..RpcTransactionConfig::default()
    };
    let transaction = rpc.get_transaction_with_config(signature, config).ok()?;
    match transaction.transaction.meta?.log_messages {
        OptionSerializer::Some(logs) => Some(logs),
        OptionSerializer::None | OptionSerializer::Skip => None,
    }
}
