//! Which cluster a node must serve, by what it was called.

use anyhow::{Result, ensure};
use solana_clap_utils::input_validators::normalize_to_url_if_moniker;
use solana_cluster_type::ClusterType;
use solana_hash::Hash;

/// The clusters that everybody knows by name.
const NAMED: [(&str, ClusterType); 3] = [
    ("mainnet-beta", ClusterType::MainnetBeta),
    ("testnet", ClusterType::Testnet),
    ("devnet", ClusterType::Devnet),
];

/// Whether everything there is real money.
pub fn is_mainnet(genesis: &Hash) -> bool {
    ClusterType::MainnetBeta.get_genesis_hash().as_ref() == Some(genesis)
}

/// What a cluster is called, by the hash of its first block.
pub fn cluster_name(genesis: &Hash) -> String {
    let mut named = NAMED.into_iter();
    named
        .find(|(_, cluster)| cluster.get_genesis_hash().as_ref() == Some(genesis))
        .map_or_else(
            || format!("unknown cluster {genesis}"),
            |(name, _)| name.to_owned(),
        )
}

/// Fails where another cluster answers than the one that these URLs are known for, or than the
/// one that was `pinned`.
pub fn require_cluster(urls: &[String], pinned: Option<&Hash>, genesis: &Hash) -> Result<()> {
    for (name, cluster) in NAMED {
        let url = normalize_to_url_if_moniker(name);
        ensure!(
            !urls.contains(&url) || cluster.get_genesis_hash().as_ref() == Some(genesis),
            "the node that answers is not of {name}: its first block is {genesis}. Nothing was \
             done; check the node's URL"
        );
    }
    ensure!(
        pinned.is_none_or(|pinned| pinned == genesis),
        "the node that answers is of another cluster than --genesis or the configuration says: \
         its first block is {genesis}. Nothing was done; check the node's URL"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_that_is_called_by_name_must_be_that_one() {
        let genesis = |cluster: ClusterType| cluster.get_genesis_hash().unwrap();
        for (name, cluster) in NAMED {
            let urls = [normalize_to_url_if_moniker(name)];
            require_cluster(&urls, None, &genesis(cluster)).unwrap();
            let said = require_cluster(&urls, None, &Hash::default()).unwrap_err();
            assert!(said.to_string().contains(name), "{said}");
        }
        let two = ["devnet", "testnet"].map(normalize_to_url_if_moniker);
        require_cluster(&two, None, &genesis(ClusterType::Devnet)).unwrap_err();
        let other = ["http://localhost:8899".to_owned()];
        require_cluster(&other, None, &Hash::default()).unwrap();
    }

    #[test]
    fn a_pinned_cluster_must_be_that_one() {
        let genesis = Hash::new_from_array([7; 32]);
        require_cluster(&[], Some(&genesis), &genesis).unwrap();
        require_cluster(&[], Some(&genesis), &Hash::default()).unwrap_err();
    }

    #[test]
    fn a_cluster_is_called_as_its_first_block_says() {
        for (name, cluster) in NAMED {
            assert_eq!(cluster_name(&cluster.get_genesis_hash().unwrap()), name);
        }
        let other = Hash::new_from_array([7; 32]);
        assert_eq!(cluster_name(&other), format!("unknown cluster {other}"));
    }

    #[test]
    fn only_mainnet_is_mainnet() {
        assert!(is_mainnet(
            &ClusterType::MainnetBeta.get_genesis_hash().unwrap()
        ));
        assert!(!is_mainnet(
            &ClusterType::Devnet.get_genesis_hash().unwrap()
        ));
    }
}
