//! What happens while a pool is cranked: one line in the log for each action, and what is known of it.

use std::time::Instant;

use sluice_client::{
    ClientError, Confirmed, CrankProgress, Outlook, Pending, Step, send::cluster::fault::Fault,
};
use solana_signature::Signature;
use tracing::{info, warn};

use crate::{
    known::{Action, KnownPool, Shared},
    outcome::Outcome,
    trouble::Trouble,
};

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

    /// What became of transactions that were left undecided.
    pub fn settled(&self, pending: &[(Pending, Outlook)]) {
        for (entry, outlook) in pending {
            info!(
                signature = entry.signature,
                what = entry.what,
                "A transaction was left undecided. Now: {outlook}."
            );
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
            CrankProgress::Failed { steps, error } => self.failed(steps, error),
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
        for step in done {
            info!(
                pool = self.pool,
                action = %step.kind,
                %signature,
                "{}.", step.why
            );
        }
        self.note(|pool| {
            pool.sums.count(Outcome::Landed);
            if let Some(confirmed) = confirmed {
                pool.sums
                    .pay(confirmed.fee_lamports, confirmed.rent_lamports());
            }
            for step in done {
                pool.failing.remove(&(step.kind, step.validator));
                pool.due
                    .retain(|due| due.kind != step.kind || due.validator != step.validator);
                pool.act(Action {
                    at: Instant::now(),
                    kind: step.kind.to_string(),
                    why: step.why.clone(),
                    outcome: Outcome::Landed,
                    signature: Some(signature.to_string()),
                });
            }
        });
    }

    fn failed(&self, steps: &[&Step], error: &ClientError) {
        if is_ending(error) {
            return;
        }
        let is_of_journal = is_of_journal(error);
        if is_of_journal {
            self.shared.journal_fails(error);
        }
        let outcome = Outcome::of(error);
        let signature = match error {
            ClientError::Refused(refusal) => refusal.signature,
            ClientError::NotConfirmed { signature }
            | ClientError::PerhapsSent { signature, .. }
            | ClientError::NotTaken { signature, .. } => Some(*signature),
            _ => None,
        };
        for step in steps {
            let what = format!("{}: {error}", step.why);
            // One line about the journal is enough for all steps.
            let is_new = !is_of_journal
                && self.note(|pool| {
                    let condition = pool.failing.entry((step.kind, step.validator));
                    condition.or_default().is_ill(what.clone(), Instant::now())
                }) == Some(true);
            // What was sent costs a fee, so each is told.
            if is_new || signature.is_some() {
                warn!(
                    pool = self.pool,
                    action = %step.kind,
                    %outcome,
                    signature = signature.map(|signature| signature.to_string()),
                    "{what}"
                );
            }
        }
        self.note(|pool| {
            pool.sums.count(outcome);
            for step in steps {
                pool.act(Action {
                    at: Instant::now(),
                    kind: step.kind.to_string(),
                    why: format!("{}: {error}", step.why),
                    outcome,
                    signature: signature.map(|signature| signature.to_string()),
                });
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

fn is_of_journal(error: &ClientError) -> bool {
    matches!(error, ClientError::Journal { .. })
}

/// Whether a question was broken off because the keeper ends: nothing went wrong.
fn is_ending(error: &ClientError) -> bool {
    let ClientError::Rpc(error) = error else {
        return false;
    };
    matches!(Fault::of(error), Some(Fault::Ending))
}
