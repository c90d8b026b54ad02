//! Which cluster a node must serve, by what it was called.

use anyhow::{Result, anyhow};
use sluice_client::send::cluster::named::{self, WrongCluster};
pub use sluice_client::send::cluster::named::{cluster_name, is_mainnet};
use solana_hash::Hash;

/// Fails where another cluster answers than the one that these URLs are known for, or than the
/// one that was `pinned`.
pub fn require_cluster(urls: &[String], pinned: Option<&Hash>, genesis: &Hash) -> Result<()> {
    named::require_cluster(urls, pinned, genesis).map_err(|wrong| match wrong {
        WrongCluster::Pinned { genesis } => anyhow!(
            "the node that answers is of another cluster than --genesis or the configuration says: \
             its first block is {genesis}. Nothing was done; check the node's URL"
        ),
        WrongCluster::Named { .. } => wrong.into(),
    })
}

#[cfg(test)]
mod tests {
    use sluice_client::send::cluster::named::url_of;
    use solana_clap_utils::input_validators::normalize_to_url_if_moniker;

    #[test]
    fn a_cluster_is_called_as_the_solana_command_line_calls_it() {
        let names = ["mainnet-beta", "testnet", "devnet", "localhost"];
        let letters = ["m", "t", "d", "l"];
        let others = ["", "mainnet", "x", "https://a.example", "devnet2"];
        for text in names.into_iter().chain(letters).chain(others) {
            assert_eq!(url_of(text), normalize_to_url_if_moniker(text), "{text}");
        }
    }
}
