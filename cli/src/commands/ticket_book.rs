//! Somebody's tickets with their pools and what they are owed.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry as MapEntry};

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    ClientError, OwnedTicket, PayableDates, PoolAddresses, PoolSnapshot, TicketPayout,
    TicketSearch, tickets_at, tickets_of,
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{next, output::announce, session::Session};

/// Somebody's tickets.
pub struct TicketBook {
    /// The tickets, oldest first within each pool.
    pub entries: Vec<Entry>,
    /// Who answered.
    pub found_by: FoundBy,
}

/// Where tickets were looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum FoundBy {
    /// The node's index of all accounts.
    Index,
    /// By the addresses that were given.
    Named,
    /// The addresses of what the owner requested, and the local book.
    Addresses {
        /// In so many epochs, this one included.
        epochs: u64,
        /// With the first so many numbers of each.
        numbers: u64,
    },
}

/// A ticket with everything that can be said about it.
pub struct Entry {
    /// The ticket and its batch.
    pub owned: OwnedTicket,
    /// Its pool.
    pub pool: PoolAddresses,
    /// What it has had and can have.
    pub payout: TicketPayout,
    /// When the rest can be paid; none where all of it is.
    pub dates: Option<PayableDates>,
    /// The slots until then.
    pub slots_until_payable: Option<u64>,
    /// Whether its batch takes no more requests, and cannot be left any more.
    pub is_locked: bool,
    /// What the smallest account must hold on this cluster.
    pub account_rent: Lamports,
}

impl TicketBook {
    /// The tickets of `owner`, in one pool or in all. The node's index is asked, unless a search by
    /// address is wanted, or the node has none.
    pub fn read(
        session: &Session,
        owner: Pubkey,
        only: Option<Pubkey>,
        search: Option<TicketSearch>,
    ) -> Result<Self> {
        if search.is_none() {
            match tickets_of(&session.rpc, &owner, only.as_ref()) {
                Ok(tickets) => return Self::of(session, tickets, FoundBy::Index),
                Err(error @ ClientError::Rpc(_)) => announce(format_args!(
                    "The node's index of accounts did not answer: {}",
                    next::sentence(&error)
                )),
                Err(error) => return Err(error.into()),
            }
        }
        let searched = search.unwrap_or_default();
        let tickets = by_address(session, owner, only, searched)?;
        let TicketSearch { epochs, numbers } = searched;
        Self::of(session, tickets, FoundBy::Addresses { epochs, numbers })
    }

    /// Those of these tickets that exist, whoever owns them: no index is needed.
    pub fn at(session: &Session, tickets: &[Pubkey]) -> Result<Self> {
        let tickets = tickets_at(&session.rpc, tickets.iter().copied())?;
        Self::of(session, tickets, FoundBy::Named)
    }

    fn of(session: &Session, tickets: Vec<OwnedTicket>, found_by: FoundBy) -> Result<Self> {
        let mut pools = BTreeMap::new();
        let mut entries = Vec::with_capacity(tickets.len());
        for owned in tickets {
            let snapshot = match pools.entry(owned.ticket.pool) {
                MapEntry::Occupied(known) => known.into_mut(),
                MapEntry::Vacant(unknown) => {
                    let addresses = session.pool_at(unknown.key())?;
                    unknown.insert(PoolSnapshot::load(&session.rpc, &addresses)?)
                }
            };
            entries.push(Entry::new(owned, snapshot)?);
        }
        Ok(Self { entries, found_by })
    }
}

/// What `owner` requested where it is searched and what the local book notes, as far as it belongs to `owner` now. In the configured pool or, if none is, in those of the book.
fn by_address(
    session: &Session,
    owner: Pubkey,
    only: Option<Pubkey>,
    searched: TicketSearch,
) -> Result<Vec<OwnedTicket>> {
    let book = session.book()?;
    let pools: BTreeSet<Pubkey> = match only {
        Some(pool) => BTreeSet::from([pool]),
        None => book.entries().map(|entry| entry.pool).collect(),
    };
    if pools.is_empty() {
        bail!("without an index, tickets are found in one pool at a time: pass --pool ADDRESS");
    }
    let epoch = session
        .rpc
        .get_epoch_info()
        .map_err(ClientError::from)?
        .epoch;
    let mut found = Vec::new();
    for pool in pools {
        let addresses = session.pool_at(&pool)?;
        let requested = addresses.requested_tickets(&session.rpc, owner, epoch, searched)?;
        let known: BTreeSet<Pubkey> = requested.iter().map(|owned| owned.address).collect();
        let noted = book.of_pool(&pool);
        let noted = noted.filter(|ticket| !known.contains(ticket));
        found.extend(requested);
        found.extend(tickets_at(&session.rpc, noted)?);
    }
    found.retain(|owned| owned.ticket.owner == owner);
    found.sort_by_key(|owned| (owned.ticket.pool, owned.batch.id, owned.ticket.number));
    Ok(found)
}

impl Entry {
    fn new(owned: OwnedTicket, snapshot: &PoolSnapshot) -> Result<Self> {
        let schedule = snapshot.batch_schedule(&owned.batch)?;
        let unpaid = schedule.filter(|_| !owned.batch.is_settled());
        let dates = unpaid.map(|schedule| snapshot.payable_dates(&schedule));
        let dates = dates.transpose()?;
        let now = snapshot.cluster.clock.slot;
        Ok(Self {
            pool: snapshot.addresses,
            payout: snapshot.ticket_payout(&owned.ticket, &owned.batch)?,
            slots_until_payable: dates.map(|dates| dates.first_slot.saturating_sub(now)),
            dates,
            is_locked: owned.batch.id < snapshot.rolled_pool()?.open_batch,
            account_rent: snapshot.cluster.reserve_rent(),
            owned,
        })
    }
}
