//! Gives a transaction to the nodes.

use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind, TransactionError},
    config::RpcSendTransactionConfig,
    custom_error::{
        JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
        JSON_RPC_SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
    },
    request::RpcError,
};
use solana_transaction::versioned::VersionedTransaction;

use crate::ClientError;

/// A request whose parameters are wrong: the transaction is malformed.
const INVALID_PARAMS: i64 = -32602;

/// What a node made of it.
pub(super) enum Submitted {
    /// It was taken, or may have been: an error after the first byte says nothing.
    Perhaps,
    /// It was clearly refused.
    Refused(ClientError),
    /// It never left this machine.
    Unreached(ClientError),
}

/// Sends it once.
pub(super) fn submit(rpc: &RpcClient, transaction: &VersionedTransaction) -> Submitted {
    let config = RpcSendTransactionConfig {
        // Simulated already, at a later state than most nodes' preflight.
        skip_preflight: true,
        preflight_commitment: Some(rpc.commitment().commitment),
        max_retries: Some(0),
        ..RpcSendTransactionConfig::default()
    };
    match rpc.send_transaction_with_config(transaction, config) {
        Ok(_) => Submitted::Perhaps,
        Err(error) if is_unreached(&error) => Submitted::Unreached(error.into()),
        Err(error) if is_refusal(&error) => Submitted::Refused(error.into()),
        Err(_) => Submitted::Perhaps,
    }
}

fn is_unreached(error: &RpcClientError) -> bool {
    matches!(error.kind(), ErrorKind::Reqwest(error) if error.is_connect())
}

/// Whether the node looked at the transaction and will not pass it on. One that does not know the
/// blockhash yet lags behind: it may take it later.
fn is_refusal(error: &RpcClientError) -> bool {
    let ErrorKind::RpcError(RpcError::RpcResponseError { code, .. }) = error.kind() else {
        return false;
    };
    if error.get_transaction_error() == Some(TransactionError::BlockhashNotFound) {
        return false;
    }
    [
        JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
        JSON_RPC_SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
        INVALID_PARAMS,
    ]
    .contains(code)
}
