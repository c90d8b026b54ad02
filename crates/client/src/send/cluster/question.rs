//! What is asked, and what an answer says about time.

use std::time::Duration;

use serde_json::Value;
use solana_commitment_config::CommitmentLevel;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::request::RpcRequest;
use solana_sdk_ids::sysvar;

/// A request, ready to be sent to any node.
pub(super) struct Question {
    /// Its method.
    pub request: RpcRequest,
    /// Its JSON.
    pub body: String,
    /// How final the answer is.
    pub commitment: CommitmentLevel,
    /// How long it is tried.
    pub patience: Duration,
    /// The accounts that are asked for whole and in base64, in the order of the answer.
    pub addresses: Vec<Pubkey>,
}

impl Question {
    pub fn new(id: u64, request: RpcRequest, params: Value, patience: Duration) -> Self {
        let (commitment, addresses) = (commitment(request, &params), addresses(request, &params));
        Self {
            request,
            body: request.build_request_json(id, params).to_string(),
            commitment,
            patience,
            addresses,
        }
    }

    /// A question without parameters.
    pub fn plain(request: RpcRequest, patience: Duration) -> Self {
        Self::new(0, request, Value::Null, patience)
    }

    /// How long one answer is waited for: half of its patience, so that there is a second try.
    pub fn answer_timeout(&self) -> Duration {
        self.patience / 2
    }

    /// Whether it asks how far the node is.
    pub fn is_of_time(&self) -> bool {
        self.request == RpcRequest::GetSlot || self.addresses.contains(&sysvar::clock::ID)
    }

    /// The slot that an answer is of, where it says so.
    pub fn slot_of(&self, answer: &Value) -> Option<u64> {
        match self.request {
            RpcRequest::GetSlot => answer.as_u64(),
            RpcRequest::GetEpochInfo => answer.get("absoluteSlot")?.as_u64(),
            _ => answer.get("context")?.get("slot")?.as_u64(),
        }
    }
}

/// Nodes tell statuses as of their newest block, and take what is not said as finalized.
fn commitment(request: RpcRequest, params: &Value) -> CommitmentLevel {
    if request == RpcRequest::GetSignatureStatuses {
        return CommitmentLevel::Processed;
    }
    let named = params.as_array().and_then(|params| {
        let named = |param: &Value| param.get("commitment")?.as_str()?.parse().ok();
        params.iter().find_map(named)
    });
    named.unwrap_or_default()
}

/// What of an account is not whole, or otherwise encoded, tells nothing of its age here.
fn addresses(request: RpcRequest, params: &Value) -> Vec<Pubkey> {
    let config = params.get(1);
    let is_whole = config.is_some_and(|config| {
        config.get("encoding").and_then(Value::as_str) == Some("base64")
            && config.get("dataSlice").is_none_or(Value::is_null)
    });
    let asked = match (request, params.get(0)) {
        (RpcRequest::GetAccountInfo, Some(address)) => std::slice::from_ref(address),
        (RpcRequest::GetMultipleAccounts, Some(Value::Array(addresses))) => addresses,
        _ => &[],
    };
    let addresses = asked.iter().filter(|_| is_whole);
    let addresses = addresses.map(|address| address.as_str()?.parse().ok());
    addresses.collect::<Option<_>>().unwrap_or_default()
}
