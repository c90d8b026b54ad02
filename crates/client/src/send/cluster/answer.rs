//! A JSON-RPC answer: its result, or the error that it is.

use reqwest::Url;
use serde_json::Value;
use solana_rpc_client_api::{
    custom_error::{
        JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY,
        JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE, NodeUnhealthyErrorData,
    },
    request::{RpcError, RpcResponseErrorData},
};

use super::fault::{Fault, Trouble};
use crate::words::printable::{excerpt, without_key};

/// The result in a body. What a node says of a refusal is not believed to keep its URL to itself.
pub(super) fn read(body: &[u8], node: &str, url: &Url) -> Result<Value, Trouble> {
    let unusable = || {
        Trouble::from(Fault::Unusable {
            node: node.to_owned(),
        })
    };
    let mut answer: Value = serde_json::from_slice(body).map_err(|_| unusable())?;
    match answer.get("error") {
        Some(error) if !error.is_null() => Err(Trouble::from(
            response_error(error, url).ok_or_else(unusable)?,
        )),
        _ => match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(unusable()),
        },
    }
}

fn response_error(error: &Value, url: &Url) -> Option<RpcError> {
    let code = error.get("code")?.as_i64()?;
    let message = error.get("message").and_then(Value::as_str);
    Some(RpcError::RpcResponseError {
        code,
        message: excerpt(&without_key(message.unwrap_or_default(), url)),
        data: error_data(code, error.get("data")).unwrap_or(RpcResponseErrorData::Empty),
    })
}

fn error_data(code: i64, data: Option<&Value>) -> Option<RpcResponseErrorData> {
    let data = data?.clone();
    match code {
        JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE => {
            let failure = serde_json::from_value(data).ok()?;
            Some(RpcResponseErrorData::SendTransactionPreflightFailure(
                failure,
            ))
        }
        JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY => {
            let NodeUnhealthyErrorData { num_slots_behind } = serde_json::from_value(data).ok()?;
            Some(RpcResponseErrorData::NodeUnhealthy { num_slots_behind })
        }
        _ => None,
    }
}
