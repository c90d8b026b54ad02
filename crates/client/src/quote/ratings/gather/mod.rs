//! Facts of all validators as a node tells them: at most a few hundred questions, paced like all others.
//!
//! The account of a vote account and sysvars are read from the chain's state. Stake, delinquency, versions
//! and payments are the node's word.

mod payments;
mod rows;
mod samples;

use std::collections::HashMap;

use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::response::{RpcContactInfo, RpcVoteAccountInfo};

use self::rows::VoteFacts;
use super::{ClusterEpoch, Facts, Thresholds, view::View};
use crate::{ClientError, Cluster, Result, pool::snapshot::fetch_all};

/// More validators than any cluster admits; of a longer list the largest are read.
const MOST_VALIDATORS: usize = 5_000;

/// How often it is tried to read what belongs together.
const ATTEMPTS: usize = 3;

/// A version of more letters is none.
const LONGEST_VERSION: usize = 64;

/// What is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// Finished epochs.
    pub epochs: u64,
    /// Validators at most of which a stake account is looked at, because what they took is in doubt.
    pub samples: usize,
}

impl Default for Gathering {
    fn default() -> Self {
        Self {
            epochs: Thresholds::default().epochs,
            samples: 20,
        }
    }
}

/// Facts, and what could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The facts.
    pub facts: Facts,
    /// The epoch that is not over.
    pub epoch: u64,
    /// The oldest epoch whose payments the node told; `None` where it told none.
    pub oldest_paid_epoch: Option<u64>,
    /// Whether the node told the software of other nodes.
    pub has_versions: bool,
    /// Validators of which a stake account should have been looked at, and was not.
    pub unsampled: usize,
    /// Validators that are not read, since there are too many.
    pub left_out: usize,
}

impl Gathered {
    /// Asks for the facts of the current epoch and of `gathering.epochs` before, and adds them to what
    /// is known already.
    ///
    /// Fails where a node does not tell its vote accounts, and where an epoch ends each time while it is asked.
    /// What else it does not tell stays unknown.
    pub fn load(rpc: &RpcClient, gathering: &Gathering, known: Facts) -> Result<Self> {
        let Reading {
            cluster,
            votes,
            has_versions,
            left_out,
        } = Reading::of_one_epoch(rpc)?;
        let epoch = cluster.clock.epoch;
        let oldest = epoch.saturating_sub(gathering.epochs);
        let rows = votes.iter().flat_map(|vote| vote.rows(oldest, epoch));
        let mut facts = Facts::from_rows(rows, cluster_rows(&cluster, oldest));
        let oldest_paid_epoch = payments::add(&mut facts, rpc, &votes, oldest..epoch);
        let mut facts = known.merged(facts);
        let doubtful = doubtful(&facts, gathering.epochs);
        let first = doubtful.iter().take(gathering.samples);
        let sampled = samples::add(&mut facts, rpc, first);
        Ok(Self {
            facts,
            epoch,
            oldest_paid_epoch,
            has_versions,
            unsampled: doubtful.len().saturating_sub(sampled),
            left_out,
        })
    }
}

/// What only the running epoch has.
struct Reading {
    cluster: Cluster,
    votes: Vec<VoteFacts>,
    has_versions: bool,
    left_out: usize,
}

impl Reading {
    /// Stake and credits of the next epoch would else be called those of the one that has just ended.
    fn of_one_epoch(rpc: &RpcClient) -> Result<Self> {
        for _ in 0..ATTEMPTS {
            let reading = Self::load(rpc)?;
            if Cluster::load(rpc)?.clock.epoch == reading.cluster.clock.epoch {
                return Ok(reading);
            }
        }
        Err(ClientError::Inconsistent { attempts: ATTEMPTS })
    }

    fn load(rpc: &RpcClient) -> Result<Self> {
        let cluster = Cluster::load(rpc)?;
        let (told, left_out) = vote_accounts(rpc)?;
        let nodes = rpc.get_cluster_nodes().ok();
        let has_versions = nodes.is_some();
        let versions = versions(nodes.unwrap_or_default());
        let addresses: Vec<Pubkey> = told.iter().map(|told| told.vote).collect();
        let accounts = fetch_all(rpc, &addresses, 0)?;
        let votes = told
            .into_iter()
            .map(|told| VoteFacts::read(told, &accounts, &versions));
        Ok(Self {
            cluster,
            votes: votes.collect(),
            has_versions,
            left_out,
        })
    }
}

/// What a node says of a vote account.
pub(super) struct Told {
    pub vote: Pubkey,
    pub identity: Pubkey,
    pub activated_stake_lamports: u64,
    pub delinquent: bool,
}

impl Told {
    /// `None` where it is nonsense.
    fn of(info: &RpcVoteAccountInfo, delinquent: bool) -> Option<Self> {
        Some(Self {
            vote: info.vote_pubkey.parse().ok()?,
            identity: info.node_pubkey.parse().ok()?,
            activated_stake_lamports: info.activated_stake,
            delinquent,
        })
    }
}

/// All vote accounts, the largest first, and how many are too many.
fn vote_accounts(rpc: &RpcClient) -> Result<(Vec<Told>, usize)> {
    let status = rpc.get_vote_accounts()?;
    let current = status.current.iter().map(|info| (info, false));
    let delinquent = status.delinquent.iter().map(|info| (info, true));
    let mut told: Vec<Told> = current
        .chain(delinquent)
        .filter_map(|(info, delinquent)| Told::of(info, delinquent))
        .collect();
    told.sort_by_key(|told| (std::cmp::Reverse(told.activated_stake_lamports), told.vote));
    let left_out = told.len().saturating_sub(MOST_VALIDATORS);
    told.truncate(MOST_VALIDATORS);
    Ok((told, left_out))
}

/// The software of nodes by identity: what begins with a digit and is printable. It is what anybody in
/// gossip says of himself, and goes into tables of others.
fn versions(nodes: Vec<RpcContactInfo>) -> HashMap<Pubkey, String> {
    let is_plain = |text: &String| {
        text.len() <= LONGEST_VERSION
            && text.starts_with(|first: char| first.is_ascii_digit())
            && text.chars().all(|one| one.is_ascii_graphic() || one == ' ')
    };
    let version = |node: RpcContactInfo| {
        let version = node.version.filter(is_plain)?;
        Some((node.pubkey.parse().ok()?, version))
    };
    nodes.into_iter().filter_map(version).collect()
}

/// Of the finished epochs: their stake, and of the last one what it paid.
fn cluster_rows(cluster: &Cluster, oldest: u64) -> Vec<ClusterEpoch> {
    let last = cluster.clock.epoch.checked_sub(1);
    let history = cluster.stake_history.iter();
    history
        .filter(|(epoch, _)| *epoch >= oldest && Some(*epoch) <= last)
        .map(|(epoch, entry)| {
            let is_last = Some(*epoch) == last && cluster.rewards.total_rewards > 0;
            ClusterEpoch {
                epoch: *epoch,
                stake_lamports: entry.effective,
                rewards_lamports: is_last.then_some(cluster.rewards.total_rewards),
                points: is_last.then_some(cluster.rewards.total_points),
            }
        })
        .collect()
}

/// The vote accounts of which a stake account should be looked at, the most doubtful first, with the
/// epochs.
fn doubtful(facts: &Facts, epochs: u64) -> Vec<(Pubkey, Vec<u64>)> {
    let view = View::of(facts, epochs);
    view.map_or_else(Vec::new, |view| view.doubtful())
}
