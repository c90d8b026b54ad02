//! Lists of pools and tickets.

use std::{
    collections::{BTreeSet, HashMap},
    mem::offset_of,
};

use anchor_lang::Discriminator;
use sluice::state::{Pool, Ticket, UnstakeBatch};
use solana_pubkey::Pubkey;

use crate::{
    AccountSource, Filter, MAX_ADDRESSES, PoolAddresses, Result, TicketAccounts, decode,
    pool::{
        decode::SluiceAccount,
        tickets::{batch_of, tickets_at},
    },
};

/// A ticket with its place.
#[derive(Clone, Debug)]
pub struct OwnedTicket {
    /// Where it is.
    pub address: Pubkey,
    /// What it says.
    pub ticket: Ticket,
    /// Its batch.
    pub batch: UnstakeBatch,
}

impl OwnedTicket {
    /// What instructions name of it.
    pub fn accounts(&self) -> TicketAccounts {
        TicketAccounts::of(self.address, &self.ticket)
    }
}

/// All tickets of an owner, of all pools or of one, oldest batch first. The index only says where they
/// may be: an index can lag, so what they say is read anew.
pub fn tickets_of(
    source: &impl AccountSource,
    owner: &Pubkey,
    pool: Option<&Pubkey>,
) -> Result<Vec<OwnedTicket>> {
    let mut filters = vec![
        kind::<Ticket>(),
        field(offset_of!(Ticket, owner), owner.as_ref()),
    ];
    filters.extend(pool.map(|pool| field(offset_of!(Ticket, pool), pool.as_ref())));
    let mut tickets = tickets_with(source, &filters)?;
    tickets.retain(|owned| {
        let of_pool = pool.is_none_or(|pool| owned.ticket.pool == *pool);
        of_pool && owned.ticket.owner == *owner
    });
    Ok(tickets)
}

/// All tickets of a pool, oldest batch first; read anew, as those of an owner.
pub fn tickets_of_pool(source: &impl AccountSource, pool: &Pubkey) -> Result<Vec<OwnedTicket>> {
    let mut tickets = tickets_with(source, &of_pool(pool))?;
    tickets.retain(|owned| owned.ticket.pool == *pool);
    Ok(tickets)
}

/// Where the tickets of a pool are, by the node's index.
pub(crate) fn ticket_addresses(source: &impl AccountSource, pool: &Pubkey) -> Result<Vec<Pubkey>> {
    listed(source, &of_pool(pool))
}

fn of_pool(pool: &Pubkey) -> [Filter; 2] {
    [
        kind::<Ticket>(),
        field(offset_of!(Ticket, pool), pool.as_ref()),
    ]
}

fn tickets_with(source: &impl AccountSource, filters: &[Filter]) -> Result<Vec<OwnedTicket>> {
    tickets_at(source, listed(source, filters)?)
}

fn listed(source: &impl AccountSource, filters: &[Filter]) -> Result<Vec<Pubkey>> {
    let listed = source.program_accounts(&sluice::ID, Some(Ticket::SPACE), filters)?;
    Ok(listed.into_iter().map(|(address, _)| address).collect())
}

/// Tickets with their batches, oldest batch first.
pub(super) fn with_batches(
    source: &impl AccountSource,
    tickets: Vec<(Pubkey, Ticket)>,
) -> Result<Vec<OwnedTicket>> {
    let batches = batches_of(source, &tickets)?;
    let mut owned: Vec<OwnedTicket> = tickets
        .into_iter()
        // A ticket that was paid and closed meanwhile has no batch any more.
        .filter_map(|(address, ticket)| {
            let batch = *batches.get(&batch_of(&ticket))?;
            Some(OwnedTicket {
                address,
                ticket,
                batch,
            })
        })
        .collect();
    owned.sort_by_key(|owned| (owned.ticket.pool, owned.batch.id, owned.ticket.number));
    Ok(owned)
}

fn batches_of(
    source: &impl AccountSource,
    tickets: &[(Pubkey, Ticket)],
) -> Result<HashMap<Pubkey, UnstakeBatch>> {
    let addresses: Vec<Pubkey> = tickets
        .iter()
        .map(|(_, ticket)| batch_of(ticket))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut batches = HashMap::new();
    for part in addresses.chunks(MAX_ADDRESSES) {
        let fetched = source.accounts(part, None)?;
        for (address, account) in part.iter().zip(&fetched.accounts) {
            if let Some(account) = account {
                batches.insert(*address, decode(address, account)?);
            }
        }
    }
    Ok(batches)
}

/// All pools of the program, by address.
pub fn pools(source: &impl AccountSource) -> Result<Vec<(Pubkey, Pool)>> {
    let mut pools = source
        .program_accounts(&sluice::ID, None, &[kind::<Pool>()])?
        .iter()
        .map(|(address, account)| {
            let pool = decode(address, account)?;
            PoolAddresses::of_pool(address, &pool)?;
            Ok((*address, pool))
        })
        .collect::<Result<Vec<(Pubkey, Pool)>>>()?;
    pools.sort_by_key(|(address, _)| *address);
    Ok(pools)
}

/// The newest layout version of a pool of the cluster, also one that this library does not know; `None`
/// where there is no pool.
///
/// Fails where the node lists no accounts of programs.
pub fn newest_layout(source: &impl AccountSource) -> Result<Option<u8>> {
    let pools = source.program_accounts(&sluice::ID, None, &[kind::<Pool>()])?;
    let versions = pools
        .iter()
        .filter_map(|(_, pool)| pool.data.get(Pool::DISCRIMINATOR.len()).copied());
    Ok(versions.max())
}

pub(super) fn kind<T: SluiceAccount>() -> Filter {
    Filter {
        offset: 0,
        bytes: T::DISCRIMINATOR.to_vec(),
    }
}

/// A field of an account, behind its discriminator.
fn field(offset: usize, bytes: &[u8]) -> Filter {
    Filter {
        offset: 8 + offset,
        bytes: bytes.to_vec(),
    }
}
