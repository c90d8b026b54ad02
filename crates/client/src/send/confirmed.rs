//! What the cluster remembers of a transaction that is in a block.

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status::option_serializer::OptionSerializer;

/// A transaction as it was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// What it cost in all, priority included.
    pub fee_lamports: u64,
    /// What the programs said; none where the node does not keep it.
    pub logs: Option<Vec<String>>,
}

impl Confirmed {
    /// Reads it, where the node has it already and keeps such things at all.
    pub fn read(rpc: &RpcClient, signature: &Signature) -> Option<Self> {
        let config = RpcTransactionConfig {
            commitment: Some(CommitmentConfig::confirmed()),
            max_supported_transaction_version: Some(0),
            ..RpcTransactionConfig::default()
        };
        let transaction = rpc.get_transaction_with_config(signature, config).ok()?;
        let meta = transaction.transaction.meta?;
        Some(Self {
            fee_lamports: meta.fee,
            logs: match meta.log_messages {
                OptionSerializer::Some(logs) => Some(logs),
                OptionSerializer::None | OptionSerializer::Skip => None,
            },
        })
    }
}
