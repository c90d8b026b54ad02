//! Collecting what settled tickets are owed.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{Event, words::amounts::sol};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::ticket_book::{Entry, TicketBook};
use crate::{
    output::{announce, table},
    session::Session,
    transaction::{Done, Outcome, Transaction, perform_all},
};

/// Claims in one transaction: their accounts fit without a lookup table.
const CLAIMS_PER_TRANSACTION: usize = 4;

/// What a transaction with one signature costs.
const SIGNATURE_FEE_LAMPORTS: u64 = 5_000;

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
    let book = TicketBook::read(session, owner, None)?;
    let (due, waiting): (Vec<&Entry>, Vec<&Entry>) = book
        .entries
        .iter()
        .partition(|entry| entry.payout.can_claim);
    let payers = [owner, actor.payer_address()];
    let (worth, dust): (Vec<&Entry>, Vec<&Entry>) = due
        .into_iter()
        .partition(|entry| is_worth_its_fee(entry, &payers));
    if !dust.is_empty() {
        announce(format_args!(
            "{} tickets that others made for {owner} pay less than the fee of a claim: left out.",
            dust.len()
        ));
    }
    let claims: Vec<Instruction> = worth
        .iter()
        .map(|entry| {
            let owned = &entry.owned;
            entry.pool.claim(&owned.accounts(), owned.batch.opener)
        })
        .collect();
    let waiting_tickets = waiting.len();

    let transactions = claims
        .chunks(CLAIMS_PER_TRANSACTION)
        .map(Transaction::new)
        .collect();
    perform_all(session, &actor, "claiming", transactions, |done| {
        report(owner, &done, waiting_tickets)
    })
}

/// Anybody can make dust tickets for others. One's own return at least their rent.
fn is_worth_its_fee(entry: &Entry, payers: &[Pubkey]) -> bool {
    let own = payers.contains(entry.owned.ticket.rent_recipient());
    own || entry.payout.claimable.get() >= SIGNATURE_FEE_LAMPORTS
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
