//! Clusters that everybody knows by name: where their public nodes are, and what their first blocks are.

use solana_cluster_type::ClusterType;
use solana_hash::Hash;
use thiserror::Error;

/// A cluster by its name.
struct Named {
    name: &'static str,
    /// Its public node.
    url: &'static str,
    cluster: ClusterType,
}

const NAMED: [Named; 3] = [
    Named {
        name: "mainnet-beta",
        url: "https://api.mainnet-beta.solana.com",
        cluster: ClusterType::MainnetBeta,
    },
    Named {
        name: "testnet",
        url: "https://api.testnet.solana.com",
        cluster: ClusterType::Testnet,
    },
    Named {
        name: "devnet",
        url: "https://api.devnet.solana.com",
        cluster: ClusterType::Devnet,
    },
];

/// The name and the node of a cluster on this machine.
const LOCAL: (&str, &str) = ("localhost", "http://localhost:8899");

/// A node serves another cluster than it should.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WrongCluster {
    /// Than the one that its URL is known for.
    #[error(
        "the node that answers is not of {name}: its first block is {genesis}. Nothing was done; check \
         the node's URL"
    )]
    Named {
        /// What that cluster is called.
        name: &'static str,
        /// The hash of the first block that the node names.
        genesis: Hash,
    },
    /// Than the one whose first block was named.
    #[error(
        "the node that answers is of another cluster than the genesis hash says: its first block is \
         {genesis}. Nothing was done; check the node's URL"
    )]
    Pinned {
        /// The hash of the first block that the node names.
        genesis: Hash,
    },
}

impl Named {
    fn is(&self, genesis: &Hash) -> bool {
        self.cluster.get_genesis_hash().as_ref() == Some(genesis)
    }

    /// Its name, or the first letter of it, as the Solana CLI takes them.
    fn is_called(&self, text: &str) -> bool {
        is_called(self.name, text)
    }
}

fn is_called(name: &str, text: &str) -> bool {
    text == name || (text.len() == 1 && name.starts_with(text))
}

/// The URL of the public node of the cluster that is called so; else the text itself, which is the URL of
/// a node then.
pub fn url_of(text: &str) -> &str {
    let (local, local_url) = LOCAL;
    if is_called(local, text) {
        return local_url;
    }
    let named = NAMED.iter().find(|named| named.is_called(text));
    named.map_or(text, |named| named.url)
}

/// Whether everything there is real money.
pub fn is_mainnet(genesis: &Hash) -> bool {
    ClusterType::MainnetBeta.get_genesis_hash().as_ref() == Some(genesis)
}

/// What a cluster is called, by the hash of its first block.
pub fn cluster_name(genesis: &Hash) -> String {
    let named = NAMED.iter().find(|named| named.is(genesis));
    named.map_or_else(
        || format!("unknown cluster {genesis}"),
        |named| named.name.to_owned(),
    )
}

/// The id of a cluster among all chains, by the hash of its first block:
/// [CAIP-2](https://namespaces.chainagnostic.org/solana/caip2).
pub fn chain_id(genesis: &Hash) -> String {
    let hash = genesis.to_string();
    format!("solana:{}", hash.get(..32).unwrap_or(&hash))
}

/// Holds a cluster against what these URLs are known for, and against the one that was `pinned`.
///
/// # Errors
///
/// Where it is another one.
pub fn require_cluster(
    urls: &[String],
    pinned: Option<&Hash>,
    genesis: &Hash,
) -> Result<(), WrongCluster> {
    let genesis = *genesis;
    let known = NAMED
        .iter()
        .filter(|named| urls.iter().any(|url| url == named.url));
    for named in known {
        if !named.is(&genesis) {
            let name = named.name;
            return Err(WrongCluster::Named { name, genesis });
        }
    }
    match pinned {
        Some(pinned) if *pinned != genesis => Err(WrongCluster::Pinned { genesis }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis(cluster: ClusterType) -> Hash {
        cluster.get_genesis_hash().unwrap()
    }

    #[test]
    fn a_cluster_that_is_called_by_name_must_be_that_one() {
        for Named { name, url, cluster } in NAMED {
            let urls = [url_of(name).to_owned()];
            assert_eq!(urls[0], url);
            require_cluster(&urls, None, &genesis(cluster)).unwrap();
            let said = require_cluster(&urls, None, &Hash::default()).unwrap_err();
            assert!(said.to_string().contains(name), "{said}");
        }
        let two = ["devnet", "testnet"].map(|name| url_of(name).to_owned());
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
        for Named { name, cluster, .. } in NAMED {
            assert_eq!(cluster_name(&genesis(cluster)), name);
        }
        let other = Hash::new_from_array([7; 32]);
        assert_eq!(cluster_name(&other), format!("unknown cluster {other}"));
    }

    #[test]
    fn only_mainnet_is_mainnet() {
        assert!(is_mainnet(&genesis(ClusterType::MainnetBeta)));
        assert!(!is_mainnet(&genesis(ClusterType::Devnet)));
    }

    #[test]
    fn the_ids_of_the_named_clusters_are_those_of_the_registry_of_chains() {
        let ids = NAMED.map(|named| chain_id(&genesis(named.cluster)));
        assert_eq!(
            ids,
            [
                "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
                "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z",
                "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
            ]
        );
    }
}
