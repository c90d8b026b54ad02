//! Requests that are JSON but no JSON-RPC.

use http_body::Body;
use http_body_util::{BodyExt, Limited};
use jsonrpsee::server::{HttpBody, HttpRequest};
use serde_json::Value;
use tower::BoxError;

use super::server::MAX_REQUEST_BYTES;

/// Gives an object that is neither a call nor a notification an identifier of null.
///
/// The server takes one without an identifier for a syntax error; a validator calls it an
/// invalid request. What is too large is left to the server, which says so.
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
    let invalid = matches!(
        serde_json::from_slice(&bytes),
        Ok(Value::Object(fields)) if !fields.contains_key("id") && !fields.contains_key("method")
    );
    let body = if invalid {
        HttpBody::from(r#"{"id":null}"#)
    } else {
        HttpBody::from(bytes.to_vec())
    };
    Ok(HttpRequest::from_parts(parts, body))
}
