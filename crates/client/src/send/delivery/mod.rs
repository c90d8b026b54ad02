//! Brings one signed transaction into a block, or finds out what became of it.
//!
//! Once its first byte is out, nothing that a node fails to say makes it failed: it is confirmed,
//! refused by the cluster, expired by proof, or perhaps sent.

pub(super) mod expiry;
pub(super) mod submission;

use std::{
    thread,
    time::{Duration, Instant},
};

pub use expiry::{Absence, SHORTEST_LIFE, absence};
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status::TransactionStatus;
use submission::{Submitted, submit};

use super::{cluster::origin::is_near, confirmed::Confirmed};
use crate::{ClientError, Result, words::explain::Refusal};

/// How long a status is waited for at first; a quarter longer each time.
const FIRST_STATUS_STEP: Duration = Duration::from_millis(400);
/// The first time on this machine, where an embedded cluster confirms at once.
const NEAR_STATUS_STEP: Duration = Duration::from_millis(25);
const LONGEST_STATUS_STEP: Duration = Duration::from_secs(2);
/// How often it is sent again meanwhile, the same bytes: nodes drop transactions. What no node took
/// for certain is sent again with the next look.
const RESEND_STEP: Duration = Duration::from_secs(2);
/// How often its expiry is looked at, once it can be: it costs requests.
const EXPIRY_STEP: Duration = Duration::from_secs(5);
/// How long a transaction is offered to nodes that cannot be reached at all.
const UNREACHABLE: Duration = Duration::from_secs(20);

/// A signed transaction on its way.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    /// Since when its blockhash is known to have been recent.
    pub since: Instant,
    /// The last block height at which it can be executed; none where a durable nonce keeps it
    /// alive.
    pub last_valid_height: Option<u64>,
    /// When the waiting ends, whatever is known then.
    pub deadline: Instant,
}

/// What became of a transaction that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the block of this slot.
    Landed {
        /// The slot.
        slot: u64,
    },
    /// It is in no block, and its blockhash has expired.
    Expired {
        /// Whether several nodes say so and the client's own clock agrees. One node alone could
        /// have made it up.
        surely: bool,
    },
}

/// Delivers a transaction through `rpc`; each of `nodes` is asked on its own whether it expired.
pub struct Delivery<'a> {
    /// Reads from the best node, and sends to all.
    pub rpc: &'a RpcClient,
    /// The nodes one by one.
    pub nodes: &'a [RpcClient],
    /// What is delivered.
    pub transaction: &'a VersionedTransaction,
    /// Until when.
    pub flight: Flight,
}

