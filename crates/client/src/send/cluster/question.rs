//! What is asked, and what an answer says about time.

use std::time::Duration;

use serde_json::Value;
use solana_commitment_config::CommitmentLevel;
use solana_rpc_client_api::request::RpcRequest;

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
}

impl Question {
    pub fn new(id: u64, request: RpcRequest, params: Value, patience: Duration) -> Self {
        let commitment = commitment(request, &params);
        Self {
            request,
            body: request.build_request_json(id, params).to_string(),
            commitment,
            patience,
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
