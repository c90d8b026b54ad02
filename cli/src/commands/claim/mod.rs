//! Collecting what settled tickets are owed.

mod due;
mod rents;

use std::{collections::BTreeMap, fmt};

use anyhow::{Result, ensure};
use serde::Serialize;
use sluice_client::{
    CLAIMS_PER_TRANSACTION, Event,
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use self::{due::Due, rents::Rents};
use super::{ticket_book::Entry, tickets::none_of};
use crate::{
    args::{ClaimArgs, OutputFormat},
    failure::{Code, incomplete},
    output::{hide_first, print, table},
    session::{Actor, Session},
    transaction::{Attempts, Done, Things, beforehand, perform_each, returned_rent},
};

/// Everything that was paid.
#[derive(Debug, Serialize)]
pub struct Claimed {
    owner: String,
    /// The pool that was chosen; none where all are meant, or tickets were named.
    pool: Option<String>,
    claims: Vec<ClaimLine>,
    failures: Vec<String>,
    total_lamports: u64,
    /// Of closed tickets and batches, to who pays the fees.
    returned_rent_lamports: Option<u64>,
    #[serde(skip)]
    rent: Option<String>,
    waiting_tickets: usize,
    left_out_tickets: usize,
}

#[derive(Debug, Serialize)]
struct ClaimLine {
    ticket: String,
    pool: String,
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
    let (pool, due) = if arguments.tickets.is_empty() {
        let pool = session.pool_if_chosen()?.map(|pool| pool.pool);
        (pool, Due::of_actor(session, &actor, pool)?)
    } else {
        // They can be of any pool.
        (None, Due::named(session, &arguments.tickets)?)
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
        gone: Some(
            "the ticket is gone: somebody has claimed it meanwhile, and it was paid to its owner",
        ),
    };
    let missing = due.missing.first().map(|missing| {
        format!("there is no ticket at {missing}: it was paid and closed, or it is another address")
    });
    if due.entries.is_empty() && due.waiting == 0 && due.left_out == 0 {
        ensure!(missing.is_none(), missing.unwrap_or_default());
    }
    let rents = Rents::read(session, &due.entries)?;
    if !due.entries.is_empty() {
        let mut facts = vec![
            ("Claims", counted(due.entries.len(), "ticket")),
            ("Owners receive", sol(due.claimable()?.get())),
        ];
        facts.extend(rents.fact());
        beforehand(session, &actor, due.only_pool(), &facts)?;
    }
    let (outcome, failure) = perform_each(session, &actor, "claiming", &claims, |attempts| {
        Claimed::new(&actor, pool, (&due, &rents), attempts)
    })?;
    print(output, &outcome)?;
    let missing = missing.map(|missing| incomplete(missing, Code::Refused));
    failure.or(missing).map_or(Ok(()), Err)
}

impl Claimed {
    fn new(
        actor: &Actor,
        pool: Option<Pubkey>,
        (due, rents): (&Due, &Rents),
        attempts: &Attempts,
    ) -> Result<Self> {
        let (owner, payer) = (actor.address(), actor.payer_address());
        let mut lines = Vec::new();
        for done in &attempts.done {
            lines.extend(ClaimLine::all_of(done)?);
        }
        let total = lines.iter().try_fold(Lamports::ZERO, |sum, line| {
            sum.add(Lamports::new(line.lamports))
        })?;
        let to_payer = payer.to_string();
        let own = lines.iter().filter(|line| line.owner == to_payer);
        let own = own.fold(0, |sum: u64, line| sum.saturating_add(line.lamports));
        let returned_rent_lamports = returned_rent(&attempts.done, own);
        Ok(Self {
            returned_rent_lamports,
            rent: rents.told_after(&payer, returned_rent_lamports),
            owner: owner.to_string(),
            pool: pool.map(|pool| pool.to_string()),
            claims: lines,
            failures: attempts.failures(),
            total_lamports: total.get(),
            waiting_tickets: due.waiting,
            left_out_tickets: due.left_out,
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
                pool: claimed.pool.to_string(),
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
            let why = match (self.waiting_tickets, self.left_out_tickets) {
                (0, 0) => none_of(&self.owner, self.pool.as_deref()),
                (0, left_out) => {
                    format!("Nothing was claimed: {} left out.", counted(left_out, "ticket"))
                }
                _ => "Nothing can be claimed yet: `sluice tickets` says when. `sluice crank` settles \
                      what is due."
                    .to_owned(),
            };
            return writeln!(formatter, "{why}");
        }
        let mut claims = table(["pool", "ticket", "batch", "SOL", ""], 2);
        for line in &self.claims {
            let rest = if line.closed {
                "paid in full"
            } else {
                "the rest follows"
            };
            claims.add_row([
                line.pool.clone(),
                line.ticket.clone(),
                line.batch.to_string(),
                Lamports::new(line.lamports).to_string(),
                rest.to_owned(),
            ]);
        }
        if let Some(pool) = &self.pool {
            hide_first(&mut claims);
            writeln!(formatter, "Claimed in the pool {pool}:")?;
        }
        writeln!(formatter, "{claims}")?;
        for (owner, lamports) in self.paid() {
            writeln!(formatter, "{owner} received {}.", sol(lamports))?;
        }
        match &self.rent {
            Some(rent) => writeln!(formatter, "{rent}"),
            None => Ok(()),
        }
    }
}
