//! The nodes of a cluster as one: whom to ask, how often, how long, and what not to believe.
//!
//! - A read is asked of the node that answered last, then of the others, then, after a pause, of all
//!   of them again, until patience ends ([`manners::PATIENCE`]).
//! - A transaction goes to all nodes at once, and is never sent twice by itself.
//! - A node outside of this machine is asked at most [`manners::REQUESTS_PER_WINDOW`] times within
//!   [`manners::WINDOW`], and left alone for as long as it asks for.
//! - An answer that is older than what was already seen is refused.
//! - A node that serves another cluster than the first one, or that is where the cluster cannot be
//!   yet, is set aside until it is good again. One node alone cannot be judged.
//! - A node that shows old accounts as those of a new slot is set aside too; alone, its answer is refused.
//!   So is one whose clock is ahead of the slot that it names, or in an epoch that does not hold its slot.
//! - A slot that nobody reaches again while the cluster goes on is forgotten.
//! - All questions of a client together may keep it waiting only so long ([`manners::ALLOWANCE`]).
//! - Answers are bounded, redirects are not followed, and URLs are said without their keys.

mod agreement;
mod allowance;
mod answer;
mod aside;
#[expect(
    clippy::module_inception,
    reason = "the nodes together are the cluster"
)]
mod cluster;
pub mod fault;
mod freshness;
mod identity;
mod judgement;
pub mod manners;
pub mod named;
mod node;
pub(crate) mod origin;
mod question;
mod reached;
mod seen;
mod sender;
mod shown;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use allowance::Allowance;
use manners::Manners;
use sender::{Background, Lane, Sender};
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::{RpcClient, RpcClientConfig};
use solana_rpc_client_api::client_error::Error as RpcClientError;

use self::{cluster::Cluster, fault::Fault, node::Node, origin::voice};
pub use self::{freshness::LATE_SLOTS, judgement::Forgotten};
use crate::{AccountSource, Result};

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
    probes: Vec<RpcClient>,
}

/// One of the URLs of [`Nodes`].
pub struct NodeUrl<'a> {
    /// Scheme, host and port, and a number where it is not the first URL of these.
    pub name: &'a str,
    /// A client that asks this URL alone, and ends with [`Nodes::end`].
    pub client: &'a RpcClient,
    node: &'a Node,
}

