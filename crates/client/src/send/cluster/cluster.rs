//! All nodes together: reads fail over, transactions go to all, and what cannot be is refused.

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

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
    judgement::Forgotten,
    manners::Manners,
    node::Node,
    question::Question,
    reached::Reached,
    seen::Seen,
};

/// How many times longer it is remembered how far pools have come than which slots were seen.
const MEMORIES: u32 = 10;

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
    /// The first block of the cluster, as the first node said.
    pub genesis: OnceLock<String>,
    /// Where the cluster can be.
    pub agreement: Agreement,
    /// The newest slots that answers were of.
    pub seen: Seen,
    /// How far pools have come.
    pub reached: Reached,
    /// What was seen and forgotten, until that is told.
    pub forgotten: Mutex<Vec<Forgotten>>,
    /// Whether the program is ending.
    pub ending: watch::Sender<bool>,
}

impl Cluster {
    pub fn new(nodes: Vec<Arc<Node>>, manners: Manners) -> Self {
        Self {
            nodes,
            seen: Seen::new(manners.memory),
            reached: Reached::new(manners.memory * MEMORIES),
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

    /// The answer of this node, whatever the others say, unless it is set aside or shows old accounts as
    /// new ones. Who asks for its slot or its clock wants to know how far it is, so that one which cannot
    /// be there is set aside.
    pub async fn read_at(&self, node: &Arc<Node>, question: &Question) -> RpcResult<Value> {
        let nodes = vec![Arc::clone(node)];
        let answer = self.patiently(nodes, question, Check::Nothing).await?.0;
        if let Some(slot) = question.slot_of(&answer) {
            if question.is_of_time() {
                self.judge(node, slot).await?;
            }
            self.slot_of_accounts(node, question, &answer, slot)?;
        }
        Ok(answer)
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
    pub fn in_order(&self) -> Vec<Arc<Node>> {
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
