//! Collecting what settled tickets are owed.

mod due;

use std::{collections::BTreeMap, fmt};

use anyhow::{Result, ensure};
use serde::Serialize;
use sluice_client::{Event, words::amounts::sol};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use self::due::Due;
use super::ticket_book::Entry;
use crate::{
    args::{ClaimArgs, OutputFormat},
    failure::{Code, incomplete},
    output::{print, table},
    session::Session,
    transaction::{Attempts, Done, Things, perform_each},
};

/// Claims in one transaction: their accounts fit without a lookup table.
const CLAIMS_PER_TRANSACTION: usize = 4;

/// Everything that was paid.
#[derive(Debug, Serialize)]
pub struct Claimed {
    owner: String,
    claims: Vec<ClaimLine>,
    failures: Vec<String>,
    total_lamports: u64,
    waiting_tickets: usize,
}

#[derive(Debug, Serialize)]
struct ClaimLine {
    ticket: String,
    owner: String,
    batch: u64,
    lamports: u64,
    closed: bool,
    signature: String,
}

/// Collects everything that the keypair's tickets can be paid now, in the configured pool or, if
/// none is, in all; or what the named tickets can be paid, for their owners. A claim that fails does not
/// stop the others; the command fails then all the same, once it has said what was paid.
pub fn claim(session: &Session, arguments: &ClaimArgs, output: OutputFormat) -> Result<()> {
    let actor = session.actor()?;
    let due = if arguments.tickets.is_empty() {
        Due::of_actor(session, &actor)?
    } else {
        Due::named(session, &arguments.tickets)?
    };
    let claim = |entry: &Entry| {
        let owned = &entry.owned;
        let claim = entry.pool.claim(&owned.accounts(), owned.batch.opener);
        (owned.address, claim)
    };
    let claims = Things {
        name: "claims",
        each: due.entries.iter().map(claim).collect(),
        per_transaction: CLAIMS_PER_TRANSACTION,
    };
    let missing = due.missing.first().map(|missing| {
        format!("there is no ticket at {missing}: it was paid and closed, or it is another address")
    });
    if due.entries.is_empty() && due.waiting == 0 {
        ensure!(missing.is_none(), missing.unwrap_or_default());
    }
    let (outcome, failure) = perform_each(session, &actor, "claiming", &claims, |attempts| {
        Claimed::new(actor.address(), &due, attempts)
    })?;
    print(output, &outcome)?;
    let missing = missing.map(|missing| incomplete(missing, Code::Refused));
    failure.or(missing).map_or(Ok(()), Err)
}

impl Claimed {
    fn new(owner: Pubkey, due: &Due, attempts: &Attempts) -> Result<Self> {
        let mut lines = Vec::new();
        for done in &attempts.done {
            lines.extend(ClaimLine::all_of(done)?);
        }
        let total = lines.iter().try_fold(Lamports::ZERO, |sum, line| {
            sum.add(Lamports::new(line.lamports))
        })?;
        Ok(Self {
            owner: owner.to_string(),
            claims: lines,
            failures: attempts.failures(),
            total_lamports: total.get(),
            waiting_tickets: due.waiting,
        })
    }

    /// Who was paid, and how much.
    fn paid(&self) -> BTreeMap<&str, u64> {
        let mut paid = BTreeMap::new();
        for line in &self.claims {
            let sum: &mut u64 = paid.entry(line.owner.as_str()).or_default();
            *sum = sum.saturating_add(line.lamports);
        }
        paid
    }
}

impl ClaimLine {
    fn all_of(done: &Done) -> Result<Vec<Self>> {
        let claims = done.events(|event| match event {
            Event::TicketClaimed(claimed) => Some(Self {
                ticket: claimed.ticket.to_string(),
                owner: claimed.owner.to_string(),
                batch: claimed.batch,
                lamports: claimed.lamports,
                closed: claimed.closed,
                signature: done.signature.clone(),
            }),
            _ => None,
        });
        Ok(claims?.collect())
    }
}

impl fmt::Display for Claimed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.claims.is_empty() {
            return match self.waiting_tickets {
                0 => writeln!(
                    formatter,
                    "{} has no tickets: `sluice unstake` makes one.",
                    self.owner
                ),
                _ => writeln!(
                    formatter,
                    "Nothing can be claimed yet: `sluice tickets` says when. `sluice crank` settles \
                     what is due."
                ),
            };
        }
        let mut claims = table(["ticket", "batch", "SOL", ""], 1);
        for line in &self.claims {
            let rest = if line.closed {
                "paid in full"
            } else {
                "the rest follows"
            };
            claims.add_row([
                line.ticket.clone(),
                line.batch.to_string(),
                Lamports::new(line.lamports).to_string(),
                rest.to_owned(),
            ]);
        }
        writeln!(formatter, "{claims}")?;
        for (owner, lamports) in self.paid() {
            writeln!(formatter, "{owner} received {}.", sol(lamports))?;
        }
        Ok(())
    }
}
