//! Exit requests: showing, cancelling and giving them away.

mod cancel;

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice::state::Ticket;
use sluice_client::{
    AccountSource, TicketAccounts, TicketSearch, decode_existing,
    pool::tickets::NUMBERS_PER_EPOCH,
    require_recipient, transfer_ticket,
    words::amounts::{counted, lst},
};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;
use strum::Display;

pub use self::cancel::cancel;
use super::ticket_book::{Entry, FoundBy, TicketBook};
use crate::{
    args::AllowProgramOwned,
    local_book,
    moment::{in_about, seconds_for},
    output::{hide_first, table},
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// Somebody's tickets.
#[derive(Debug, Serialize)]
pub struct Tickets {
    owner: String,
    /// The pool that was chosen; none where all are shown.
    pool: Option<String>,
    found_by: FoundBy,
    tickets: Vec<TicketLine>,
}

#[derive(Debug, Serialize)]
struct TicketLine {
    ticket: String,
    pool: String,
    batch: u64,
    state: TicketState,
    lst: u64,
    claimed_lamports: u64,
    claimable_lamports: u64,
    estimated_lamports: u64,
    payable_epoch: Option<u64>,
    payable_slot: Option<u64>,
    seconds_until_payable: Option<u64>,
    latest_epoch: Option<u64>,
}

/// How far a ticket has come.
#[derive(Clone, Copy, Debug, Display, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
enum TicketState {
    /// Can still be cancelled.
    Open,
    /// Waits for its payment.
    Locked,
    /// A part can be claimed.
    #[strum(to_string = "partly paid")]
    PartlyPaid,
    /// All of it can be claimed.
    Paid,
}

/// Shows the tickets of `owner`, or of the keypair.
pub fn list(
    session: &Session,
    owner: Option<Pubkey>,
    search: Option<TicketSearch>,
) -> Result<Tickets> {
    let owner = session.address_or_own(owner)?;
    let pool = session.pool_if_chosen()?.map(|pool| pool.pool);
    let book = TicketBook::read(session, owner, pool, search)?;
    Ok(Tickets {
        owner: owner.to_string(),
        pool: pool.map(|pool| pool.to_string()),
        found_by: book.found_by,
        tickets: book
            .entries
            .iter()
            .map(|entry| TicketLine::new(session, entry))
            .collect::<Result<_>>()?,
    })
}

impl TicketLine {
    fn new(session: &Session, entry: &Entry) -> Result<Self> {
        let Entry {
            owned,
            payout,
            dates,
            ..
        } = entry;
        Ok(Self {
            ticket: owned.address.to_string(),
            pool: entry.pool.pool.to_string(),
            batch: owned.batch.id,
            state: TicketState::of(entry),
            lst: owned.ticket.lst,
            claimed_lamports: payout.claimed.get(),
            claimable_lamports: payout.claimable.get(),
            estimated_lamports: payout.outstanding.get(),
            payable_epoch: dates.map(|dates| dates.first_epoch),
            payable_slot: dates.map(|dates| dates.first_slot),
            seconds_until_payable: match entry.slots_until_payable {
                Some(slots) => seconds_for(slots, session)?,
                None => None,
            },
            latest_epoch: dates.map(|dates| dates.last_epoch),
        })
    }
}

impl TicketState {
    fn of(entry: &Entry) -> Self {
        if !entry.is_locked {
            Self::Open
        } else if entry.owned.batch.is_settled() {
            Self::Paid
        } else if entry.owned.batch.paid_lamports > 0 {
            Self::PartlyPaid
        } else {
            Self::Locked
        }
    }
}

impl fmt::Display for Tickets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tickets.is_empty() {
            writeln!(formatter, "{}", none_of(&self.owner, self.pool.as_deref()))?;
            return self.found_by.fmt(formatter);
        }
        let header = [
            "pool",
            "ticket",
            "state",
            "LST",
            "claimable SOL",
            "SOL at the price of now",
            "payable",
        ];
        let mut tickets = table(header, 3);
        for line in &self.tickets {
            tickets.add_row([
                line.pool.clone(),
                line.ticket.clone(),
                line.state.to_string(),
                Lst::new(line.lst).to_string(),
                Lamports::new(line.claimable_lamports).to_string(),
                Lamports::new(line.estimated_lamports).to_string(),
                line.payable(),
            ]);
        }
        if let Some(pool) = &self.pool {
            hide_first(&mut tickets);
            writeln!(formatter, "Tickets of {} in the pool {pool}:", self.owner)?;
        }
        writeln!(formatter, "{tickets}")?;
        self.found_by.fmt(formatter)
    }
}

