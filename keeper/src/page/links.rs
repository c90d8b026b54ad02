//! Links to an explorer, where the cluster is one that explorers know.

use std::fmt::Display;

use maud::{Markup, html};

/// Where transactions and accounts are shown to everybody.
const EXPLORER: &str = "https://explorer.solana.com";

/// How a thing of a cluster is shown.
#[derive(Clone, Copy)]
pub struct Links<'a> {
    /// What the cluster is called.
    pub cluster: Option<&'a str>,
}

impl Links<'_> {
    /// A transaction by its signature.
    pub fn transaction(self, signature: &str) -> Markup {
        self.of("tx", signature)
    }

    /// An account by its address.
    pub fn account(self, address: impl Display) -> Markup {
        self.of("address", &address.to_string())
    }

    fn of(self, kind: &str, name: &str) -> Markup {
        let cluster = match self.cluster {
            Some("mainnet-beta") => "",
            Some("devnet") => "?cluster=devnet",
            Some("testnet") => "?cluster=testnet",
            _ => return html! { code { (name) } },
        };
        let target = format!("{EXPLORER}/{kind}/{name}{cluster}");
        html! { a href=(target) rel="noreferrer noopener" { code { (name) } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_explorers_know_is_linked() {
        let shown = |cluster| Links { cluster }.transaction("5x").into_string();
        let link = |query: &str| {
            format!(
                "<a href=\"https://explorer.solana.com/tx/5x{query}\" rel=\"noreferrer noopener\">\
                 <code>5x</code></a>"
            )
        };
        assert_eq!(shown(Some("mainnet-beta")), link(""));
        assert_eq!(shown(Some("devnet")), link("?cluster=devnet"));
        assert_eq!(shown(Some("testnet")), link("?cluster=testnet"));
        for unknown in [None, Some("unknown cluster 7x")] {
            assert_eq!(shown(unknown), "<code>5x</code>");
        }
    }
}