impl Delivery<'_> {
    /// Sends, again and again, until the transaction is confirmed or has expired.
    ///
    /// Fails with [`ClientError::Refused`] where the cluster executed it in vain; with
    /// [`ClientError::NotTaken`] where a node clearly refuses the first copy; with
    /// [`ClientError::Rpc`] where no node could be reached; with
    /// [`ClientError::PerhapsSent`] where time is over and nothing is known.
    pub fn run(&self) -> Result<Fate> {
        let (mut sending, mut polls) = (Sending::default(), 0);
        // Before that, no node that says that it has expired can be right.
        let mut judge_at = self.flight.since + expiry::SHORTEST_LIFE;
        let mut step = match is_near(self.rpc) {
            true => NEAR_STATUS_STEP,
            false => FIRST_STATUS_STEP,
        };
        loop {
            sending.renew(self.rpc, self.transaction);
            #[cfg(debug_assertions)]
            if polls == 0 {
                super::boundary::reached();
            }
            thread::sleep(step.min(self.left()));
            step = (step * 5 / 4).clamp(FIRST_STATUS_STEP, LONGEST_STATUS_STEP);
            polls += 1;
            // A node that does not answer says nothing about the transaction.
            if let Some(outcome) = self.outcome(polls) {
                return outcome.map(|slot| Fate::Landed { slot });
            }
            // One look at the chain comes before a node's word.
            if let Some(error) = sending.refused.take()
                && !sending.is_out
            {
                return Err(self.refused(error));
            }
            if sending.is_out && Instant::now() >= judge_at {
                if let Some(fate) = self.expired() {
                    return Ok(fate);
                }
                judge_at = Instant::now() + EXPIRY_STEP;
            }
            let unreachable = !sending.is_out && self.flight.since.elapsed() > UNREACHABLE;
            if unreachable || self.left().is_zero() {
                let signature = self.signature();
                return Err(sending.given_up(ClientError::PerhapsSent { signature }));
            }
        }
    }

    fn signature(&self) -> Signature {
        self.transaction
            .signatures
            .first()
            .copied()
            .unwrap_or_default()
    }

    /// The error of a node that refused it: what it says is no proof that it does not pass it on.
    fn refused(&self, error: ClientError) -> ClientError {
        match error {
            ClientError::Rpc(cause) => ClientError::NotTaken {
                signature: self.signature(),
                cause,
            },
            error => error,
        }
    }

    fn left(&self) -> Duration {
        self.flight
            .deadline
            .saturating_duration_since(Instant::now())
    }

    /// Who is asked for the status this time: several nodes take turns, so that none alone can keep
    /// a transaction unseen.
    fn node(&self, polls: usize) -> &RpcClient {
        match self.nodes {
            [] | [_] => self.rpc,
            several => &several[polls % several.len()],
        }
    }

    /// The slot of a confirmed transaction, or its error where it failed, once it is known. A
    /// transaction in a block is not yet one that succeeded, so its status is always read.
    fn outcome(&self, polls: usize) -> Option<Result<u64>> {
        let node = self.node(polls);
        let status = self.status(node).ok()?.1?;
        if !status.satisfies_commitment(node.commitment()) || !self.is_believed(polls, &status) {
            return None;
        }
        Some(match status.err {
            None => Ok(status.slot),
            Some(error) => Err(self.failure(node, error)),
        })
    }

    /// What a node knows of it, and as of which slot.
    fn status(&self, node: &RpcClient) -> Result<(u64, Option<TransactionStatus>)> {
        let answer = node.get_signature_statuses(&[self.signature()])?;
        let status = answer.value.into_iter().next().flatten();
        Ok((answer.context.slot, status))
    }

    /// Whether it went as the node of this poll says. Where the next of several nodes has that slot
    /// and says otherwise, one of them is at fault: then the transaction itself must show it.
    fn is_believed(&self, polls: usize, said: &TransactionStatus) -> bool {
        if self.nodes.len() < 2 {
            return true;
        }
        let has_failed = said.err.is_some();
        let is_denied = match self.status(self.node(polls + 1)) {
            Ok((_, Some(other))) => other.err.is_some() != has_failed,
            Ok((slot, None)) => slot >= said.slot,
            Err(_) => false,
        };
        if !is_denied {
            return true;
        }
        let signature = self.signature();
        let nodes = self.nodes.iter();
        let shown = nodes.filter_map(|node| Confirmed::now(node, &signature).ok().flatten());
        let outcomes: Vec<bool> = shown.map(|shown| shown.has_failed).collect();
        !outcomes.is_empty() && outcomes.iter().all(|shown| *shown == has_failed)
    }

    fn failure(&self, node: &RpcClient, error: TransactionError) -> ClientError {
        let signature = self.signature();
        let logs = Confirmed::read(node, &signature).and_then(|confirmed| confirmed.logs);
        let message = &self.transaction.message;
        let refusal = Refusal::of_message(error, logs.unwrap_or_default(), message);
        ClientError::Refused(Box::new(refusal.with_signature(signature)))
    }

    fn expired(&self) -> Option<Fate> {
        let last = self.flight.last_valid_height?;
        let signature = self.signature();
        let alone = std::slice::from_ref(self.rpc);
        let nodes = if self.nodes.is_empty() {
            alone
        } else {
            self.nodes
        };
        let all = nodes
            .iter()
            .all(|node| matches!(absence(node, &signature, last), Ok(Absence::Proven)));
        all.then_some(Fate::Expired {
            surely: nodes.len() > 1,
        })
    }
}

/// A transaction that is offered to the nodes until one takes it, and again for as long as it is in
/// no block.
#[derive(Default)]
struct Sending {
    /// Whether a node may have it.
    is_out: bool,
    taken: Option<Instant>,
    /// Why it was clearly refused the last time.
    refused: Option<ClientError>,
    unreached: Option<ClientError>,
}

impl Sending {
    /// Sends it once more, when that is due.
    fn renew(&mut self, rpc: &RpcClient, transaction: &VersionedTransaction) {
        if self
            .taken
            .is_some_and(|taken| taken.elapsed() < RESEND_STEP)
        {
            return;
        }
        // What was not taken for certain is offered once more at once: the same bytes.
        let offered = match submit(rpc, transaction) {
            Submitted::Perhaps => {
                self.is_out = true;
                submit(rpc, transaction)
            }
            certain => certain,
        };
        match offered {
            Submitted::Taken => {
                self.is_out = true;
                self.taken = Some(Instant::now());
            }
            Submitted::Perhaps => self.is_out = true,
            Submitted::Refused(error) => self.refused = Some(error),
            Submitted::Unreached(error) => self.unreached = Some(error),
        }
    }

    /// Why there is nothing to wait for: no node could be reached, or else `perhaps`.
    fn given_up(self, perhaps: ClientError) -> ClientError {
        match self.unreached {
            Some(error) if !self.is_out => error,
            _ => perhaps,
        }
    }
}

#[cfg(test)]
mod tests;
