//! Somebody's tickets with their pools and what they are owed.

use std::collections::{BTreeMap, btree_map::Entry as MapEntry};

use anyhow::Result;
use sluice_client::{
    ExitSchedule, OwnedTicket, PoolAddresses, PoolSnapshot, TicketPayout, resolve_pool, tickets_of,
};
use solana_pubkey::Pubkey;

use crate::session::Session;

/// Somebody's tickets.
pub struct TicketBook {
    /// The tickets, oldest first within each pool.
    pub entries: Vec<Entry>,
}

/// A ticket with everything that can be said about it.
pub struct Entry {
    /// The ticket and its batch.
    pub owned: OwnedTicket,
    /// Its pool.
    pub pool: PoolAddresses,
    /// What it has had and can have.
    pub payout: TicketPayout,
    /// When its batch locks and can be paid.
    pub schedule: Option<ExitSchedule>,
    /// Whether its batch takes no more requests, and cannot be left any more.
    pub is_locked: bool,
}

impl TicketBook {
    /// The tickets of `owner`, in the configured pool or, if none is, in all.
    pub fn read(session: &Session, owner: Pubkey) -> Result<Self> {
        let only = session.pool_if_chosen()?;
        let tickets = tickets_of(&session.rpc, &owner, only.as_ref().map(|pool| &pool.pool))?;
        let mut pools = BTreeMap::new();
        let mut entries = Vec::with_capacity(tickets.len());
        for owned in tickets {
            let snapshot = match pools.entry(owned.ticket.pool) {
                MapEntry::Occupied(known) => known.into_mut(),
                MapEntry::Vacant(unknown) => {
                    let addresses = resolve_pool(&session.rpc, unknown.key())?;
                    unknown.insert(PoolSnapshot::load(&session.rpc, &addresses)?)
                }
            };
            entries.push(Entry::new(owned, snapshot)?);
        }
        Ok(Self { entries })
    }
}

impl Entry {
    fn new(owned: OwnedTicket, snapshot: &PoolSnapshot) -> Result<Self> {
        Ok(Self {
            pool: snapshot.addresses,
            payout: snapshot.ticket_payout(&owned.ticket, &owned.batch)?,
            schedule: snapshot.batch_schedule(&owned.batch)?,
            is_locked: owned.batch.id < snapshot.rolled_pool()?.open_batch,
            owned,
        })
    }
}
