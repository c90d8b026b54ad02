//! How often one address may ask, and whose address it is.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use axum::http::HeaderMap;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The header in which proxies note for whom they ask: each adds one at the end.
const FORWARDED: &str = "x-forwarded-for";

/// How often addresses ask.
#[derive(Debug)]
pub struct Limits {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    proxies: Vec<IpAddr>,
}

impl Limits {
    /// So many requests of an address at once, which come back within a minute. These proxies are
    /// believed for whom they ask.
    pub fn new(per_minute: NonZeroU32, proxies: &[IpAddr]) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            proxies: proxies.iter().map(IpAddr::to_canonical).collect(),
        }
    }

    /// Whether who asks from this address with these headers may ask now. It counts then.
    pub fn admit(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let asker = self.asker(peer.to_canonical(), headers);
        self.limiter.check_key(&subscriber(asker)).is_ok()
    }

    /// Forgets who may ask as if they never had.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// Who asks: the last address that no trusted proxy has. What stands before it anybody can have
    /// written. A proxy that does not say for whom it asks, asks for itself.
    fn asker(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.proxies.contains(&peer) {
            return peer;
        }
        let lines = headers.get_all(FORWARDED).iter().rev();
        let noted = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for text in noted {
            match text.trim().parse::<IpAddr>() {
                Ok(address) if self.proxies.contains(&address.to_canonical()) => {}
                Ok(address) => return address.to_canonical(),
                Err(_) => return peer,
            }
        }
        peer
    }
}

/// All addresses that one subscriber has: of IPv6, those with the same first half.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            Ipv6Addr::from_bits(network).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let lines = lines.iter();
        lines
            .map(|line| (FORWARDED.parse().unwrap(), line.parse().unwrap()))
            .collect()
    }

    fn asker(peer: &str, lines: &[&'static str]) -> IpAddr {
        let proxies = ["10.0.0.1", "10.0.0.2"].map(address);
        let limits = Limits::new(NonZeroU32::MIN, &proxies);
        limits.asker(address(peer).to_canonical(), &headers(lines))
    }

    #[test]
    fn header_spoofing_of_the_client_address_moves_nobody_without_a_trusted_proxy() {
        assert_eq!(asker("192.0.2.7", &["198.51.100.1"]), address("192.0.2.7"));
        assert_eq!(asker("192.0.2.7", &[]), address("192.0.2.7"));
    }

    #[test]
    fn header_spoofing_of_the_client_address_before_a_trusted_proxy_changes_nothing() {
        let real = address("192.0.2.7");
        assert_eq!(asker("10.0.0.1", &["192.0.2.7"]), real);
        assert_eq!(asker("10.0.0.1", &["198.51.100.1, 192.0.2.7"]), real);
        assert_eq!(asker("10.0.0.1", &["198.51.100.1", "192.0.2.7"]), real);
        assert_eq!(asker("10.0.0.1", &["127.0.0.1, 192.0.2.7, 10.0.0.2"]), real);
        assert_eq!(asker("::ffff:10.0.0.1", &["::ffff:192.0.2.7"]), real);
    }

    #[test]
    fn a_proxy_that_does_not_say_for_whom_it_asks_asks_for_itself() {
        let proxy = address("10.0.0.1");
        assert_eq!(asker("10.0.0.1", &[]), proxy);
        assert_eq!(asker("10.0.0.1", &["unknown"]), proxy);
        assert_eq!(asker("10.0.0.1", &["192.0.2.7, nonsense"]), proxy);
        assert_eq!(asker("10.0.0.1", &["10.0.0.2"]), proxy);
    }

    #[test]
    fn a_flood_is_stopped_for_its_subscriber_alone() {
        let limits = Limits::new(NonZeroU32::new(2).unwrap(), &[]);
        let admits = |peer| limits.admit(address(peer), &HeaderMap::new());
        assert!(admits("2001:db8::1") && admits("2001:db8::2"));
        assert!(
            !admits("2001:db8::3"),
            "the same half is the same subscriber"
        );
        assert!(admits("2001:db8:0:1::1") && admits("192.0.2.7"));
        limits.forget_idle();
        assert!(
            !admits("2001:db8::1"),
            "who asked just now is not forgotten"
        );
    }
}
