//! What a file would change.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::words::amounts::counted;

use super::{
    Planned,
    best::Proposal,
    planned,
    words::{ChangeLine, LaterLine, WaitingLine, signers},
};
use crate::{args::SetArgs, moment::Calendar, session::Session};

/// What must change until a pool is as a file wants it.
#[derive(Debug, Serialize)]
pub struct Difference {
    pool: String,
    epoch: u64,
    /// Whether nothing must be done, now or later.
    is_done: bool,
    changes: Vec<ChangeLine>,
    waiting: Vec<WaitingLine>,
    later: Vec<LaterLine>,
    notes: Vec<String>,
    /// How the weights were found; none where the file says them.
    optimised: Option<Proposal>,
}

/// Shows what a file would change of the configured pool.
pub fn plan(session: &Session, arguments: &SetArgs) -> Result<Difference> {
    session.makes_no_transaction("pool plan")?;
    Difference::of(session, &planned(session, arguments)?)
}

impl Difference {
    /// A plan in words.
    pub(super) fn of(session: &Session, planned: &Planned) -> Result<Self> {
        let Planned {
            view,
            plan,
            proposal,
        } = planned;
        let snapshot = &view.snapshot;
        let calendar = Calendar::measure(session, snapshot)?;
        let (changes, waiting) = (plan.changes.iter(), plan.waiting.iter());
        Ok(Self {
            pool: snapshot.addresses.pool.to_string(),
            epoch: snapshot.cluster.clock.epoch,
            is_done: plan.is_done(),
            changes: changes.map(|one| ChangeLine::new(one, &calendar)).collect(),
            waiting: waiting
                .map(|one| WaitingLine::new(one, &calendar))
                .collect(),
            later: plan.later.iter().map(LaterLine::from).collect(),
            notes: plan.notes.clone(),
            optimised: proposal.clone(),
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pool, epoch, .. } = self;
        match self.changes.len() {
            0 if self.is_done => {
                writeln!(
                    formatter,
                    "Nothing to do: the pool {pool} is as the file wants it."
                )?;
            }
            0 => writeln!(
                formatter,
                "The pool {pool}: nothing can be done now, in epoch {epoch}."
            )?,
            count => writeln!(
                formatter,
                "The pool {pool}, epoch {epoch}: {}, in this order.\n",
                counted(count as u64, "change")
            )?,
        }
        self.changes
            .iter()
            .try_for_each(|line| line.fmt(formatter))?;
        if !self.changes.is_empty() {
            writeln!(formatter, "\nSigned by {}.", signers(&self.changes))?;
        }
        if let Some(proposal) = &self.optimised {
            write!(formatter, "\n{proposal}")?;
        }
        if !self.waiting.is_empty() {
            writeln!(formatter, "\nWaits already:")?;
            self.waiting
                .iter()
                .try_for_each(|line| line.fmt(formatter))?;
        }
        if !self.later.is_empty() {
            writeln!(formatter, "\nNot yet possible; apply the file again then:")?;
            self.later.iter().try_for_each(|line| line.fmt(formatter))?;
        }
        self.notes
            .iter()
            .try_for_each(|note| writeln!(formatter, "\n{note}."))
    }
}
