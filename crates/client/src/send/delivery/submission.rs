//! Gives a transaction to the nodes.

use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_transaction::versioned::VersionedTransaction;

use crate::{ClientError, send::cluster::fault::Left};

/// What a node made of it.
pub(in crate::send) enum Submitted {
    /// It was taken.
    Taken,
    /// It may have been taken: an error after the first byte says nothing.
    Perhaps,
    /// It was clearly refused.
    Refused(ClientError),
    /// It never left this machine.
    Unreached(ClientError),
}

/// Sends it once.
pub(in crate::send) fn submit(rpc: &RpcClient, transaction: &VersionedTransaction) -> Submitted {
    let config = RpcSendTransactionConfig {
        // Simulated already, at a later state than most nodes' preflight.
        skip_preflight: true,
        preflight_commitment: Some(rpc.commitment().commitment),
        max_retries: Some(0),
        ..RpcSendTransactionConfig::default()
    };
    match rpc.send_transaction_with_config(transaction, config) {
        Ok(_) => Submitted::Taken,
        Err(error) => match Left::after(&error) {
            Left::Nothing => Submitted::Unreached(error.into()),
            Left::Refused => Submitted::Refused(error.into()),
            Left::Perhaps => Submitted::Perhaps,
        },
    }
}