/// What is said where somebody has no tickets: in the pool that was chosen, or in any.
pub fn none_of(owner: &str, pool: Option<&str>) -> String {
    match pool {
        Some(pool) => {
            format!("{owner} has no tickets in the pool {pool}: `sluice unstake` makes one.")
        }
        None => format!("{owner} has no tickets in any pool: `sluice unstake` makes one."),
    }
}

impl fmt::Display for FoundBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named => Ok(()),
            Self::Index => writeln!(formatter, "Asked: the node's index of accounts."),
            Self::Addresses { epochs, numbers } => {
                let searched = match *numbers {
                    NUMBERS_PER_EPOCH => "all numbers".to_owned(),
                    some => format!("the first {}", counted(some, "number")),
                };
                writeln!(
                    formatter,
                    "Asked: no index, but {searched} of this key in each epoch of the last {}, and the \
                     local book. A ticket with another number is found with --search-epochs or \
                     --search-numbers, and one that somebody gave you once `sluice tickets note` has \
                     noted it.",
                    counted(*epochs, "epoch"),
                )
            }
        }
    }
}

impl TicketLine {
    /// When it can be paid: the first epoch, and the last one if cranks are turned.
    fn payable(&self) -> String {
        let (Some(first), Some(last)) = (self.payable_epoch, self.latest_epoch) else {
            return "now".to_owned();
        };
        match self.seconds_until_payable {
            Some(seconds) if seconds > 0 => {
                format!("epoch {first} to {last}, {}", in_about(seconds))
            }
            _ => format!("epoch {first} to {last}"),
        }
    }
}

/// A ticket that was given away.
#[derive(Debug, Serialize)]
pub struct Transferred {
    pool: String,
    ticket: String,
    from: String,
    to: String,
    signature: String,
}

/// Gives a ticket to another owner.
pub fn transfer(
    session: &Session,
    address: Pubkey,
    to: Pubkey,
    program_owned: AllowProgramOwned,
) -> Result<Outcome<Transferred>> {
    let actor = session.actor()?;
    let owner = actor.address();
    let (ticket, _) = read_ticket(session, &address)?;
    let pool = session.pool_at(&ticket.pool)?;
    require_recipient(&session.rpc, &pool, &to, program_owned.program_owned())?;
    let accounts = TicketAccounts {
        owner,
        ..TicketAccounts::of(address, &ticket)
    };
    let transaction = Transaction::new([transfer_ticket(&accounts, to, ticket.lst)]).repeatable();
    let facts = [
        ("Ticket", format!("{address}, of {}", lst(ticket.lst))),
        ("Given to", to.to_string()),
    ];
    beforehand(session, &actor, Some(&pool), &facts)?;
    let doing = "giving the ticket away";
    perform(session, &actor, doing, transaction, |done| {
        Ok(Transferred {
            pool: pool.pool.to_string(),
            ticket: address.to_string(),
            from: owner.to_string(),
            to: to.to_string(),
            signature: done.signature,
        })
    })
}

impl fmt::Display for Transferred {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Ticket {} of the pool {} belongs to {} now, who will be paid.",
            self.ticket, self.pool, self.to
        )
    }
}

/// A ticket that is noted in the local book.
#[derive(Debug, Serialize)]
pub struct Noted {
    ticket: String,
    pool: String,
    owner: String,
    lst: u64,
}

/// Notes a ticket that somebody gave.
pub fn note(session: &Session, address: Pubkey) -> Result<Noted> {
    let (ticket, _) = read_ticket(session, &address)?;
    let pool = session.pool_at(&ticket.pool)?.pool;
    session.book()?.note(local_book::Entry { pool, address })?;
    Ok(Noted {
        ticket: address.to_string(),
        pool: pool.to_string(),
        owner: ticket.owner.to_string(),
        lst: ticket.lst,
    })
}

impl fmt::Display for Noted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Ticket {} over {} in the pool {} is noted; it belongs to {}.",
            self.ticket,
            lst(self.lst),
            self.pool,
            self.owner
        )
    }
}

/// A ticket, and the lamports of its account.
fn read_ticket(session: &Session, address: &Pubkey) -> Result<(Ticket, u64)> {
    let fetched = session.rpc.accounts(&[*address], None)?;
    let account = fetched
        .accounts
        .first()
        .context("the node answered nothing")?;
    let lamports = account.as_ref().map_or(0, |account| account.lamports);
    Ok((decode_existing(address, account.as_ref())?, lamports))
}
