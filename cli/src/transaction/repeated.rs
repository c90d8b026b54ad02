//! A command that is repeated although the one before it may have done its work.
//!
//! Who was killed, or has lost the answer, types the same once more. What would be paid a second time is
//! not sent before somebody has said that it is meant.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use sluice_client::{Executor, Outlook, Pending, send::errand::Errand};

use super::Transaction;
use crate::{
    commands::pending::{tell, told},
    confirm::{confirmed, may_ask},
    failure::unsure,
    moment::roughly,
    output::announce,
    progress::Progress,
    session::Session,
};

/// No blockhash lives longer on a network that goes on.
const LONGEST_LIFE: Duration = Duration::from_secs(90);
const STEP: Duration = Duration::from_millis(500);

/// Says what became of what earlier commands left. Fails where one of them has done the same, or may
/// have, unless another one is meant: `--repeat`, or whoever is at the terminal agrees.
pub fn require_meant(
    session: &Session,
    executor: &Executor<'_>,
    transactions: &[Transaction<'_>],
) -> Result<()> {
    let costly = transactions.iter().filter(|one| one.pays_again);
    let errands = costly
        .map(|one| executor.errand(&one.instructions))
        .collect::<sluice_client::Result<Vec<_>>>()?;
    look(session, &errands)?;
    let found = same(session, &errands);
    if found.is_empty() {
        return Ok(());
    }
    if session.is_repeat_meant() {
        tell(session, &found)?;
        announce("It is sent once more, as --repeat says.");
        return Ok(());
    }
    wait(session, &errands, &found)?;
    let found = same(session, &errands);
    if found.is_empty() || is_meant(session, &found)? {
        return Ok(());
    }
    // It stays in the journal, so that a script that tries again and again is told again.
    for (entry, _) in &found {
        session.journal()?.doubt(&entry.signature.parse()?);
    }
    let all = found.iter().map(|(entry, outlook)| told(entry, *outlook));
    Err(unsure(format!(
        "{} This command would do the same once more, so nothing was sent. If that is meant, add --repeat. \
         Otherwise `sluice pending` tells it once more, and strikes out what is done",
        all.collect::<Vec<_>>().join(" ")
    )))
}

/// Asks whoever is at the terminal, after what was found was told.
fn is_meant(session: &Session, found: &[(Pending, Outlook)]) -> Result<bool> {
    if !may_ask(session) {
        return Ok(false);
    }
    for (entry, outlook) in found {
        announce(told(entry, *outlook));
    }
    confirmed("Send another one?")
}

/// Looks up what earlier commands left, and says what became of it, but for what was the same and is
/// done or may be.
fn look(session: &Session, errands: &[Errand]) -> Result<()> {
    let mut settled = session.look_behind()?;
    settled.retain(|(entry, outlook)| !may_be_done(entry, *outlook, errands));
    tell(session, &settled)
}

/// What earlier commands have done, or may have, of the same.
fn same(session: &Session, errands: &[Errand]) -> Vec<(Pending, Outlook)> {
    let mut left = session.left_behind();
    left.retain(|(entry, outlook)| may_be_done(entry, *outlook, errands));
    left
}

fn may_be_done(entry: &Pending, outlook: Outlook, errands: &[Errand]) -> bool {
    let may_be = matches!(outlook, Outlook::Landed { .. } | Outlook::Undecided);
    may_be && errands.iter().any(|errand| errand.is_that_of(entry))
}

/// Waits as long as one of them may arrive, and no longer than `--patience`.
fn wait(session: &Session, errands: &[Errand], found: &[(Pending, Outlook)]) -> Result<()> {
    let is_open = |(_, outlook): &&(Pending, Outlook)| *outlook == Outlook::Undecided;
    let lives = found.iter().filter(is_open).map(|(entry, _)| {
        let age = Duration::from_secs(entry.age_seconds());
        LONGEST_LIFE.saturating_sub(age)
    });
    let longest = lives.max().unwrap_or_default().min(session.patience());
    if longest.is_zero() {
        return Ok(());
    }
    announce(format_args!(
        "An earlier command left a transaction that would do the same, and it may still arrive. Waiting for \
         what becomes of it, {} at most.",
        roughly(longest.as_secs())
    ));
    let _progress = Progress::spinner("waiting for an earlier transaction");
    let until = Instant::now() + longest;
    while same(session, errands).iter().any(|one| is_open(&one)) && Instant::now() < until {
        thread::sleep(STEP);
        look(session, errands)?;
    }
    Ok(())
}
