//! A command that is repeated although the one before it may have done its work.
//!
//! Who was killed, or has lost the answer, types the same once more. What would be paid a second time is
//! not sent before somebody has said that it is meant.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use sluice_client::{Outlook, Pending, send::errand::Errand};
use solana_signature::Signature;

use crate::{
    commands::pending::{tell, told, told_under_way},
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

/// What a command is about to do that pays again.
pub struct Errands {
    /// What it is.
    pub all: Vec<Errand>,
    /// The transactions that do it, where they are signed already: what is known of them is no other's doing.
    pub signed: Vec<Signature>,
}

/// Says what became of what earlier commands left. Fails where one of them has done one of these errands,
/// or may have, unless another one is meant: `--repeat`, or whoever is at the terminal agrees.
pub fn require_meant(session: &Session, errands: &Errands) -> Result<()> {
    look(session, errands)?;
    let found = same(session, errands);
    if session.is_repeat_meant() && !found.is_empty() {
        tell(session, &found)?;
        settle(session, &found)?;
        announce("It is sent once more, as --repeat says.");
        return Ok(());
    }
    wait(session, errands, &found)?;
    let found = same(session, errands);
    if !found.is_empty() && !is_meant(session, &found)? {
        return hold_back(session, &found);
    }
    require_alone(session, errands)
}

/// Who says that another one is meant knows what was done.
fn settle(session: &Session, found: &[(Pending, Outlook)]) -> Result<()> {
    let is_done = |(_, outlook): &&(Pending, Outlook)| matches!(outlook, Outlook::Landed { .. });
    for (entry, _) in found.iter().filter(is_done) {
        session.journal()?.decide(&entry.signature.parse()?);
    }
    Ok(())
}

fn hold_back(session: &Session, found: &[(Pending, Outlook)]) -> Result<()> {
    let signatures: Vec<Signature> = found
        .iter()
        .map(|(entry, _)| entry.signature.parse())
        .collect::<Result<_, _>>()?;
    // They stay in the journal, so that a script that tries again and again is told again.
    for signature in &signatures {
        session.journal()?.doubt(signature);
    }
    let all = found.iter().map(|(entry, outlook)| told(entry, *outlook));
    let sentence = format!(
        "{} This command would do the same once more, so it was not done. If that is meant, add --repeat. \
         Otherwise `sluice pending` tells it once more, and strikes out what is done",
        all.collect::<Vec<_>>().join(" ")
    );
    Err(unsure(sentence, signatures))
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

/// Says where another command is at work on the same at this moment. Scripts may run side by side;
/// whoever is at the terminal may have forgotten one that was stopped.
fn require_alone(session: &Session, errands: &Errands) -> Result<()> {
    let mut beside = session.under_way()?;
    beside.retain(|entry| errands.is_done_by(entry));
    for entry in &beside {
        announce(told_under_way(entry));
    }
    let is_asked = !beside.is_empty() && !session.is_repeat_meant() && may_ask(session);
    if is_asked && !confirmed("Send another one?")? {
        bail!("it was not done");
    }
    Ok(())
}

/// Looks up what earlier commands left, and says what became of it, but for what was the same and is
/// done or may be.
fn look(session: &Session, errands: &Errands) -> Result<()> {
    let mut settled = session.look_behind()?;
    settled.retain(|(entry, outlook)| !may_be_done(entry, *outlook, errands));
    tell(session, &settled)
}

/// What earlier commands have done, or may have, of the same.
fn same(session: &Session, errands: &Errands) -> Vec<(Pending, Outlook)> {
    let mut left = session.left_behind();
    left.retain(|(entry, outlook)| may_be_done(entry, *outlook, errands));
    left
}

fn may_be_done(entry: &Pending, outlook: Outlook, errands: &Errands) -> bool {
    let may_be = matches!(outlook, Outlook::Landed { .. } | Outlook::Undecided);
    may_be && errands.is_done_by(entry)
}

impl Errands {
    fn is_done_by(&self, entry: &Pending) -> bool {
        let is_itself = |signature: &Signature| signature.to_string() == entry.signature;
        let mut all = self.all.iter();
        !self.signed.iter().any(is_itself) && all.any(|errand| errand.is_that_of(entry))
    }
}

/// Waits as long as one of them may arrive, and no longer than `--patience`.
fn wait(session: &Session, errands: &Errands, found: &[(Pending, Outlook)]) -> Result<()> {
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