impl NodeUrl<'_> {
    /// Why it is not used for now.
    pub fn fault(&self) -> Option<Fault> {
        self.node.fault()
    }

    /// The slot at which it shows the clock and these pools: of more than one call takes, the first ones.
    /// What it shows is compared with what other nodes have shown, so that one with old accounts is found.
    ///
    /// Fails where it does not answer, shows old accounts as new ones, or a clock that cannot be.
    pub fn slot_with(&self, pools: &[Pubkey]) -> Result<u64> {
        let addresses = freshness::with_time(pools);
        Ok(self.client.accounts(&addresses, None)?.slot)
    }
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
        let node = |url: &String| Node::new(url, http.clone(), manners.clone());
        let mut nodes = urls.iter().map(node).collect::<Result<Vec<_>>>()?;
        let mut named = HashSet::new();
        nodes.retain(|node| named.insert(node.url().clone()));
        let mut numbers = HashMap::new();
        let numbered = nodes.into_iter().map(|node| {
            let number = numbers.entry(node.origin.clone()).or_insert(0);
            *number += 1;
            Arc::new(node.numbered(*number))
        });
        let nodes = numbered.collect();
        let allowance = Arc::new(Allowance::new(manners.allowance));
        let cluster = Arc::new(Cluster::new(nodes, manners));
        let background = Arc::new(Background::start()?);
        let alone = |node: &Arc<Node>, has_end| {
            let sender = Sender {
                cluster: Arc::clone(&cluster),
                background: Arc::clone(&background),
                lane: Lane::One(Arc::clone(node)),
                at_most: ALONE_PATIENCE,
                allowance: None,
                has_end,
            };
            client(sender, CommitmentConfig::confirmed())
        };
        // Several URLs of one host are one voice.
        let mut voices = HashSet::new();
        let of_voices = cluster.nodes.iter();
        let of_voices = of_voices.filter(|node| voices.insert(voice(node.url())));
        let (names, each) = of_voices
            .map(|node| (node.origin.clone(), alone(node, false)))
            .unzip();
        let probes = cluster.nodes.iter().map(|node| alone(node, true)).collect();
        Ok(Self {
            cluster,
            background,
            allowance,
            each,
            names,
            probes,
        })
    }

    /// A client of all nodes. What all such clients wait for late answers is bounded together. It
    /// ends with [`Self::end`].
    pub fn client(&self) -> RpcClient {
        let allowance = Some(&self.allowance);
        self.client_of_all(Duration::MAX, allowance, true)
    }

    /// A client of all nodes that gives up each question soon: for what is asked again anyway.
    pub fn hasty_client(&self, at_most: Duration) -> RpcClient {
        self.client_of_all(at_most, None, false)
    }

    /// A client of all nodes that gives up soon, whatever it is asked: for what is only good to
    /// know.
    pub fn fleeting_client(&self, at_most: Duration) -> RpcClient {
        let allowance = Arc::new(Allowance::new(at_most));
        self.client_of_all(at_most, Some(&allowance), false)
    }

    /// The same as [`Self::client`] at commitment `finalized`: what it answers does not change any more.
    /// Late answers are waited for as long as patience lasts.
    pub fn finalized_client(&self) -> RpcClient {
        let sender = self.sender_to_all(Duration::MAX, None, true);
        client(sender, CommitmentConfig::finalized())
    }

    fn client_of_all(
        &self,
        at_most: Duration,
        allowance: Option<&Arc<Allowance>>,
        has_end: bool,
    ) -> RpcClient {
        let sender = self.sender_to_all(at_most, allowance, has_end);
        client(sender, CommitmentConfig::confirmed())
    }

    fn sender_to_all(
        &self,
        at_most: Duration,
        allowance: Option<&Arc<Allowance>>,
        has_end: bool,
    ) -> Sender {
        Sender {
            cluster: Arc::clone(&self.cluster),
            background: Arc::clone(&self.background),
            lane: Lane::All,
            at_most,
            allowance: allowance.cloned(),
            has_end,
        }
    }

    /// The program is ending: questions that nobody needs for a transaction that is under way are
    /// broken off, and no new ones are asked. Those of hasty, fleeting and single clients go on.
    pub fn end(&self) {
        self.cluster.ending.send_replace(true);
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

    /// All URLs in the order in which they were named, also several of one host.
    pub fn urls(&self) -> impl Iterator<Item = NodeUrl<'_>> {
        let nodes = self.cluster.nodes.iter().zip(&self.probes);
        nodes.map(|(node, client)| NodeUrl {
            name: &node.name,
            client,
            node,
        })
    }

    /// Slots that were seen and forgotten since this was last asked.
    pub fn forgotten(&self) -> Vec<Forgotten> {
        self.cluster.forgotten()
    }

    /// The nodes, as scheme, host and port, to which everybody on the way can read and change
    /// what is said.
    pub fn open_to_others(&self) -> Vec<&str> {
        let nodes = self.cluster.nodes.iter().filter(|node| node.is_open());
        nodes.map(|node| node.origin.as_str()).collect()
    }

    /// Why nodes are not used for now.
    pub fn set_aside(&self) -> Vec<Fault> {
        let nodes = self.cluster.nodes.iter();
        nodes.filter_map(|node| node.fault()).collect()
    }
}

fn client(sender: Sender, commitment: CommitmentConfig) -> RpcClient {
    RpcClient::new_sender(sender, RpcClientConfig::with_commitment(commitment))
}
