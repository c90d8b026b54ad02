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

/// Who speaks at a URL: host and port, whatever the scheme, the path and the key.
pub(super) fn voice(url: &Url) -> (String, Option<u16>) {
    let host = match is_loopback(url) {
        true => "localhost",
        false => url.host_str().unwrap_or_default().trim_end_matches('.'),
    };
    (host.to_ascii_lowercase(), url.port_or_known_default())
}

/// Whether everybody on the way can read and change what is sent and answered.
pub(super) fn is_open(url: &Url) -> bool {
    url.scheme() == "http" && !is_loopback(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_is_one_voice_however_it_is_called() {
        let voice = |url: &str| voice(&url.parse().unwrap());
        let here = voice("http://127.0.0.1:8899");
        for other in [
            "http://127.0.0.1:8899/",
            "http://localhost:8899/?key=2",
            "http://[::1]:8899/a",
            "HTTP://user@LOCALHOST:8899",
        ] {
            assert_eq!(voice(other), here, "{other}");
        }
        assert_ne!(voice("http://127.0.0.1:8900"), here);
        let provider = voice("https://rpc.example/?api-key=1");
        assert_eq!(voice("https://RPC.example.:443/v2/2"), provider);
        assert_ne!(voice("https://rpc2.example"), provider);
    }
}
