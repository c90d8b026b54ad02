//! Which web pages may use a cluster, and under which names it is asked.

use std::{net::IpAddr, str::FromStr};

use url::Url;

/// What a browser says of pages without an origin: files, and sandboxed frames of any page.
const NULL: &str = "null";

/// Where a web page comes from, as browsers write it: scheme, host and port, or `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// The name or address in it, if it has one.
    fn host(&self) -> Option<&str> {
        let (_, authority) = self.0.split_once("://")?;
        Some(host(authority))
    }
}

impl FromStr for WebOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == NULL {
            return Ok(Self(NULL.to_owned()));
        }
        let url = Url::parse(text).ok().filter(|url| {
            let has_more = url.query().is_some() || url.fragment().is_some();
            url.has_host() && url.username().is_empty() && !has_more
        });
        let url = url.filter(|url| ["", "/"].contains(&url.path()));
        let url = url.ok_or("it has the form https://host or https://host:port, or is null")?;
        let origin = url.origin();
        // Extensions of browsers have a scheme that only their maker knows.
        Ok(Self(match origin.is_tuple() {
            true => origin.ascii_serialization(),
            false => url.as_str().trim_end_matches('/').to_owned(),
        }))
    }
}

/// Whose requests a cluster answers. A program says nothing of where it comes from and is answered.
/// A web page must come from this machine, from the host that it asks, or from an allowed origin:
/// otherwise every page that somebody looks at could turn the cluster's clock.
#[derive(Clone, Debug)]
pub(crate) struct Callers {
    allowed: Vec<WebOrigin>,
    is_local: bool,
}

impl Callers {
    /// The callers of a cluster that listens on this address. Pages of the `allowed` origins are
    /// among them.
    pub(crate) fn of(address: IpAddr, allowed: Vec<WebOrigin>) -> Self {
        Self {
            allowed,
            is_local: address.is_loopback(),
        }
    }

    /// Whether the cluster can be asked under this name. A page that takes the cluster for its own
    /// server, by a name that leads to another machine first and to this one later, is refused by
    /// it. No stranger owns an address, nor a name without a dot, such as containers give each other.
    pub(crate) fn admit_host(&self, authority: &str) -> bool {
        let host = host(authority);
        is_loopback(host)
            || self.allowed.iter().any(|one| one.host() == Some(host))
            || (!self.is_local && (address(host).is_some() || !host.contains('.')))
    }

    /// Whether a page of this origin may ask, under the name of `authority`.
    pub(crate) fn admit_origin(&self, origin: &str, authority: &str) -> bool {
        let Ok(origin) = origin.parse::<WebOrigin>() else {
            return false;
        };
        let is_web = origin.0.starts_with("http");
        let is_near = |host: &str| is_loopback(host) || host == self::host(authority);
        self.allowed.contains(&origin) || (is_web && origin.host().is_some_and(is_near))
    }
}

/// An authority without its port.
fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    }
}

fn address(host: &str) -> Option<IpAddr> {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(host).parse().ok()
}

fn is_loopback(host: &str) -> bool {
    match address(host) {
        Some(address) => address.is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn callers(address: Ipv4Addr, allowed: &[&str]) -> Callers {
        let allowed = allowed.iter().map(|origin| origin.parse().unwrap());
        Callers::of(address.into(), allowed.collect())
    }

    #[test]
    fn pages_of_this_machine_and_of_allowed_origins_are_callers() {
        let callers = callers(
            Ipv4Addr::LOCALHOST,
            &["https://ide.example", "chrome-extension://abc"],
        );
        for origin in [
            "http://localhost",
            "http://localhost:5173",
            "https://127.0.0.1:3000",
            "http://127.9.9.9",
            "http://[::1]:5173",
            "http://app.localhost:5173",
            "https://ide.example",
            "chrome-extension://abc",
        ] {
            assert!(callers.admit_origin(origin, "localhost:8899"), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://evil.example",
            "http://ide.example",
            "https://ide.example:444",
            "https://localhost.evil.example",
            "https://evillocalhost",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "chrome-extension://localhost",
            "file://localhost",
        ] {
            assert!(!callers.admit_origin(origin, "localhost:8899"), "{origin}");
        }
    }

    #[test]
    fn a_page_without_an_origin_is_a_caller_only_where_that_is_allowed() {
        let callers = callers(Ipv4Addr::LOCALHOST, &["null"]);
        assert!(callers.admit_origin("null", "localhost:8899"));
        assert!(!callers.admit_host("null:8899"));
    }

    #[test]
    fn a_cluster_of_this_machine_is_asked_only_as_such_or_under_an_allowed_name() {
        let callers = callers(Ipv4Addr::LOCALHOST, &["https://ide.example:5173"]);
        for host in [
            "localhost:8899",
            "127.0.0.1",
            "[::1]:8899",
            "ide.example:8899",
        ] {
            assert!(callers.admit_host(host), "{host}");
        }
        for host in ["evil.example:8899", "192.168.1.5:8899", "localnet:8899", ""] {
            assert!(!callers.admit_host(host), "{host}");
        }
    }

    #[test]
    fn a_cluster_of_a_network_is_asked_by_address_and_by_names_that_no_stranger_owns() {
        let callers = callers(Ipv4Addr::UNSPECIFIED, &[]);
        for host in [
            "localhost:8899",
            "192.168.1.5:8899",
            "[fe80::1]:8899",
            "localnet:8899",
        ] {
            assert!(callers.admit_host(host), "{host}");
        }
        assert!(!callers.admit_host("evil.example:8899"));
        assert!(callers.admit_origin("http://192.168.1.5:5173", "192.168.1.5:8900"));
        assert!(!callers.admit_origin("http://192.168.1.6:5173", "192.168.1.5:8900"));
    }

    #[test]
    fn an_origin_is_no_url_of_a_page() {
        for text in [
            "https://ide.example/page",
            "https://ide.example?a",
            "https://me@ide.example",
            "ide.example",
            "*",
            "file:///home",
        ] {
            assert!(text.parse::<WebOrigin>().is_err(), "{text}");
        }
        let origin = |text: &str| text.parse::<WebOrigin>().unwrap().0;
        assert_eq!(origin("HTTPS://IDE.example:443/"), "https://ide.example");
        assert_eq!(origin("http://[::1]:5173"), "http://[::1]:5173");
    }
}
