//! Whom to believe: which cluster a node serves, where that can be, and what is too old.

use std::{
    fmt,
    sync::{Arc, PoisonError},
};

use futures_util::future::join_all;
use serde_json::Value;
use solana_rpc_client_api::request::RpcRequest;
use tokio::time::{Duration, Instant};

use super::{
    cluster::Cluster,
    fault::{Fault, Trouble},
    identity::Known,
    node::Node,
    question::Question,
    seen::Behind,
};

/// How long another node may take to say where the cluster is.
const WITNESS_PATIENCE: Duration = Duration::from_secs(3);

/// So many forgotten slots are remembered until they are told.
const MOST_FORGOTTEN: usize = 10;

/// A slot that was once seen, and that nobody reached again: it may never have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The node that is believed now.
    pub node: String,
    /// How far behind that slot the node is.
    pub slots: u64,
}

impl fmt::Display for Forgotten {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { node, slots } = self;
        write!(
            formatter,
            "A slot that was once seen was not reached again, and is forgotten: {node} goes on {slots} \
             slots behind it, and is believed"
        )
    }
}

impl Cluster {
    /// A node is used once it is known to serve the cluster that the first one serves, and unless it
    /// is set aside.
    pub async fn admit(&self, node: &Arc<Node>, until: Instant) -> Result<(), Trouble> {
        if let Some(fault) = node.fault() {
            return Err(Trouble::from(fault));
        }
        match node.identity.known() {
            Known::Now(_) => Ok(()),
            // One node alone is compared with itself, once it has said it.
            Known::Nothing if self.nodes.len() == 1 => Ok(()),
            Known::Nothing => self.identify(node, node.ask_genesis(until).await?),
            Known::Once(before) => match node.ask_genesis(until).await {
                Ok(genesis) => self.identify(node, genesis),
                // What it answers to this is its own affair, as long as it has said it once.
                Err(trouble) if trouble.is_answer() => self.identify(node, before),
                Err(trouble) => Err(trouble),
            },
        }
    }

    /// Sets a node aside that serves another cluster than the first one that answered.
    pub fn identify(&self, node: &Arc<Node>, genesis: String) -> Result<(), Trouble> {
        node.identity.note(genesis.clone());
        if *self.genesis.get_or_init(|| genesis.clone()) == genesis {
            return Ok(());
        }
        let another = Fault::AnotherCluster {
            node: node.name.clone(),
        };
        Err(Trouble::from(self.set_aside(node, another)))
    }

    /// The node is not used until it is looked at again and good.
    pub(super) fn set_aside(&self, node: &Node, fault: Fault) -> Fault {
        node.aside.begin(fault.clone(), self.manners.look_again);
        fault
    }

    /// Looks in the background at nodes that were set aside: one that is good again is used again.
    pub fn look_again(self: &Arc<Self>) {
        for node in &self.nodes {
            if node.aside.is_time_to_look(self.manners.look_again) {
                let (cluster, node) = (Arc::clone(self), Arc::clone(node));
                tokio::spawn(async move {
                    if cluster.is_good(&node).await.unwrap_or(false) {
                        node.aside.end();
                    }
                });
            }
        }
    }

    /// Whether a node serves this cluster, and is where that can be.
    async fn is_good(&self, node: &Arc<Node>) -> Result<bool, Trouble> {
        let until = Instant::now() + WITNESS_PATIENCE;
        let genesis = node.ask_genesis(until).await?;
        if self.genesis.get().is_some_and(|known| *known != genesis) {
            return Ok(false);
        }
        node.identity.note(genesis);
        let Some(slot) = self.slot_of(node, until).await? else {
            return Ok(false);
        };
        if self.ahead(node, slot).await.is_err() {
            return Ok(false);
        }
        match node.fault() {
            Some(Fault::Outdated { .. } | Fault::Contradictory { .. }) => {
                self.shows_new_accounts(node, until).await
            }
            _ => Ok(true),
        }
    }

    /// Refuses an answer of a slot where the cluster cannot be yet, and one that is older than what
    /// was already seen. What was seen is forgotten where a node that does not lag goes on behind it
    /// for long.
    pub async fn check(
        &self,
        node: &Arc<Node>,
        question: &Question,
        answer: &Value,
        until: Instant,
    ) -> Result<(), Trouble> {
        let Some(named) = question.slot_of(answer) else {
            return Ok(());
        };
        self.judge(node, named).await?;
        let slot = self.slot_of_accounts(node, question, answer, named)?;
        let taken = self.seen.take(question.commitment, slot, Instant::now());
        let Err(Behind { slots, is_lasting }) = taken else {
            return Ok(());
        };
        let node_name = node.name.clone();
        if !is_lasting || self.says_that_it_lags(node, until).await {
            return Err(Trouble::from(Fault::Behind {
                node: node_name,
                slots,
            }));
        }
        self.seen.forget_after(slot);
        let forgotten = self.forgotten.lock();
        let mut forgotten = forgotten.unwrap_or_else(PoisonError::into_inner);
        forgotten.truncate(MOST_FORGOTTEN);
        forgotten.push(Forgotten {
            node: node_name,
            slots,
        });
        Ok(())
    }

    /// What was seen and forgotten since this was last asked.
    pub fn forgotten(&self) -> Vec<Forgotten> {
        let forgotten = self.forgotten.lock();
        std::mem::take(&mut *forgotten.unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets a node aside that is further than the others and the clock allow.
    pub(super) async fn judge(&self, node: &Arc<Node>, slot: u64) -> Result<(), Fault> {
        self.ahead(node, slot).await.map_err(|slots| {
            self.seen.forget_after(slot - slots);
            let ahead = Fault::Ahead {
                node: node.name.clone(),
                slots,
            };
            self.set_aside(node, ahead)
        })
    }

    /// How far a node is beyond what the others and the clock allow. A node that is alone cannot be
    /// judged.
    async fn ahead(&self, node: &Arc<Node>, slot: u64) -> Result<(), u64> {
        if self.nodes.len() == 1 || self.agreement.allows(slot) {
            return Ok(());
        }
        let others = self.in_order();
        let others = others.iter().filter(|other| !Arc::ptr_eq(other, node));
        let slots = join_all(others.map(|other| self.witness(other))).await;
        let newest = slots.into_iter().flatten().max();
        self.agreement.compare(slot, newest)
    }

    /// Where a node says that the cluster is, unless it says that it lags itself, or stands still.
    async fn witness(&self, node: &Arc<Node>) -> Option<u64> {
        let until = Instant::now() + WITNESS_PATIENCE;
        self.admit(node, until).await.ok()?;
        if self.says_that_it_lags(node, until).await {
            return None;
        }
        let slot = self.slot_of(node, until).await.ok()??;
        node.moves_on(slot).then_some(slot)
    }

    async fn says_that_it_lags(&self, node: &Node, until: Instant) -> bool {
        let health = Question::plain(RpcRequest::GetHealth, self.manners.patience);
        let said = node.ask(&health, until).await;
        said.is_err_and(|trouble| trouble.passes())
    }

    async fn slot_of(&self, node: &Node, until: Instant) -> Result<Option<u64>, Trouble> {
        let params = serde_json::json!([{ "commitment": "processed" }]);
        let slot = Question::new(0, RpcRequest::GetSlot, params, self.manners.patience);
        Ok(slot.slot_of(&node.ask(&slot, until).await?))
    }
}
