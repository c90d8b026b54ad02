//! What a node answers, or that it does not.

use solana_rpc_client_api::{
    client_error::{Error, ErrorKind},
    custom_error::{
        JSON_RPC_SERVER_ERROR_KEY_EXCLUDED_FROM_SECONDARY_INDEX,
        JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED, JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY,
    },
    request::RpcError,
};
use url::{Host, Url};

use super::Explanation;
use crate::send::cluster::{fault::Fault, origin::origin};

const METHOD_NOT_FOUND: i64 = -32601;
const TOO_MANY_REQUESTS: &str = "429";
/// HTTP statuses, which some providers also write where a JSON-RPC code stands: forbidden, not found,
/// method not allowed, gone, not implemented.
const REFUSED_STATUSES: [u16; 5] = [403, 404, 405, 410, 501];

/// Whether the node answers, but does not offer this method.
pub fn refuses_method(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Reqwest(error) => error
            .status()
            .is_some_and(|status| REFUSED_STATUSES.contains(&status.as_u16())),
        ErrorKind::RpcError(RpcError::RpcResponseError { code, .. }) => {
            *code == JSON_RPC_SERVER_ERROR_KEY_EXCLUDED_FROM_SECONDARY_INDEX
                || *code == METHOD_NOT_FOUND
                || REFUSED_STATUSES
                    .iter()
                    .any(|status| *code == i64::from(*status))
        }
        _ => false,
    }
}

/// A node's error, and what to do next.
pub fn rpc(error: &Error) -> Explanation {
    match error.kind() {
        ErrorKind::Reqwest(error) if error.is_connect() => unanswered(error.url()),
        ErrorKind::Reqwest(error) if error.is_timeout() => Explanation::new(
            format!("{} did not answer in time", called(error)),
            "Try again, or use another node",
        ),
        ErrorKind::Reqwest(error)
            if error
                .status()
                .is_some_and(|status| status.as_str() == TOO_MANY_REQUESTS) =>
        {
            Explanation::new(
                format!("{} refuses so many requests", called(error)),
                "Wait a little, or use a node of your own",
            )
        }
        ErrorKind::Reqwest(refused) if refuses_method(error) => {
            not_offered(&called(refused), &without_url(refused, refused.url()))
        }
        ErrorKind::RpcError(RpcError::RpcResponseError { message, .. })
            if refuses_method(error) =>
        {
            not_offered("The node", message)
        }
        ErrorKind::Reqwest(error) => Explanation::new(
            format!(
                "{} cannot be used: {}",
                called(error),
                without_url(error, error.url())
            ),
            "Check the URL, or use another node",
        ),
        ErrorKind::RpcError(RpcError::RpcResponseError { code, message, .. }) => {
            answered(*code, message)
        }
        ErrorKind::Middleware(error) => match error.downcast_ref::<Fault>() {
            Some(fault) => of_transport(fault),
            None => Explanation::new(
                format!("The node cannot be used: {error}"),
                "Check the URL, or use another node",
            ),
        },
        other => Explanation::new(
            format!("The node gave no usable answer: {other}"),
            "Try again, or use another node",
        ),
    }
}

/// Nothing listens at a URL. A local cluster is started where one could be meant.
fn unanswered(url: Option<&Url>) -> Explanation {
    let named = url.and_then(|url| name_of_node(url.as_str()));
    let named = named.unwrap_or_else(|| "that URL".to_owned());
    let next = match url.is_some_and(is_local) {
        true => "Check the URL and your connection, or run {start_cluster}",
        false => "Check the URL and your connection, or use another node",
    };
    Explanation::new(format!("No node answers at {named}"), next)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The node that an error of the transport is about.
fn called(error: &reqwest::Error) -> String {
    let name = error.url().and_then(|url| name_of_node(url.as_str()));
    name.unwrap_or_else(|| "The node".to_owned())
}

fn not_offered(node: &str, message: &str) -> Explanation {
    Explanation::new(
        format!("{node} does not offer this kind of query ({message})"),
        "Use another node",
    )
}

fn of_transport(fault: &Fault) -> Explanation {
    let next = match fault {
        Fault::NoUrl | Fault::NoNode => "Check the URL",
        Fault::TooLarge { .. }
        | Fault::Redirected { .. }
        | Fault::Ahead { .. }
        | Fault::Outdated { .. }
        | Fault::Contradictory { .. }
        | Fault::AnotherCluster { .. } => "Check the URL, or use another node",
        Fault::Unreached { .. } | Fault::Unusable { .. } | Fault::Behind { .. } => {
            "Try again in a moment, or use another node"
        }
        Fault::Resting { .. } => "Wait that long, or use another node",
        Fault::Ending => "",
        Fault::Limited { .. } => "Allow it more requests, or try again in a moment",
    };
    Explanation::new(fault.to_string(), next)
}

/// A node's URL without what can be a secret in it: scheme, host and port. `None` where it is no
/// URL that a node can have.
pub fn name_of_node(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let is_nodes = url.host_str().is_some() && ["http", "https"].contains(&url.scheme());
    is_nodes.then(|| origin(&url))
}

/// What an error of the transport says, less the URL, which can hold a key.
fn without_url(error: &(dyn std::error::Error + 'static), url: Option<&Url>) -> String {
    let mut said = error.to_string();
    if let Some(url) = url {
        said = said.replace(&format!(" for url ({url})"), "");
    }
    said
}

fn answered(code: i64, message: &str) -> Explanation {
    match code {
        JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY
        | JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED => Explanation::new(
            "The node lags behind the cluster",
            "Try again in a moment, or use another node",
        ),
        _ => Explanation::new(
            format!("The node refused the request: {message} (code {code})"),
            "",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_cluster_is_offered_only_where_a_local_node_is_silent() {
        let said = |url| unanswered(Some(&Url::parse(url).unwrap())).to_string();
        for local in [
            "http://127.0.0.1:8899",
            "http://localhost:9",
            "http://[::1]:9",
        ] {
            assert!(said(local).ends_with("or run a local cluster"), "{local}");
        }
        let remote = said("https://api.mainnet-beta.solana.com");
        assert!(remote.ends_with("or use another node"), "{remote}");
    }

    #[test]
    fn a_node_is_named_without_the_key_in_its_url() {
        let named = |url| name_of_node(url).unwrap();
        let secret = "https://me:secret@node.example:8899/v2/secret?api-key=secret#secret";
        assert_eq!(named(secret), "https://node.example:8899");
        assert_eq!(named("http://[::1]:9/"), "http://[::1]:9");
        for other in ["node.example", "ftp://node.example", "file:///etc", ""] {
            assert_eq!(name_of_node(other), None, "{other}");
        }
    }
}
