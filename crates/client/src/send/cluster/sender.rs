//! The nodes as the transport of a client.

use std::{io, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, Result as RpcResult},
    request::RpcRequest,
};
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};

use super::{allowance::Allowance, cluster::Cluster, fault::Fault, node::Node, question::Question};
use crate::Result;

/// Which nodes a client is of.
#[derive(Clone)]
pub(super) enum Lane {
    /// All of them.
    All,
    /// This one.
    One(Arc<Node>),
}

/// The transport of a client.
pub(super) struct Sender {
    pub cluster: Arc<Cluster>,
    pub background: Arc<Background>,
    pub lane: Lane,
    /// No question is tried longer.
    pub at_most: Duration,
    /// Nor are all of them together, where there is one.
    pub allowance: Option<Arc<Allowance>>,
    /// Whether its questions end with the program; those of a transaction that is under way do not.
    pub has_end: bool,
}

#[async_trait]
impl RpcSender for Sender {
    async fn send(&self, request: RpcRequest, params: Value) -> RpcResult<Value> {
        // An order is waited for as long as it takes: it is given once.
        let allowance = self.allowance.as_ref().filter(|_| !is_order(request));
        let began = Instant::now();
        let allowed = allowance.map_or(Duration::MAX, |allowance| allowance.for_next(began));
        let at_most = self.at_most.min(allowed);
        let question = self.cluster.question(request, params, at_most);
        let answer = match self.has_end && !is_order(request) {
            true => self.answer_before_the_end(question).await,
            false => self.answer(question).await,
        };
        if let Some(allowance) = allowance {
            allowance.spend(began, Instant::now());
        }
        answer
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats {
            request_count: usize::try_from(self.cluster.questions()).unwrap_or(usize::MAX),
            ..RpcTransportStats::default()
        }
    }

    fn url(&self) -> String {
        match &self.lane {
            Lane::All => {
                let origins: Vec<_> = self
                    .cluster
                    .nodes
                    .iter()
                    .map(|node| &*node.origin)
                    .collect();
                origins.join(",")
            }
            Lane::One(node) => node.origin.clone(),
        }
    }
}

impl Sender {
    async fn answer_before_the_end(&self, question: Question) -> RpcResult<Value> {
        let mut ending = self.cluster.ending.subscribe();
        tokio::select! {
            biased;
            _ = ending.wait_for(|is_ending| *is_ending) => Err(Fault::Ending.into()),
            answer = self.answer(question) => answer,
        }
    }

    async fn answer(&self, question: Question) -> RpcResult<Value> {
        let (cluster, lane) = (Arc::clone(&self.cluster), self.lane.clone());
        let answer = self
            .background
            .0
            .as_ref()
            .map(|runtime| runtime.spawn(answer(cluster, lane, question)));
        match answer {
            Some(answer) => answer.await.map_err(io::Error::other)?,
            None => Err(io::Error::other("the connections are closed").into()),
        }
    }
}

/// Whether this changes something.
fn is_order(request: RpcRequest) -> bool {
    matches!(
        request,
        RpcRequest::SendTransaction | RpcRequest::RequestAirdrop | RpcRequest::Custom { .. }
    )
}

async fn answer(cluster: Arc<Cluster>, lane: Lane, question: Question) -> RpcResult<Value> {
    let is_order = is_order(question.request);
    cluster.look_again();
    match lane {
        Lane::All if question.request == RpcRequest::SendTransaction => {
            cluster.send(question).await
        }
        Lane::All if is_order => cluster.ask_once(&question).await,
        Lane::All => cluster.read(&question).await,
        Lane::One(node) if is_order => cluster.ask_once_at(&node, &question).await,
        Lane::One(node) => cluster.read_at(&node, &question).await,
    }
}

/// Where all requests run, so that those that nobody waits for any more go on.
pub(super) struct Background(Option<Runtime>);

impl Background {
    pub fn start() -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sluice-nodes")
            .enable_all()
            .build();
        Ok(Self(Some(runtime.map_err(RpcClientError::from)?)))
    }
}

impl Drop for Background {
    /// Without waiting, which would be forbidden inside of another runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
