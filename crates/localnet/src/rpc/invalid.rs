//! Requests that are JSON but no JSON-RPC.

use http_body::Body;
use http_body_util::{BodyExt, Limited};
use jsonrpsee::server::{HttpBody, HttpRequest};
use serde_json::{Value, json};
use tower::BoxError;

use super::server::MAX_REQUEST_BYTES;

/// Puts an object with an identifier of null in the place of one that is neither a call nor a notification.
///
/// The server takes one without an identifier for a syntax error, and one whose identifier is none for a
/// notification, which it does not answer. A validator calls both an invalid request. What is too large is
/// left to the server, which says so.
pub(super) async fn mark_invalid(
    request: HttpRequest<HttpBody>,
) -> Result<HttpRequest<HttpBody>, BoxError> {
    if request.body().size_hint().lower() > u64::from(MAX_REQUEST_BYTES) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = Limited::new(body, usize::try_from(MAX_REQUEST_BYTES)?)
        .collect()
        .await?
        .to_bytes();
    let body = match serde_json::from_slice(&bytes) {
        Ok(request) if has_invalid(&request) => HttpBody::from(marked(request).to_string()),
        _ => HttpBody::from(bytes.to_vec()),
    };
    Ok(HttpRequest::from_parts(parts, body))
}

/// Whether a request, or one of a batch, is invalid.
fn has_invalid(request: &Value) -> bool {
    match request {
        Value::Array(batch) => batch.iter().any(is_invalid),
        one => is_invalid(one),
    }
}

fn is_invalid(request: &Value) -> bool {
    let Value::Object(fields) = request else {
        return false;
    };
    match fields.get("id") {
        None => !fields.contains_key("method"),
        Some(id) => !(id.is_null() || id.is_string() || id.is_u64()),
    }
}

fn marked(request: Value) -> Value {
    match request {
        Value::Array(batch) => batch.into_iter().map(marked).collect(),
        invalid if is_invalid(&invalid) => json!({ "id": null }),
        valid => valid,
    }
}
