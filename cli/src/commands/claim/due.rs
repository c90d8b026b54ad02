//! Which tickets are claimed, and which are left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::take,
};

use anyhow::Result;
use sluice_client::{
    AccountSource, MAX_ADDRESSES, PoolAddresses, is_worth_its_fee,
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{
    commands::ticket_book::{Entry, TicketBook},
    output::announce,
    session::{Actor, Session},
};

/// The tickets that are claimed now.
pub struct Due {
    /// Those to claim.
    pub entries: Vec<Entry>,
    /// How many have nothing to claim yet.
    pub waiting: usize,
    /// How many could be claimed, but are not. Why was said.
    pub left_out: usize,
    /// Of the tickets that were named, those that are none.
    pub missing: Vec<Pubkey>,
}

impl Due {
    /// All of the actor's tickets, in one pool or in all, that can be paid and are worth it. What is
    /// left out is said.
    pub fn of_actor(session: &Session, actor: &Actor, pool: Option<Pubkey>) -> Result<Self> {
        let owner = actor.address();
        let mut due = Self::among(TicketBook::read(session, owner, pool, None)?, Vec::new());
        let payers = [owner, actor.payer_address()];
        let (worth, dust): (Vec<Entry>, Vec<Entry>) = take(&mut due.entries)
            .into_iter()
            .partition(|entry| is_worth_its_fee(&entry.owned, &entry.payout, &payers));
        if !dust.is_empty() {
            announce(format_args!(
                "{} that others made for {owner} would pay less than the fee of a claim: left out.",
                counted(dust.len(), "ticket")
            ));
        }
        due.left_out = dust.len();
        due.entries = worth;
        due.payable(session)
    }

    /// Those of these tickets that can be paid, whoever owns them. What is left out is said.
    pub fn named(session: &Session, tickets: &[Pubkey]) -> Result<Self> {
        let book = TicketBook::at(session, tickets)?;
        let found = |ticket: &Pubkey| book.entries.iter().any(|one| one.owned.address == *ticket);
        let missing = tickets.iter().filter(|ticket| !found(ticket)).copied();
        let missing = missing.collect();
        Self::among(book, missing).payable(session)
    }

    fn among(book: TicketBook, missing: Vec<Pubkey>) -> Self {
        let entries = book.entries.into_iter();
        let (entries, waiting): (Vec<Entry>, Vec<Entry>) =
            entries.partition(|entry| entry.payout.can_claim);
        Self {
            entries,
            waiting: waiting.len(),
            left_out: 0,
            missing,
        }
    }

    fn payable(mut self, session: &Session) -> Result<Self> {
        let due = self.entries.len();
        self.entries = payable(session, self.entries)?;
        let refused = due.saturating_sub(self.entries.len());
        self.left_out = self.left_out.saturating_add(refused);
        Ok(self)
    }

    /// What they pay now, in all. Fails where that is more than can be.
    pub fn claimable(&self) -> Result<Lamports> {
        let mut sum = Lamports::ZERO;
        for entry in &self.entries {
            sum = sum.add(entry.payout.claimable)?;
        }
        Ok(sum)
    }

    /// The pool of all of them, if it is one.
    pub fn only_pool(&self) -> Option<&PoolAddresses> {
        let first = &self.entries.first()?.pool;
        let mut pools = self.entries.iter().map(|entry| entry.pool.pool);
        pools.all(|pool| pool == first.pool).then_some(first)
    }
}

/// Without those that the cluster would refuse to pay: a part of a ticket that would leave an owner who
/// has nothing with less than an account needs. The last part never does, since the ticket's rent fills
/// it up.
fn payable(session: &Session, entries: Vec<Entry>) -> Result<Vec<Entry>> {
    let mut owners = owners(session, &entries)?;
    let mut payable = Vec::with_capacity(entries.len());
    for entry in entries {
        let owner = entry.owned.ticket.owner;
        let has = owners.entry(owner).or_default();
        let (after, needed) = (has.add(entry.payout.claimable)?, entry.account_rent);
        if entry.payout.closes || after >= needed {
            *has = after.max(needed);
            payable.push(entry);
        } else {
            announce(format_args!(
                "Ticket {} is left out: {} of it can be paid now, but its owner {owner} has {}, and the \
                 cluster keeps no account with less than {}. Send the owner SOL first, or wait: the last \
                 part of a ticket can always be claimed.",
                entry.owned.address,
                sol(entry.payout.claimable.get()),
                sol(has.get()),
                sol(needed.get()),
            ));
        }
    }
    Ok(payable)
}

/// What the owners have.
fn owners(session: &Session, entries: &[Entry]) -> Result<BTreeMap<Pubkey, Lamports>> {
    let owners: BTreeSet<Pubkey> = entries.iter().map(|one| one.owned.ticket.owner).collect();
    let addresses: Vec<Pubkey> = owners.into_iter().collect();
    let mut lamports = BTreeMap::new();
    for part in addresses.chunks(MAX_ADDRESSES) {
        let accounts = session.rpc.accounts(part, None)?.accounts.into_iter();
        let has = accounts.map(|account| account.map_or(0, |account| account.lamports));
        lamports.extend(part.iter().copied().zip(has.map(Lamports::new)));
    }
    Ok(lamports)
}
