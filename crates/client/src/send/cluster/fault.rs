//! Why a node gave no answer, whether it may give one later, and whether it was sent something.

use reqwest::StatusCode;
use solana_rpc_client_api::{
    client_error::{AnyhowError, Error as RpcClientError, ErrorKind, TransactionError},
    custom_error::{
        JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED, JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY,
        JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
        JSON_RPC_SERVER_ERROR_TRANSACTION_PRECOMPILE_VERIFICATION_FAILURE,
        JSON_RPC_SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
    },
    request::RpcError,
};
use thiserror::Error;

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const INTERNAL_ERROR: i64 = -32603;
/// How some nodes begin the second form of [`JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED`],
/// and how others do.
const TOO_EARLY: [&str; 2] = ["min context slot", "minimum context slot"];

/// What the transport itself finds wrong with a node.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// Not the URL of a node. It is not repeated: it may be a key in the wrong place.
    #[error("What is named as a node is no URL that begins with https:// or http://")]
    NoUrl,
    /// No node was named.
    #[error("No node is named")]
    NoNode,
    /// The node could not be asked which cluster it serves.
    #[error("{node} does not say which cluster it serves")]
    Unreached {
        /// Scheme, host and port.
        node: String,
    },
    /// The answer is endless, or nearly.
    #[error("{node} answers with more than {most_bytes} bytes")]
    TooLarge {
        /// Scheme, host and port.
        node: String,
        /// What is read at most.
        most_bytes: usize,
    },
    /// The answer is cut, or no JSON-RPC.
    #[error("{node} does not answer as a node does")]
    Unusable {
        /// Scheme, host and port.
        node: String,
    },
    /// The node sends its clients to another place.
    #[error("{node} sends requests on to another place, which is not followed")]
    Redirected {
        /// Scheme, host and port.
        node: String,
    },
    /// The node says how long it wants to be left alone, and it is too long.
    #[error("{node} refuses so many requests, for {seconds} seconds")]
    Resting {
        /// Scheme, host and port.
        node: String,
        /// How long.
        seconds: u64,
    },
    /// The own limit of requests has no room for this one.
    #[error("{node} was asked as often as it may be")]
    Limited {
        /// Scheme, host and port.
        node: String,
    },
    /// The answer is older than one that was already seen.
    #[error("{node} is {slots} slots behind what was already seen")]
    Behind {
        /// Scheme, host and port.
        node: String,
        /// How far.
        slots: u64,
    },
    /// The node is where the cluster cannot be yet.
    #[error(
        "{node} is {slots} slots ahead of the other nodes, more than can be: it is not used for now"
    )]
    Ahead {
        /// Scheme, host and port.
        node: String,
        /// How far.
        slots: u64,
    },
    /// The node shows old accounts as new ones.
    #[error("{node} shows accounts as new ones that are at least {slots} slots old")]
    Outdated {
        /// Scheme, host and port.
        node: String,
        /// How old at least.
        slots: u64,
    },
    /// The node shows a clock that no bank of the slot that it names can have.
    #[error("{node} shows a clock that is not of the slot that it names: it is not believed")]
    Contradictory {
        /// Scheme, host and port.
        node: String,
    },
    /// The node serves another cluster than the first one that answered, or than itself before.
    #[error("{node} serves another cluster than the first answer was of: it is not used for now")]
    AnotherCluster {
        /// Scheme, host and port.
        node: String,
    },
    /// The program ends: nothing is asked any more.
    #[error("The program is ending, and asks no node any more")]
    Ending,
}

impl From<Fault> for RpcClientError {
    fn from(fault: Fault) -> Self {
        ErrorKind::Middleware(AnyhowError::new(fault)).into()
    }
}

impl Fault {
    /// The fault that an error is about.
    pub fn of(error: &RpcClientError) -> Option<&Self> {
        match error.kind() {
            ErrorKind::Middleware(error) => error.downcast_ref(),
            _ => None,
        }
    }

    /// Whether it is over after a while.
    fn passes(&self) -> bool {
        matches!(self, Self::Unusable { .. } | Self::Behind { .. })
    }

    /// Whether it was found before anything was written to the node.
    fn is_before_sending(&self) -> bool {
        matches!(
            self,
            Self::NoUrl
                | Self::NoNode
                | Self::Unreached { .. }
                | Self::Resting { .. }
                | Self::Limited { .. }
                | Self::Ahead { .. }
                | Self::Outdated { .. }
                | Self::Contradictory { .. }
                | Self::AnotherCluster { .. }
                | Self::Ending
        )
    }
}

/// Why a node gave no answer.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The reason.
    pub error: RpcClientError,
}

impl Trouble {
    /// Whether the node has answered something, such as an error.
    pub fn is_answer(&self) -> bool {
        match self.error.kind() {
            ErrorKind::Reqwest(error) => error.status().is_some(),
            _ => true,
        }
    }

    /// Whether the same node may answer later.
    pub fn passes(&self) -> bool {
        match self.error.kind() {
            ErrorKind::Reqwest(error) => match error.status() {
                Some(status) => may_pass(status),
                None => !error.is_connect() && !error.is_builder(),
            },
            ErrorKind::RpcError(RpcError::RpcResponseError { code, message, .. }) => {
                is_behind(*code, message)
            }
            _ => Fault::of(&self.error).is_some_and(Fault::passes),
        }
    }
}

impl<E: Into<RpcClientError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
        }
    }
}

fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

/// Whether the node says that it is not yet where it should be.
fn is_behind(code: i64, message: &str) -> bool {
    let message = message.to_lowercase();
    match code {
        JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED
        | JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY => true,
        INTERNAL_ERROR => TOO_EARLY.iter().any(|words| message.contains(words)),
        _ => false,
    }
}

/// What is known of a transaction after it was to be sent, from the best to know to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Nothing of it was written.
    Nothing,
    /// The node says that it did not take it.
    Refused,
    /// It may be on its way.
    Perhaps,
}

impl Left {
    /// What is known after this error.
    pub fn after(error: &RpcClientError) -> Self {
        // A node that does not know the blockhash yet lags behind: it may take it later. One that
        // has processed the transaction has it from somebody.
        if let Some(TransactionError::BlockhashNotFound | TransactionError::AlreadyProcessed) =
            error.get_transaction_error()
        {
            return Self::Perhaps;
        }
        if says_processed(error) {
            return Self::Perhaps;
        }
        match error.kind() {
            ErrorKind::Reqwest(error) if error.is_connect() || error.is_builder() => Self::Nothing,
            ErrorKind::RpcError(RpcError::RpcResponseError { code, .. })
                if is_refusal_to_send(*code) =>
            {
                Self::Refused
            }
            _ if Fault::of(error).is_some_and(Fault::is_before_sending) => Self::Nothing,
            _ => Self::Perhaps,
        }
    }
}

/// The same from a node that does not say it in a field.
fn says_processed(error: &RpcClientError) -> bool {
    let ErrorKind::RpcError(RpcError::RpcResponseError { message, .. }) = error.kind() else {
        return false;
    };
    message.contains("already been processed")
}

/// Whether a node with this error has not passed the transaction on: it could not read it, or it
/// found fault with it first.
fn is_refusal_to_send(code: i64) -> bool {
    matches!(
        code,
        PARSE_ERROR
            | INVALID_REQUEST
            | METHOD_NOT_FOUND
            | INVALID_PARAMS
            | JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE
            | JSON_RPC_SERVER_ERROR_TRANSACTION_PRECOMPILE_VERIFICATION_FAILURE
            | JSON_RPC_SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE
    )
}
