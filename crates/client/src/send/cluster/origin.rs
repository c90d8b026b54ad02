//! What may be said of a node's URL. The rest of it is often a key.

use std::net::IpAddr;

use reqwest::Url;
use solana_rpc_client::rpc_client::RpcClient;

/// Scheme, host and port.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The same as a URL.
pub(super) fn origin_url(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    origin.set_fragment(None);
    // Both fail only for URLs without a host, which nothing connects to.
    origin.set_username("").ok();
    origin.set_password(None).ok();
    origin
}

/// Whether the node that a client asks is on this machine.
pub(in crate::send) fn is_near(rpc: &RpcClient) -> bool {
    Url::parse(&rpc.url()).is_ok_and(|url| is_loopback(&url))
}

/// Whether the node is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Whether everybody on the way can read and change what is sent and answered.
pub(super) fn is_open(url: &Url) -> bool {
    url.scheme() == "http" && !is_loopback(url)
}
