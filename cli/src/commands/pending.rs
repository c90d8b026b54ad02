//! Transactions whose fate was not known when their command ended.

use std::{
    fmt,
    io::{IsTerminal, stderr},
};

use anyhow::{Result, ensure};
use serde::Serialize;
use sluice_client::{Outlook, Pending, send::journal::Told};

use crate::{
    args::PendingArgs,
    moment::ago,
    next::sentence,
    output::{announce, table},
    session::Session,
};

/// What is known now.
#[derive(Debug, Serialize)]
pub struct PendingList {
    transactions: Vec<PendingLine>,
}

#[derive(Debug, Serialize)]
struct PendingLine {
    signature: String,
    what: String,
    /// How much it moves, in words, where its instructions say so.
    amount: Option<String>,
    /// The pool or the program that it is about, where it is about one.
    about: Option<String>,
    payer: String,
    /// Seconds since 1970.
    signed_at: u64,
    age_seconds: u64,
    outcome: &'static str,
    slot: Option<u64>,
}

/// Looks all of them up; what is decided is told once and noted no longer.
pub fn pending(session: &Session, arguments: &PendingArgs) -> Result<PendingList> {
    if let Some(signature) = arguments.forget {
        let was_noted = session.journal()?.strike_out(&signature.to_string())?;
        ensure!(
            was_noted,
            "the journal of this cluster does not note {signature}"
        );
        announce(format_args!(
            "{signature} is forgotten. If it was sent a short time ago, it may still arrive."
        ));
    }
    if let Some(damage) = session.journal()?.damage()? {
        announce(sentence(&damage));
    }
    let transactions = session.settle_pending()?.into_iter();
    let journal = session.journal()?;
    let lines = transactions.map(|(entry, outlook)| {
        let is_under_way = journal.is_under_way(&entry);
        PendingLine::of(entry, outlook, is_under_way)
    });
    Ok(PendingList {
        transactions: lines.collect(),
    })
}

/// Says what became of what earlier commands left undecided, before something else is sent.
pub fn tell_pending(session: &Session) -> Result<()> {
    tell(session, &session.look_behind()?)
}

/// Says what became of what was left undecided. Nothing is said twice: neither by this command, nor what
/// an earlier one has said.
///
/// That something was paid stays noted where perhaps nobody reads this, until a command of the same kind or
/// `sluice pending` says it.
pub fn tell(session: &Session, settled: &[(Pending, Outlook)]) -> Result<()> {
    let journal = session.journal()?;
    for (entry, outlook) in settled {
        let is_new = match outlook {
            Outlook::Undecided => entry.told.is_none(),
            Outlook::Failed { .. } => entry.told != Some(Told::Failed),
            Outlook::Landed { .. } => entry.told != Some(Told::Landed),
            Outlook::NeverArrived => true,
        };
        if is_new {
            announce(told(entry, *outlook));
        }
        let signature = entry.signature.parse()?;
        match outlook {
            Outlook::Undecided => journal.tell(&signature, Told::Undecided),
            Outlook::Landed { .. } if entry.pays_again() && !stderr().is_terminal() => {
                journal.doubt(&signature);
                journal.tell(&signature, Told::Landed);
            }
            _ => {}
        }
    }
    Ok(())
}

/// What an earlier command left, and what became of it.
pub fn told(entry: &Pending, outlook: Outlook) -> String {
    format!(
        "An earlier command left this undecided {}: {}, transaction {}. Now: {outlook}.",
        ago(entry.age_seconds()),
        entry_in_words(entry),
        entry.signature,
    )
}

/// What another command is at work on.
pub fn told_under_way(entry: &Pending) -> String {
    format!(
        "Another command began the same {}, and is at work on it or was stopped there: {}, transaction {}.",
        ago(entry.age_seconds()),
        entry_in_words(entry),
        entry.signature,
    )
}

/// What a transaction does, how much it moves, and which pool or program it is about.
fn in_words(what: &str, amount: Option<&str>, about: Option<&str>) -> String {
    let amount = amount.map(|amount| format!(" of {amount}"));
    let about = about.map(|about| format!(", {about}"));
    let more: String = amount.into_iter().chain(about).collect();
    format!("{what}{more}")
}

fn entry_in_words(entry: &Pending) -> String {
    in_words(&entry.what, entry.amount.as_deref(), entry.about.as_deref())
}

impl PendingLine {
    fn of(entry: Pending, outlook: Outlook, is_under_way: bool) -> Self {
        let (outcome, slot) = match outlook {
            Outlook::Undecided if is_under_way => ("under_way", None),
            Outlook::Landed { slot } => ("landed", Some(slot)),
            Outlook::Failed { slot } => ("failed", Some(slot)),
            Outlook::NeverArrived => ("never_arrived", None),
            Outlook::Undecided => ("undecided", None),
        };
        Self {
            age_seconds: entry.age_seconds(),
            signature: entry.signature,
            what: entry.what,
            amount: entry.amount,
            about: entry.about,
            payer: entry.payer,
            signed_at: entry.signed_at,
            outcome,
            slot,
        }
    }
}

impl fmt::Display for PendingList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.transactions.is_empty() {
            return formatter.write_str("Nothing is undecided on this cluster.");
        }
        let mut lines = table(["Signed", "What", "Transaction", "Outcome"], 4);
        for line in &self.transactions {
            lines.add_row([
                ago(line.age_seconds),
                in_words(&line.what, line.amount.as_deref(), line.about.as_deref()),
                line.signature.clone(),
                line.outcome.replace('_', " "),
            ]);
        }
        write!(formatter, "{lines}")
    }
}
