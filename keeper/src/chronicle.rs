//! What happens while a pool is cranked: one line in the log for each action, and what is known of it.

use std::time::Instant;

use sluice_client::{
    ClientError, Confirmed, CrankProgress, Outlook, Pending, Step, StepKind,
    send::cluster::fault::Fault, words::amounts::counted,
};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use tracing::{info, warn};

use crate::{
    known::{Action, KnownPool, Shared},
    leftover::outcome_of,
    outcome::Outcome,
    service::Connected,
    trouble::Trouble,
};

/// Something that was tried, or done.
pub struct Tried {
    /// What it is, in a word.
    pub kind: String,
    /// Why, as a sentence without its full stop.
    pub why: String,
    /// The step of the plan, and its validator, where it is one.
    pub step: Option<(StepKind, Option<Pubkey>)>,
}

impl Tried {
    fn of(step: &Step) -> Self {
        Self {
            kind: step.kind.to_string(),
            why: step.why(),
            step: Some((step.kind, step.validator)),
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
        known.beat = Instant::now();
        known.pools.get_mut(self.index).map(change)
    }

    /// What became of transactions that were left undecided, of whichever pool.
    pub fn settled(&self, rpc: &RpcClient, connected: &Connected, pending: &[(Pending, Outlook)]) {
        for settled @ (entry, outlook) in pending {
            info!(
                signature = entry.signature,
                what = entry.what,
                "A transaction was left undecided. Now: {outlook}."
            );
            let Ok(signature) = entry.signature.parse() else {
                continue;
            };
            match connected.journal.is_of_another(&signature) {
                true => self.inherit(rpc, connected, settled, &signature),
                false => self.settle(rpc, &signature, *outlook),
            }
        }
    }

    fn settle(&self, rpc: &RpcClient, signature: &Signature, outlook: Outlook) {
        let Some(outcome) = outcome_of(outlook) else {
            return;
        };
        let is_open = |pool: &KnownPool| pool.sums.is_open(signature);
        if !self.shared.lock().pools.iter().any(is_open) {
            return;
        }
        let has_arrived = outcome != Outcome::Expired;
        let confirmed = has_arrived
            .then(|| Confirmed::read(rpc, signature))
            .flatten();
        for pool in &mut self.shared.lock().pools {
            match has_arrived {
                true => pool.sums.pay(signature, outcome, confirmed.as_ref()),
                false => pool.sums.never_arrived(signature),
            }
        }
    }

    /// Something happens while cranks are turned.
    pub fn progress(&self, progress: CrankProgress<'_>) {
        match progress {
            CrankProgress::Planned { steps, .. } => self.planned(steps),
            CrankProgress::Sent {
                done,
                signature,
                confirmed,
                ..
            } => self.sent(done, signature, confirmed),
            CrankProgress::Overtaken { steps, error } => {
                self.in_vain(error);
                let steps_in_vain = counted(u64::try_from(steps.len()).unwrap_or(u64::MAX), "step");
                let why = format!("Somebody else was faster: {steps_in_vain} in vain");
                self.overtaken("crank", why, error.paid_in_vain());
            }
            CrankProgress::Failed { steps, error } => {
                let tried = steps.iter().map(|step| Tried::of(step));
                self.failed(&tried.collect::<Vec<_>>(), error);
            }
        }
    }

    /// These steps are due now.
    pub fn planned(&self, steps: &[Step]) {
        for over in self.note(|pool| pool.plan(steps)).unwrap_or_default() {
            info!(
                pool = self.pool,
                before = over.what,
                "A step that has failed is due no more."
            );
        }
    }

    fn sent(&self, done: &[Step], signature: Signature, confirmed: Option<&Confirmed>) {
        let done_now = done.iter().map(Tried::of).collect::<Vec<_>>();
        self.landed(&done_now, &signature, confirmed);
        self.note(|pool| {
            for step in done {
                pool.failing.remove(&(step.kind, step.validator));
                pool.due
                    .retain(|due| due.kind != step.kind || due.validator != step.validator);
            }
        });
    }

    /// A transaction did this, and cost what the cluster took for it.
    pub fn landed(&self, done: &[Tried], signature: &Signature, confirmed: Option<&Confirmed>) {
        for Tried { kind, why, .. } in done {
            info!(pool = self.pool, action = %kind, %signature, "{why}.");
        }
        self.note(|pool| {
            pool.sums.count(Outcome::Landed);
            pool.sums.pay(signature, Outcome::Landed, confirmed);
            for Tried { kind, why, .. } in done {
                pool.act(Action {
                    at: Instant::now(),
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
        if is_ending(error) {
            return;
        }
        let is_of_journal = is_of_journal(error);
        if is_of_journal {
            self.shared.journal_fails(error);
        }
        let (outcome, signature) = (Outcome::of(error), error.signature());
        let signature = signature.map(|signature| signature.to_string());
        for Tried { kind, why, step } in tried {
            let what = told_of(why, error);
            let is_new = step.and_then(|step| {
                self.note(|pool| {
                    let condition = pool.failing.entry(step).or_default();
                    condition.is_ill(what.clone(), Instant::now())
                })
            });
            // One line about the journal is enough for all steps. What was sent costs a fee, so each is told.
            if (!is_of_journal && is_new != Some(false)) || signature.is_some() {
                warn!(pool = self.pool, action = %kind, %outcome, signature, "{what}");
            }
        }
        self.in_vain(error);
        self.note(|pool| {
            for Tried { kind, why, .. } in tried {
                pool.act(Action {
                    at: Instant::now(),
                    kind: kind.clone(),
                    why: told_of(why, error),
                    outcome,
                    signature: signature.clone(),
                });
            }
        });
    }

    /// Somebody else was faster, also where a transaction was paid for in vain: no reason to worry.
    pub fn overtaken(&self, kind: &str, why: String, paid: Option<Signature>) {
        let signature = paid.map(|signature| signature.to_string());
        info!(pool = self.pool, action = %kind, signature, "{why}.");
        if signature.is_some() {
            self.note(|pool| {
                pool.act(Action {
                    at: Instant::now(),
                    kind: kind.to_owned(),
                    why,
                    outcome: Outcome::Failed,
                    signature,
                });
            });
        }
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
        let before = self.note(|pool| pool.condition.is_well()).flatten();
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
        if is_ending(error) {
            return;
        }
        if is_of_journal(error) {
            return self.shared.journal_fails(error);
        }
        let what = error.to_string();
        let is_new = self.note(|pool| {
            pool.unread = pool.unread.saturating_add(1);
            pool.condition.is_ill(what.clone(), Instant::now())
        });
        if is_new == Some(true) {
            warn!(pool = self.pool, "{what}");
        }
    }
}

/// What was tried, and what came of it: nobody should read it as done.
fn told_of(tried: &str, error: &ClientError) -> String {
    format!("Tried: {tried}. {error}")
}

fn is_of_journal(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Journal { .. } | ClientError::JournalDamaged { .. }
    )
}

/// Whether a question was broken off because the keeper ends: nothing went wrong.
fn is_ending(error: &ClientError) -> bool {
    let ClientError::Rpc(error) = error else {
        return false;
    };
    matches!(Fault::of(error), Some(Fault::Ending))
}
