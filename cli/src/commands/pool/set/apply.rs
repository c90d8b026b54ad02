//! Making a pool as a file wants it.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    plan::set::{Change, Kind},
    words::amounts::counted,
};
use solana_instruction::Instruction;

use super::{Planned, cost, plan::Difference, planned};
use crate::{
    args::SetArgs,
    commands::validator::ADDITION_UNITS,
    confirm::{Asked, ask},
    output::announce_difference,
    session::{Actor, Session},
    transaction::{Done, Outcome, Transaction, beforehand, in_order, perform_all},
};

/// What a change is expected to take at most that is no addition.
const CHANGE_UNITS: u64 = 30_000;

/// What was done for a file.
#[derive(Debug, Serialize)]
pub struct Applied {
    pool: String,
    /// Changes that were made.
    changes: usize,
    /// What is left: changes that others sign.
    left: Vec<LeftLine>,
    /// Wishes for which it is too early.
    later: usize,
    signatures: Vec<String>,
}

/// Changes that another key signs.
#[derive(Debug, Serialize)]
struct LeftLine {
    authority: String,
    signer: String,
    changes: usize,
}

/// Changes the configured pool until it is as the file wants it, as far as the actor may.
pub fn apply(session: &Session, arguments: &SetArgs) -> Result<Outcome<Applied>> {
    let actor = session.actor()?;
    let planned = planned(session, arguments)?;
    let Planned { view, plan, .. } = &planned;
    announce_difference(Difference::of(session, &planned)?);
    let (own, others): (Vec<&Change>, Vec<&Change>) = plan
        .changes
        .iter()
        .partition(|change| change.authority.key() == actor.address());
    let mut applied = Applied {
        pool: view.snapshot.addresses.pool.to_string(),
        changes: own.len(),
        left: left(&others),
        later: plan.later.len(),
        signatures: Vec::new(),
    };
    if own.is_empty() {
        if !others.is_empty() {
            bail!(
                "{} may make none of these changes: {}. Pass that key with --keypair; where it signs elsewhere, as \
                 a multisig does, pass its address and --send dump, or --squads",
                actor.address(),
                applied.told_left()
            );
        }
        return Ok(Outcome::nothing_sent(applied));
    }
    let transactions = pack(session, &actor, &planned, &own)?;
    let mut facts = vec![
        ("Changes", own.len().to_string()),
        ("Transactions", transactions.len().to_string()),
    ];
    facts.extend(cost::facts(
        session,
        &actor,
        &planned,
        &own,
        transactions.len(),
    )?);
    if !others.is_empty() {
        facts.push(("Left to others", applied.told_left()));
    }
    beforehand(session, &actor, Some(&view.snapshot.addresses), &facts)?;
    ask(session, Asked::Always, "nothing was done")?;
    let doing = "changing the pool";
    perform_all(session, &actor, doing, transactions, |done| {
        applied.signatures = done
            .into_iter()
            .map(|Done { signature, .. }| signature)
            .collect();
        Ok(applied)
    })
}

/// As many changes in a transaction as fit: the order is part of the plan. Each names what it replaces, so
/// that a second one of it is refused.
fn pack(
    session: &Session,
    actor: &Actor,
    Planned { view, .. }: &Planned,
    changes: &[&Change],
) -> Result<Vec<Transaction<'static>>> {
    let (payer, waits) = (actor.payer_address(), session.send_mode().waits());
    let groups: Vec<Vec<Instruction>> = changes
        .iter()
        .map(|change| change.instructions(view, &payer, waits))
        .collect();
    let units: Vec<u64> = changes
        .iter()
        .map(|change| match change.kind {
            Kind::Add { .. } => ADDITION_UNITS,
            _ => CHANGE_UNITS,
        })
        .collect();
    in_order(session, actor, &view.snapshot.addresses, &groups, &units)
}

/// Who must sign the rest.
fn left(others: &[&Change]) -> Vec<LeftLine> {
    let mut lines: Vec<LeftLine> = Vec::new();
    for change in others {
        let authority = change.authority.to_string();
        match lines.iter_mut().find(|line| line.authority == authority) {
            Some(line) => line.changes += 1,
            None => lines.push(LeftLine {
                authority,
                signer: change.authority.key().to_string(),
                changes: 1,
            }),
        }
    }
    lines
}

impl Applied {
    fn told_left(&self) -> String {
        let lines = self.left.iter().map(LeftLine::to_string);
        lines.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for LeftLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (authority, changes) = (self.authority.replace('_', " "), self.changes as u64);
        let changes = counted(changes, "change");
        write!(formatter, "{changes} by the {authority} {}", self.signer)
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pool, later, .. } = self;
        match self.changes {
            0 => writeln!(formatter, "Nothing to do for the pool {pool}.")?,
            changes => writeln!(
                formatter,
                "{} of the pool {pool} made, in {}.",
                counted(changes as u64, "change"),
                counted(self.signatures.len() as u64, "transaction")
            )?,
        }
        if !self.left.is_empty() {
            writeln!(formatter, "Left: {}.", self.told_left())?;
        }
        if *later > 0 {
            writeln!(
                formatter,
                "Wishes that are not yet possible: {later}. Apply the file again then."
            )?;
        }
        Ok(())
    }
}
