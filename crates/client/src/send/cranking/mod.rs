//! Turns a pool's cranks until nothing is due.

mod giving_way;
mod outcome;
mod turning;
mod watch;

pub use giving_way::own_delay;
use solana_signature::Signature;
use turning::Turning;
pub use watch::{Turn, Watch};

use super::{confirmed::Confirmed, executor::Executor};
use crate::{
    ClientError, PoolAddresses, PoolSnapshot, Result,
    plan::crank::{self, Step},
};

/// What happens while cranks are turned, for progress bars and logs.
#[derive(Debug)]
pub enum CrankProgress<'a> {
    /// These steps come next.
    Planned {
        /// The steps in order.
        steps: &'a [Step],
        /// Transactions that carry them.
        transactions: usize,
    },
    /// A transaction is confirmed.
    Sent {
        /// The steps in it, wholly or in part, as planned.
        planned: &'a [&'a Step],
        /// What it did, as its events say.
        done: &'a [Step],
        /// Its signature.
        signature: Signature,
        /// The transaction as it was executed, where a node tells.
        confirmed: Option<&'a Confirmed>,
    },
    /// A transaction was executed in vain, most likely because somebody else was faster; nothing more is
    /// tried now.
    Overtaken {
        /// The steps in it.
        steps: &'a [&'a Step],
        /// What the cluster said.
        error: &'a ClientError,
    },
    /// A transaction failed; the others go on. One that was executed in vain, and whose steps are tried
    /// alone next, is told too.
    Failed {
        /// The steps in it.
        steps: &'a [&'a Step],
        /// Why.
        error: &'a ClientError,
    },
}

/// Something that could not be done.
#[derive(Debug)]
pub struct CrankFailure {
    /// What; none where the pool could not be read again.
    pub step: Option<Step>,
    /// Why.
    pub error: ClientError,
}

/// What was done.
#[derive(Debug)]
pub struct CrankReport {
    /// Confirmed transactions, in order.
    pub signatures: Vec<Signature>,
    /// Steps that were carried out, in order.
    pub steps: Vec<Step>,
    /// Compute units of all transactions; none where a node does not say what one took.
    pub compute_units: Option<u64>,
    /// What the cluster took for them, priority included; none where a node does not say.
    pub fee_lamports: Option<u64>,
    /// What failed, and is due all the same.
    pub failures: Vec<CrankFailure>,
    /// Whether it ended early because somebody else was doing the same: in turns of a [`Watch`].
    pub gave_way: bool,
    /// What cannot be done yet, as sentences without their full stops.
    pub waiting: Vec<String>,
    /// The pool afterwards.
    pub snapshot: PoolSnapshot,
}

impl Executor<'_> {
    /// Does everything that is due, in rounds, until nothing is. What fails is tried alone, then
    /// left to the report; a round that changes nothing of what is due is the last.
    pub fn crank(
        &self,
        addresses: &PoolAddresses,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<CrankReport> {
        Turning::new(self, addresses, usize::MAX, on_progress)?.run(crank::plan)
    }

    /// Does only what makes the prices hold: what users need of a stale pool. It sends no more than so
    /// many transactions, whatever a node says of the pool.
    pub fn refresh(
        &self,
        addresses: &PoolAddresses,
        most_transactions: usize,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<CrankReport> {
        Turning::new(self, addresses, most_transactions, on_progress)?.run(crank::plan_pricing)
    }
}
