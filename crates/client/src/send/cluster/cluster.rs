//! All nodes together: reads fail over, transactions go to all, and what cannot be is refused.

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use serde_json::Value;
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind, Result as RpcResult},
    request::RpcRequest,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Duration, Instant, sleep},
};

use super::{
    agreement::Agreement,
    fault::{Fault, Left, Trouble},
    identity::Known,
    manners::Manners,
    node::Node,
    question::Question,
    seen::{Behind, Seen},
};

/// How long another node may take to say where the cluster is.
const WITNESS_PATIENCE: Duration = Duration::from_secs(3);

/// So many forgotten slots are remembered until they are told.
const MOST_FORGOTTEN: usize = 10;

/// What an answer is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    /// What the other nodes said, and what was seen before.
    Others,
    /// Nothing: it is the node's own word that is asked for.
    Nothing,
}

/// The nodes, and what they agree upon.
pub(super) struct Cluster {
    /// In the order in which they were named.
    pub nodes: Vec<Arc<Node>>,
    /// How they are treated.
    pub manners: Manners,
    /// The node that answered last: it is asked first.
    first: AtomicUsize,
    questions: AtomicU64,
    genesis: OnceLock<String>,
    agreement: Agreement,
    seen: Seen,
    /// What was seen and forgotten, until that is told.
    forgotten: Mutex<Vec<Forgotten>>,
    /// Whether the program is ending.
    pub ending: watch::Sender<bool>,
}

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
    pub fn new(nodes: Vec<Arc<Node>>, manners: Manners) -> Self {
        Self {
            nodes,
            seen: Seen::new(manners.memory),
            manners,
            first: AtomicUsize::new(0),
            questions: AtomicU64::new(0),
            genesis: OnceLock::new(),
            agreement: Agreement::default(),
            forgotten: Mutex::default(),
            ending: watch::Sender::new(false),
        }
    }

    /// The question in JSON, with a number, which is tried no longer than `at_most`.
    pub fn question(&self, request: RpcRequest, params: Value, at_most: Duration) -> Question {
        let id = self.questions.fetch_add(1, Ordering::Relaxed);
        let patience = self.manners.patience_for(request).min(at_most);
        Question::new(id, request, params, patience)
    }

    /// How many questions there were.
    pub fn questions(&self) -> u64 {
        self.questions.load(Ordering::Relaxed)
    }

    /// The answer of any node, checked against what the others said.
    pub async fn read(&self, question: &Question) -> RpcResult<Value> {
        let nodes = self.in_order();
        let (answer, node) = self.patiently(nodes, question, Check::Others).await?;
        self.first.store(self.index_of(&node), Ordering::Relaxed);
        Ok(answer)
    }

    /// The answer of this node, whatever the others say, unless it is set aside.
    pub async fn read_at(&self, node: &Arc<Node>, question: &Question) -> RpcResult<Value> {
        let nodes = vec![Arc::clone(node)];
        Ok(self.patiently(nodes, question, Check::Nothing).await?.0)
    }

    /// Asks the node that answered last, once: for what must not be done twice.
    pub async fn ask_once(&self, question: &Question) -> RpcResult<Value> {
        let nodes = self.in_order();
        let node = nodes.first().ok_or_else(|| self.nobody())?;
        self.ask_once_at(node, question).await
    }

    /// The same of this node.
    pub async fn ask_once_at(&self, node: &Node, question: &Question) -> RpcResult<Value> {
        let until = Instant::now() + question.patience;
        let asked = node.ask(question, until).await;
        asked.map_err(|trouble| trouble.error)
    }

    /// Sends a transaction to all nodes at once. The first that takes it decides; the others go on
    /// in the background. Where none does, the answer is the one that tells the least: that it may
    /// have been sent, before that it was refused, before that no node was reached.
    pub async fn send(self: Arc<Self>, question: Question) -> RpcResult<Value> {
        let until = Instant::now() + question.answer_timeout();
        let question = Arc::new(question);
        let mut sending = JoinSet::new();
        for node in self.in_order() {
            let (cluster, question) = (Arc::clone(&self), Arc::clone(&question));
            sending.spawn(async move {
                // Whatever is wrong before, no transaction was in it.
                let unreached = |trouble: Trouble| match Left::after(&trouble.error) {
                    Left::Nothing => trouble,
                    _ => Trouble::from(Fault::Unreached {
                        node: node.name.clone(),
                    }),
                };
                cluster.admit(&node, until).await.map_err(unreached)?;
                node.ask(&question, until).await
            });
        }
        let mut failed = None;
        while let Some(sent) = sending.join_next().await {
            match sent {
                Ok(Ok(answer)) => {
                    sending.detach_all();
                    return Ok(answer);
                }
                Ok(Err(trouble)) => failed = Some(worse(failed, trouble.error)),
                Err(panic) => failed = Some(worse(failed, std::io::Error::other(panic).into())),
            }
        }
        Err(failed.unwrap_or_else(|| self.nobody().into()))
    }

    /// Asks node after node, and after a pause again, until one answers or patience ends. A node
    /// that will not answer this is not asked again.
    async fn patiently(
        &self,
        mut nodes: Vec<Arc<Node>>,
        question: &Question,
        check: Check,
    ) -> RpcResult<(Value, Arc<Node>)> {
        let until = Instant::now() + question.patience;
        let mut failed = None;
        for pause in self.manners.pauses() {
            // One that was silent is asked last: the patience must last for the others.
            nodes.sort_by_key(|node| (node.rests(), node.identity.is_silent()));
            for node in std::mem::take(&mut nodes) {
                if failed.is_some() && Instant::now() >= until {
                    break;
                }
                match self.ask(&node, question, check, until).await {
                    Ok(answer) => return Ok((answer, node)),
                    Err(trouble) => {
                        if trouble.passes() {
                            nodes.push(node);
                        }
                        failed = Some(clearer(failed, trouble.error));
                    }
                }
            }
            // The last pause is cut, so that patience does not end with a pause.
            let left = until.saturating_duration_since(Instant::now());
            let least = self.manners.last_pause();
            if nodes.is_empty() || left < least {
                break;
            }
            sleep(pause.min(left / 2).max(least.min(pause))).await;
        }
        Err(failed.unwrap_or_else(|| self.nobody().into()))
    }

    async fn ask(
        &self,
        node: &Arc<Node>,
        question: &Question,
        check: Check,
        until: Instant,
    ) -> Result<Value, Trouble> {
        self.admit(node, until).await?;
        let answer = node.ask(question, until).await?;
        if let (RpcRequest::GetGenesisHash, Some(genesis)) = (question.request, answer.as_str()) {
            self.identify(node, genesis.to_owned())?;
        }
        if check == Check::Others {
            self.check(node, question, &answer, until).await?;
        }
        Ok(answer)
    }

    /// The nodes that are in use, the one that answered last before the others.
    fn in_order(&self) -> Vec<Arc<Node>> {
        let first = self.first.load(Ordering::Relaxed);
        let (before, from) = self.nodes.split_at(first.min(self.nodes.len()));
        let in_use = from
            .iter()
            .chain(before)
            .filter(|node| node.fault().is_none());
        in_use.cloned().collect()
    }

    fn index_of(&self, node: &Arc<Node>) -> usize {
        let found = self.nodes.iter().position(|other| Arc::ptr_eq(other, node));
        found.unwrap_or_default()
    }

    /// Why no node is left.
    fn nobody(&self) -> Fault {
        let fault = self.nodes.iter().find_map(|node| node.fault());
        fault.unwrap_or(Fault::NoNode)
    }

    /// A node is used once it is known to serve the cluster that the first one serves, and unless it
    /// is set aside.
    async fn admit(&self, node: &Arc<Node>, until: Instant) -> Result<(), Trouble> {
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
    fn identify(&self, node: &Arc<Node>, genesis: String) -> Result<(), Trouble> {
        node.identity.note(genesis.clone());
        if *self.genesis.get_or_init(|| genesis.clone()) == genesis {
            return Ok(());
        }
        let another = Fault::AnotherCluster {
            node: node.name.clone(),
        };
        Err(Trouble::from(self.set_aside(node, another)))
    }

    fn set_aside(&self, node: &Node, fault: Fault) -> Fault {
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
        Ok(self.ahead(node, slot).await.is_ok())
    }

    /// Refuses an answer of a slot where the cluster cannot be yet, and one that is older than what
    /// was already seen. What was seen is forgotten where a node that does not lag goes on behind it
    /// for long.
    async fn check(
        &self,
        node: &Arc<Node>,
        question: &Question,
        answer: &Value,
        until: Instant,
    ) -> Result<(), Trouble> {
        let Some(slot) = question.slot_of(answer) else {
            return Ok(());
        };
        self.judge(node, slot).await?;
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
    async fn judge(&self, node: &Arc<Node>, slot: u64) -> Result<(), Fault> {
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

/// The error that tells less about where a transaction is.
fn worse(known: Option<RpcClientError>, new: RpcClientError) -> RpcClientError {
    match known {
        Some(known) if Left::after(&known) >= Left::after(&new) => known,
        _ => new,
    }
}

/// The later error, unless only the earlier one was an answer.
fn clearer(known: Option<RpcClientError>, new: RpcClientError) -> RpcClientError {
    let is_answer = |error: &RpcClientError| matches!(error.kind(), ErrorKind::RpcError(_));
    match known {
        Some(known) if is_answer(&known) && !is_answer(&new) => known,
        _ => new,
    }
}
