//! What everything is done with that the keeper does for a pool beside cranks.

use sluice_client::{Executor, PoolSnapshot};
use solana_rpc_client::rpc_client::RpcClient;

use crate::{chronicle::Chronicle, stop::Stop};

/// A pool, and who works for it.
pub struct Around<'a> {
    /// The nodes.
    pub rpc: &'a RpcClient,
    /// What sends.
    pub executor: &'a Executor<'a>,
    /// Where it is noted.
    pub chronicle: &'a Chronicle<'a>,
    /// The pool as it was just read.
    pub snapshot: &'a PoolSnapshot,
    /// Whether to end.
    pub stop: &'a Stop,
}
