//! Why somebody gets no answer: a status, and a sentence for the wallet to show.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use sluice_client::ClientError;

use crate::spec::ActionError;

/// Said of a node without naming it: where it is, is nobody's business.
const NO_ANSWER: &str =
    "The cluster's node gave no usable answer, and nothing was signed. Try again in a minute";

/// No answer.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    /// With this status and sentence.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// What was asked for cannot be meant.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Too much is asked at the same time.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many ask at the same time. Try again in a few seconds",
        )
    }

    /// It takes too long.
    pub fn late() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, NO_ANSWER)
    }

    /// The node is not to be used.
    pub fn of_node(why: impl std::fmt::Display) -> Self {
        eprintln!("The node is of no use: {why}");
        Self::new(StatusCode::BAD_GATEWAY, NO_ANSWER)
    }

    /// Something is wrong here.
    pub fn internal(why: impl std::fmt::Display) -> Self {
        eprintln!("This should not be: {why}");
        let message = "The service made a mistake, and nothing was signed";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}

impl From<ClientError> for Refusal {
    /// What a rule or the program refuses is said as the client says it; what is wrong with a node, is for
    /// whoever runs it.
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Rpc(_)
            | ClientError::AnotherPool { .. }
            | ClientError::ImplausibleRent
            | ClientError::Unreadable { .. }
            | ClientError::Inconsistent { .. } => Self::of_node(error),
            told => Self::bad(told.to_string()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, message } = self;
        (status, Json(ActionError { message })).into_response()
    }
}
