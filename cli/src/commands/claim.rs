//! Collecting what settled tickets are owed.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{Event, words::amounts::sol};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::ticket_book::TicketBook;
use crate::{
    output::table,
    session::Session,
    transaction::{Done, Outcome, Transaction, perform_all},
};

/// Claims in one transaction: their accounts fit without a lookup table.
const CLAIMS_PER_TRANSACTION: usize = 4;

/// Everything that was paid.
#[derive(Debug, Serialize)]
pub struct Claimed {
    owner: String,
    claims: Vec<ClaimLine>,
    total_lamports: u64,
    waiting_tickets: usize,
}

#[derive(Debug, Serialize)]
struct ClaimLine {
    ticket: String,
    batch: u64,
    lamports: u64,
    closed: bool,
    signature: String,
}

/// Collects everything that the keypair's tickets can be paid now, in the configured pool or, if
/// none is, in all.
pub fn claim(session: &Session) -> Result<Outcome<Claimed>> {
    let actor = session.actor()?;
    let owner = actor.address();
    let book = TicketBook::read(session, owner)?;
    let claims: Vec<Instruction> = book
        .entries
        .iter()
        .filter(|entry| entry.payout.can_claim)
        .map(|entry| {
            let owned = &entry.owned;
            entry
                .pool
                .claim(owner, owned.batch.opener, owned.ticket.batch, owned.address)
        })
        .collect();
    let waiting_tickets = book.entries.len().saturating_sub(claims.len());

    let transactions = claims
        .chunks(CLAIMS_PER_TRANSACTION)
        .map(Transaction::new)
        .collect();
    perform_all(session, &actor, "claiming", transactions, |done| {
        report(owner, &done, waiting_tickets)
    })
}

fn report(owner: Pubkey, done: &[Done], waiting_tickets: usize) -> Result<Claimed> {
    let lines: Vec<ClaimLine> = done.iter().flat_map(ClaimLine::all_of).collect();
    let total = lines.iter().try_fold(Lamports::ZERO, |sum, line| {
        sum.add(Lamports::new(line.lamports))
    })?;
    Ok(Claimed {
        owner: owner.to_string(),
        claims: lines,
        total_lamports: total.get(),
        waiting_tickets,
    })
}

impl ClaimLine {
    fn all_of(done: &Done) -> Vec<Self> {
        let claims = done.events(|event| match event {
            Event::TicketClaimed(claimed) => Some(Self {
                ticket: claimed.ticket.to_string(),
                batch: claimed.batch,
                lamports: claimed.lamports,
                closed: claimed.closed,
                signature: done.signature.clone(),
            }),
            _ => None,
        });
        claims.collect()
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
        writeln!(
            formatter,
            "{claims}\n{} received {}.",
            self.owner,
            sol(self.total_lamports)
        )
    }
}
