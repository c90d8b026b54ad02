//! What happens while a pool is cranked: one line in the log for each action, and what is known of it.

use std::time::SystemTime;

use sluice_client::{ClientError, Confirmed, CrankProgress, Outlook, Pending, Step};
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use tracing::{info, warn};

use crate::{
    known::{Action, KnownPool, Shared, Trouble},
    sums::Outcome,
};

/// Something that was tried, or done.
pub struct Tried {
    /// What it is, in a word.
    pub kind: String,
    /// Why, as a sentence without its full stop.
    pub why: String,
}

impl Tried {
    fn of(step: &Step) -> Self {
        Self {
            kind: step.kind.to_string(),
            why: step.why.clone(),
        }
    }
}

/// Notes what happens to one pool.
pub struct Chronicle<'a> {
    /// What is known.
    pub shared: &'a Shared,
    /// Which pool it is about.
    pub index: usize,
    /// Its address.
    pub pool: String,
}

impl Chronicle<'_> {
    /// Changes what is known of the pool.
    pub fn note<T>(&self, change: impl FnOnce(&mut KnownPool) -> T) -> Option<T> {
        let mut known = self.shared.lock();
        known.beat = SystemTime::now();
        known.pools.get_mut(self.index).map(change)
    }

    /// What became of transactions that were left undecided, of whichever pool.
    pub fn settled(&self, rpc: &RpcClient, pending: &[(Pending, Outlook)]) {
        for (entry, outlook) in pending {
            info!(
                signature = entry.signature,
                what = entry.what,
                "A transaction was left undecided. Now: {outlook}."
            );
            if let Ok(signature) = entry.signature.parse() {
                self.settle(rpc, &signature, *outlook);
            }
        }
    }

    fn settle(&self, rpc: &RpcClient, signature: &Signature, outlook: Outlook) {
        let outcome = match outlook {
            Outlook::Landed { .. } => Some(Outcome::Landed),
            Outlook::Failed { .. } => Some(Outcome::Failed),
            Outlook::NeverArrived => None,
            Outlook::Undecided => return,
        };
        let is_open = |pool: &KnownPool| pool.sums.is_open(signature);
        if !self.shared.lock().pools.iter().any(is_open) {
            return;
        }
        let confirmed = outcome.and_then(|_| Confirmed::read(rpc, signature));
        for pool in &mut self.shared.lock().pools {
            match outcome {
                Some(outcome) => pool.sums.pay(signature, outcome, confirmed.as_ref()),
                None => pool.sums.never_arrived(signature),
            }
        }
    }

    /// Something happens while cranks are turned.
    pub fn progress(&self, progress: CrankProgress<'_>) {
        match progress {
            CrankProgress::Planned { steps, .. } => {
                self.note(|pool| pool.plan(steps));
            }
            CrankProgress::Sent {
                done,
                signature,
                confirmed,
                ..
            } => self.sent(done, signature, confirmed),
            CrankProgress::Failed { steps, error } => {
                let tried = steps.iter().map(|step| Tried::of(step));
                self.failed(&tried.collect::<Vec<_>>(), error);
            }
        }
    }

    fn sent(&self, done: &[Step], signature: Signature, confirmed: Option<&Confirmed>) {
        let done_now = done.iter().map(Tried::of).collect::<Vec<_>>();
        self.landed(&done_now, &signature, confirmed);
        self.note(|pool| {
            for step in done {
                pool.due
                    .retain(|due| due.kind != step.kind || due.validator != step.validator);
            }
        });
    }

    /// A transaction did this, and cost what the cluster took for it.
    pub fn landed(&self, done: &[Tried], signature: &Signature, confirmed: Option<&Confirmed>) {
        for Tried { kind, why } in done {
            info!(pool = self.pool, action = %kind, %signature, "{why}.");
        }
        self.note(|pool| {
            pool.sums.count(Outcome::Landed);
            pool.sums.pay(signature, Outcome::Landed, confirmed);
            for Tried { kind, why } in done {
                pool.act(Action {
                    at: SystemTime::now(),
                    kind: kind.clone(),
                    why: why.clone(),
                    outcome: Outcome::Landed,
                    signature: Some(signature.to_string()),
                });
            }
        });
    }

    /// A transaction did not do what it should.
    pub fn failed(&self, tried: &[Tried], error: &ClientError) {
        let (outcome, signature) = (Outcome::of(error), error.signature());
        let signature = signature.map(|signature| signature.to_string());
        for Tried { kind, why } in tried {
            warn!(pool = self.pool, action = %kind, %outcome, signature, "{why}: {error}");
        }
        self.in_vain(error);
        self.note(|pool| {
            for Tried { kind, why } in tried {
                pool.act(Action {
                    at: SystemTime::now(),
                    kind: kind.clone(),
                    why: format!("{why}: {error}"),
                    outcome,
                    signature: signature.clone(),
                });
            }
        });
    }

    /// Counts a transaction that did not do what it should, and its fee where it was executed.
    pub fn in_vain(&self, error: &ClientError) {
        self.note(|pool| {
            let outcome = Outcome::of(error);
            pool.sums.count(outcome);
            if let Some(signature) = error.paid_in_vain() {
                pool.sums.pay(&signature, outcome, None);
            }
        });
    }

    /// The pool could be read.
    pub fn well(&self) {
        let before = self.note(|pool| pool.trouble.take()).flatten();
        if let Some(Trouble { what, .. }) = before {
            info!(
                pool = self.pool,
                before = what,
                "The pool can be read again."
            );
        }
    }

    /// The pool could not be read. It is told when it begins, and when it becomes another trouble.
    pub fn trouble(&self, error: &ClientError) {
        let what = error.to_string();
        let is_new = self.note(|pool| {
            let (trouble, is_new) = Trouble::or_new(pool.trouble.as_ref(), what.clone());
            pool.trouble = Some(trouble);
            is_new
        });
        if is_new == Some(true) {
            warn!(pool = self.pool, "{what}");
        }
    }
}
