//! The nodes of a cluster as one: whom to ask, how often, how long, and what not to believe.
//!
//! - A read is asked of the node that answered last, then of the others, then, after a pause, of all
//!   of them again, until patience ends ([`manners::PATIENCE`]).
//! - A transaction goes to all nodes at once, and is never sent twice by itself.
//! - A node outside of this machine is asked at most [`manners::REQUESTS_PER_WINDOW`] times within
//!   [`manners::WINDOW`], and left alone for as long as it asks for.
//! - An answer that is older than what was already seen is refused.
//! - A node that serves another cluster than the first one, or that is where the cluster cannot be
//!   yet, is set aside. One node alone cannot be judged.
//! - All questions of a client together may keep it waiting only so long ([`manners::ALLOWANCE`]).
//! - Answers are bounded, redirects are not followed, and URLs are said without their keys.

mod agreement;
mod allowance;
mod answer;
#[expect(
    clippy::module_inception,
    reason = "the nodes together are the cluster"
)]
mod cluster;
pub mod fault;
pub mod manners;
mod node;
pub(crate) mod origin;
mod question;
mod seen;
mod sender;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc, time::Duration};

use allowance::Allowance;
use manners::Manners;
use sender::{Background, Lane, Sender};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::{RpcClient, RpcClientConfig};
use solana_rpc_client_api::client_error::Error as RpcClientError;

use self::{cluster::Cluster, fault::Fault, node::Node, origin::voice};
use crate::Result;

/// How long one node alone is asked: the others are there too, and it is asked again.
const ALONE_PATIENCE: Duration = Duration::from_secs(4);

/// The nodes that a program uses, at commitment `confirmed`.
pub struct Nodes {
    cluster: Arc<Cluster>,
    background: Arc<Background>,
    allowance: Arc<Allowance>,
    each: Vec<RpcClient>,
    /// What each of these is called: scheme, host and port.
    names: Vec<String>,
}

impl Nodes {
    /// The nodes at these URLs. Nothing is asked yet.
    ///
    /// Fails where there is none, and where a URL is none of a node.
    pub fn connect(urls: &[String]) -> Result<Self> {
        Self::with_manners(urls, Manners::default())
    }

    /// The same, treated otherwise than by default.
    pub fn with_manners(urls: &[String], manners: Manners) -> Result<Self> {
        if urls.is_empty() {
            return Err(RpcClientError::from(Fault::NoNode).into());
        }
        let http = node::connections()?;
        let node = |url: &String| Node::new(url, http.clone(), manners.clone()).map(Arc::new);
        let mut nodes = urls.iter().map(node).collect::<Result<Vec<_>>>()?;
        let mut named = HashSet::new();
        nodes.retain(|node| named.insert(node.url().clone()));
        let allowance = Arc::new(Allowance::new(manners.allowance));
        let cluster = Arc::new(Cluster::new(nodes, manners));
        let background = Arc::new(Background::start()?);
        // Several URLs of one host are one voice.
        let mut voices = HashSet::new();
        let (names, each) = cluster
            .nodes
            .iter()
            .filter(|node| voices.insert(voice(node.url())))
            .map(|node| {
                let lane = Lane::One(Arc::clone(node));
                let alone = client(&cluster, &background, lane, ALONE_PATIENCE, None);
                (node.origin.clone(), alone)
            })
            .unzip();
        Ok(Self {
            cluster,
            background,
            allowance,
            each,
            names,
        })
    }

    /// A client of all nodes. What all such clients wait for late answers is bounded together.
    pub fn client(&self) -> RpcClient {
        self.client_of_all(Duration::MAX, Some(&self.allowance))
    }

    /// A client of all nodes that gives up each question soon: for what is asked again anyway.
    pub fn hasty_client(&self, at_most: Duration) -> RpcClient {
        self.client_of_all(at_most, None)
    }

    /// A client of all nodes that gives up soon, whatever it is asked: for what is only good to
    /// know.
    pub fn fleeting_client(&self, at_most: Duration) -> RpcClient {
        self.client_of_all(at_most, Some(&Arc::new(Allowance::new(at_most))))
    }

    /// The same at commitment `finalized`: what it answers does not change any more.
    pub fn finalized_client(&self, at_most: Duration) -> RpcClient {
        let (cluster, background) = (&self.cluster, &self.background);
        let finalized = CommitmentConfig::finalized();
        client_at(finalized, cluster, background, Lane::All, at_most, None)
    }

    fn client_of_all(&self, at_most: Duration, allowance: Option<&Arc<Allowance>>) -> RpcClient {
        let (cluster, background) = (&self.cluster, &self.background);
        client(cluster, background, Lane::All, at_most, allowance)
    }

    /// A client of each node, in the order of the URLs: it says what that node says, whatever the
    /// others do. Of several URLs with the same host and port the first one stands for all: what one
    /// machine says twice is no proof.
    pub fn each(&self) -> &[RpcClient] {
        &self.each
    }

    /// The same clients with the scheme, host and port of their nodes.
    pub fn each_with_name(&self) -> impl Iterator<Item = (&str, &RpcClient)> {
        self.names.iter().map(String::as_str).zip(&self.each)
    }

    /// The nodes, as scheme, host and port, to which everybody on the way can read and change
    /// what is said.
    pub fn open_to_others(&self) -> Vec<&str> {
        let nodes = self.cluster.nodes.iter().filter(|node| node.is_open());
        nodes.map(|node| node.origin.as_str()).collect()
    }

    /// The nodes that are not used any more, and why.
    pub fn set_aside(&self) -> Vec<&Fault> {
        let nodes = self.cluster.nodes.iter();
        nodes.filter_map(|node| node.fault()).collect()
    }
}

fn client(
    cluster: &Arc<Cluster>,
    background: &Arc<Background>,
    lane: Lane,
    at_most: Duration,
    allowance: Option<&Arc<Allowance>>,
) -> RpcClient {
    let confirmed = CommitmentConfig::confirmed();
    client_at(confirmed, cluster, background, lane, at_most, allowance)
}

fn client_at(
    commitment: CommitmentConfig,
    cluster: &Arc<Cluster>,
    background: &Arc<Background>,
    lane: Lane,
    at_most: Duration,
    allowance: Option<&Arc<Allowance>>,
) -> RpcClient {
    let sender = Sender {
        cluster: Arc::clone(cluster),
        background: Arc::clone(background),
        lane,
        at_most,
        allowance: allowance.cloned(),
    };
    let config = RpcClientConfig::with_commitment(commitment);
    RpcClient::new_sender(sender, config)
}
