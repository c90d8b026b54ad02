//! Transactions whose fate was not known when their command ended.

use std::fmt;

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
    let transactions = session.settle_pending()?;
    Ok(PendingList {
        transactions: transactions.into_iter().map(PendingLine::from).collect(),
    })
}

/// Says what became of what earlier commands left undecided, before something else is sent.
pub fn tell_pending(session: &Session) -> Result<()> {
    tell(session, &session.look_behind()?)
}

/// Says what became of what was left undecided. Nothing is said twice: neither by this command, nor what
/// an earlier one has said.
pub fn tell(session: &Session, settled: &[(Pending, Outlook)]) -> Result<()> {
    let journal = session.journal()?;
    for (entry, outlook) in settled {
        let is_new = match outlook {
            Outlook::Undecided => entry.told.is_none(),
            Outlook::Failed { .. } => entry.told != Some(Told::Failed),
            Outlook::Landed { .. } | Outlook::NeverArrived => true,
        };
        if is_new {
            announce(told(entry, *outlook));
        }
        if *outlook == Outlook::Undecided {
            journal.tell(&entry.signature.parse()?, Told::Undecided);
        }
    }
    Ok(())
}

/// What an earlier command left, and what became of it.
pub fn told(entry: &Pending, outlook: Outlook) -> String {
    format!(
        "An earlier command left this undecided {}: {}, transaction {}. Now: {outlook}.",
        ago(entry.age_seconds()),
        in_words(entry),
        entry.signature,
    )
}

/// What a transaction does, how much it moves, and which pool or program it is about.
fn in_words(entry: &Pending) -> String {
    let amount = entry.amount.iter().map(|amount| format!(" of {amount}"));
    let about = entry.about.iter().map(|about| format!(", {about}"));
    let more: String = amount.chain(about).collect();
    format!("{}{more}", entry.what)
}

impl From<(Pending, Outlook)> for PendingLine {
    fn from((entry, outlook): (Pending, Outlook)) -> Self {
        let (outcome, slot) = match outlook {
            Outlook::Landed { slot } => ("landed", Some(slot)),
            Outlook::Failed { slot } => ("failed", Some(slot)),
            Outlook::NeverArrived => ("never_arrived", None),
            Outlook::Undecided => ("undecided", None),
        };
        Self {
            age_seconds: entry.age_seconds(),
            signature: entry.signature,
            what: entry.what,
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
                line.what.clone(),
                line.signature.clone(),
                line.outcome.replace('_', " "),
            ]);
        }
        write!(formatter, "{lines}")
    }
}
