//! Telling and asking once, before the first transaction, also where pools come first.

use anyhow::Result;
use sluice_client::PoolAddresses;

use super::{Due, Upkeep};
use crate::{
    commands::funds::Takes,
    confirm::{Asked, ask},
    failure::sentence,
    output::announce,
    session::{Actor, Session},
    transaction::beforehand,
};

/// What a command is about to do, at prices that hold or are assumed.
pub struct Proposal<T> {
    /// What it is.
    pub what: T,
    /// The pool that it is done with.
    pub pool: PoolAddresses,
    /// What is told of it.
    pub facts: Vec<(&'static str, String)>,
    /// What is told after that: tables and warnings, or nothing.
    pub plan: String,
    /// What it brings, in smallest units.
    pub quoted: u64,
    /// What it brings at least, or else nothing is done.
    pub least: u64,
    /// What it takes of wallets.
    pub takes: Takes,
}

/// What was agreed to, at prices that hold.
pub struct Agreed<T, B> {
    /// What it is.
    pub what: T,
    /// The pools.
    pub books: B,
    /// What was done for them before.
    pub upkeep: Upkeep,
}

/// Proposes, asks, and does what is due; then proposes anew, at the prices that came of it, to bring at
/// least what was agreed to. There is a second question only where that cannot be any more.
///
/// `make` is told the least that was agreed to. Nobody pays for cranks who cannot pay
/// the rest, as far as that can be estimated.
pub fn propose<T, D: Due>(
    session: &Session,
    actor: &Actor,
    (due, asked): (D, Asked),
    make: impl Fn(&D::Books, Option<u64>) -> Result<Proposal<T>>,
) -> Result<Agreed<T, D::Books>> {
    let cost = due.cost();
    let facts = cost.facts(&session.executor(actor.payer())?);
    let mut agreed = None;
    if !cost.is_nothing() {
        match make(&due.assumed(), None) {
            Ok(estimate) => {
                let takes = &estimate.takes;
                takes.require(session, actor, cost.transactions())?;
                estimate.tell(session, actor, &facts)?;
                agreed = Some(estimate.least);
            }
            Err(error) => {
                beforehand(session, actor, Some(due.pool()), &facts)?;
                announce(format_args!(
                    "What comes of it cannot be told before. At the last prices: {}.",
                    sentence(&error)
                ));
            }
        }
        ask(session, asked, "nothing was done")?;
    }
    let (books, upkeep) = due.carry_out(session, actor)?;
    let mut proposal = make(&books, None)?;
    if upkeep.is_nothing() {
        proposal.takes.require(session, actor, 0)?;
    }
    if let Some(least) = agreed.filter(|least| *least <= proposal.quoted) {
        proposal = make(&books, Some(least))?;
    } else {
        proposal.tell(session, actor, &[])?;
        match upkeep.is_nothing() {
            true if asked == Asked::AtTerminal => {}
            true => ask(session, asked, "nothing was done")?,
            false => ask(
                session,
                asked,
                "pools were brought up to date, and nothing else was done",
            )?,
        }
    }
    Ok(Agreed {
        what: proposal.what,
        books,
        upkeep,
    })
}

impl<T> Proposal<T> {
    /// Tells what will be done, and before it these facts.
    fn tell(
        &self,
        session: &Session,
        actor: &Actor,
        first: &[(&'static str, String)],
    ) -> Result<()> {
        let facts = [first, &self.facts].concat();
        beforehand(session, actor, Some(&self.pool), &facts)?;
        if !self.plan.is_empty() {
            announce(&self.plan);
        }
        Ok(())
    }
}
