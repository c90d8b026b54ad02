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
    commands::pending::{tell_pending, told},
    confirm::agrees_to_another,
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
    tell_pending(session)?;
    let costly = transactions.iter().filter(|one| one.pays_again);
    let errands = costly
        .map(|one| executor.errand(&one.instructions))
        .collect::<sluice_client::Result<Vec<_>>>()?;
    if errands.is_empty() || same(session, &errands).is_empty() {
        return Ok(());
    }
    if session.is_repeat_meant() {
        announce("It is sent once more, as --repeat says.");
        return Ok(());
    }
    wait(session, &errands)?;
    let same = same(session, &errands);
    if same.is_empty() || agrees_to_another(session)? {
        return Ok(());
    }
    // It stays in the journal, so that a script that tries again and again is told again.
    for (entry, _) in &same {
        session.journal()?.doubt(&entry.signature.parse()?);
    }
    let all = same.iter().map(|(entry, outlook)| told(entry, *outlook));
    Err(unsure(format!(
        "{} This command would do the same once more, so nothing was sent. If that is meant, add --repeat. \
         Otherwise `sluice pending` tells it once more, and strikes out what is done",
        all.collect::<Vec<_>>().join(" ")
    )))
}

/// What earlier commands have done, or may have, of the same.
fn same(session: &Session, errands: &[Errand]) -> Vec<(Pending, Outlook)> {
    let mut left = session.left_behind();
    left.retain(|(entry, outlook)| {
        let may_be_done = matches!(outlook, Outlook::Landed { .. } | Outlook::Undecided);
        may_be_done && errands.iter().any(|errand| errand.is_that_of(entry))
    });
    left
}

/// Waits as long as one of them may arrive, and no longer than `--patience`.
fn wait(session: &Session, errands: &[Errand]) -> Result<()> {
    let open = |session: &Session| {
        let mut open = same(session, errands);
        open.retain(|(_, outlook)| *outlook == Outlook::Undecided);
        open
    };
    let lives = open(session).into_iter().map(|(entry, _)| {
        let age = Duration::from_secs(entry.age_seconds());
        LONGEST_LIFE.saturating_sub(age)
    });
    let longest = lives.max().unwrap_or_default().min(session.patience());
    if longest.is_zero() {
        return Ok(());
    }
    announce(format_args!(
        "Waiting for what became of it, {} at most.",
        roughly(longest.as_secs())
    ));
    let _progress = Progress::spinner("waiting for an earlier transaction");
    let until = Instant::now() + longest;
    while !open(session).is_empty() && Instant::now() < until {
        thread::sleep(STEP);
        tell_pending(session)?;
    }
    Ok(())
}
