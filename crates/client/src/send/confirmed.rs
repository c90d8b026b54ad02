//! What the cluster remembers of a transaction that is in a block.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::Result as ClientResult, config::RpcTransactionConfig, request::RpcRequest,
};
use solana_signature::Signature;
use solana_transaction_status::EncodedConfirmedTransactionWithStatusMeta;

/// How long a node is asked for it again, and how long it is given in between.
const PATIENCE: Duration = Duration::from_secs(3);
const READ_STEP: Duration = Duration::from_millis(600);

/// A transaction as it was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// What it cost in all, priority included.
    pub fee_lamports: u64,
    /// Whether it was executed in vain.
    pub has_failed: bool,
    /// The compute units that it took; none where the node does not say.
    pub compute_units: Option<u64>,
    /// What the programs said; none where the node does not keep it.
    pub logs: Option<Vec<String>>,
    /// What the payer had before and afterwards, in lamports; none where the node does not say.
    pub payer_lamports: Option<(u64, u64)>,
}

/// What a node shows of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// How it was executed.
    Executed(Confirmed),
    /// It says that there is no such transaction.
    Denied,
    /// It does not tell.
    Untold,
}

impl Confirmed {
    /// What the payer gave beside the fee, such as rent; negative where it was given something, such as
    /// rent that came back. None where the node does not say.
    pub fn rent_lamports(&self) -> Option<i128> {
        let (before, after) = self.payer_lamports?;
        Some(i128::from(before) - i128::from(after) - i128::from(self.fee_lamports))
    }

    /// Reads it, where the node keeps such things at all.
    pub fn read(rpc: &RpcClient, signature: &Signature) -> Option<Self> {
        match Self::look(rpc, signature) {
            Shown::Executed(confirmed) => Some(confirmed),
            Shown::Denied | Shown::Untold => None,
        }
    }

    /// Looks for it. The node may need a moment to have it.
    pub fn look(rpc: &RpcClient, signature: &Signature) -> Shown {
        let began = Instant::now();
        loop {
            match Self::now(rpc, signature) {
                Ok(Some(confirmed)) => return Shown::Executed(confirmed),
                Ok(None) if began.elapsed() < PATIENCE => thread::sleep(READ_STEP),
                Ok(None) => return Shown::Denied,
                Err(_) => return Shown::Untold,
            }
        }
    }

    /// Reads it once: none where the node says that there is no such transaction.
    pub fn now(rpc: &RpcClient, signature: &Signature) -> ClientResult<Option<Self>> {
        let config = RpcTransactionConfig {
            commitment: Some(CommitmentConfig::confirmed()),
            max_supported_transaction_version: Some(0),
            ..RpcTransactionConfig::default()
        };
        let params = json!([signature.to_string(), config]);
        let found: Option<EncodedConfirmedTransactionWithStatusMeta> =
            rpc.send(RpcRequest::GetTransaction, params)?;
        let meta = found.and_then(|found| found.transaction.meta);
        Ok(meta.map(|meta| Self {
            fee_lamports: meta.fee,
            has_failed: meta.err.is_some(),
            compute_units: meta.compute_units_consumed.into(),
            logs: meta.log_messages.into(),
            payer_lamports: meta
                .pre_balances
                .first()
                .copied()
                .zip(meta.post_balances.first().copied()),
        }))
    }
}
