//! Numbers and addresses of tickets.
//!
//! The address of a ticket follows from the pool, who requested it and a number, so a signer knows
//! it before anything is sent, and finds what it requested without an index. A number is 256 times
//! the epoch of signing plus the lowest of 0 to 255 that is free: no address comes back later with
//! other content.

use std::collections::BTreeSet;

use sluice::state::{BATCH_SEED, TICKET_SEED, Ticket};
use solana_pubkey::Pubkey;

use crate::{
    AccountSource, ClientError, MAX_ADDRESSES, OwnedTicket, PoolAddresses, Result,
    pool::{accounts::with_batches, decode::decode},
};

/// Numbers that an epoch has.
pub const NUMBERS_PER_EPOCH: u64 = 256;
/// Of so many numbers the node is asked in one go whether they are free.
const ASKED_AT_ONCE: usize = 16;

/// Where tickets are looked for without an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketSearch {
    /// So many epochs, the running one included.
    pub epochs: u64,
    /// The first so many numbers of each: 256 are all.
    pub numbers: u64,
}

impl Default for TicketSearch {
    /// All that was requested in the last 16 epochs, which on mainnet are a month: 41 calls of a
    /// node. Older tickets are left out, and never one of these.
    fn default() -> Self {
        Self {
            epochs: 16,
            numbers: NUMBERS_PER_EPOCH,
        }
    }
}

/// A number, and the address that follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketNumber {
    /// The number.
    pub value: u64,
    /// The ticket's address.
    pub address: Pubkey,
}

impl PoolAddresses {
    /// A ticket, by who requested it.
    pub fn ticket(&self, requester: &Pubkey, number: u64) -> Pubkey {
        derive(&self.pool, requester, number).0
    }

    /// The lowest numbers of an epoch first, of those whose address has the highest bump: the
    /// program finds it at its first try, so that the request costs the least compute.
    pub fn ticket_numbers(
        &self,
        requester: Pubkey,
        epoch: u64,
    ) -> impl Iterator<Item = TicketNumber> + use<> {
        let pool = self.pool;
        numbers_of(epoch, NUMBERS_PER_EPOCH).filter_map(move |value| {
            let (address, bump) = derive(&pool, &requester, value);
            (bump == u8::MAX).then_some(TicketNumber { value, address })
        })
    }

    /// The lowest number of this epoch that has no ticket, and for which `is_taken` does not know
    /// better: a message that waits for signatures has taken it already.
    pub fn free_ticket_number(
        &self,
        source: &impl AccountSource,
        requester: Pubkey,
        epoch: u64,
        is_taken: impl Fn(&TicketNumber) -> bool,
    ) -> Result<TicketNumber> {
        let free: Vec<TicketNumber> = self
            .ticket_numbers(requester, epoch)
            .filter(|number| !is_taken(number))
            .collect();
        for part in free.chunks(ASKED_AT_ONCE) {
            let addresses: Vec<Pubkey> = part.iter().map(|number| number.address).collect();
            let found = source.accounts(&addresses, None)?.accounts;
            let mut numbers = part.iter().zip(found);
            // Lamports that a stranger sent there take nothing.
            let unused = numbers.find(|(_, account)| {
                account
                    .as_ref()
                    .is_none_or(|account| account.owner != sluice::ID)
            });
            if let Some((number, _)) = unused {
                return Ok(*number);
            }
        }
        Err(ClientError::NoTicketNumber { requester })
    }

    /// The tickets that `requester` requested and that still exist, whoever owns them now, found
    /// without an index: their addresses are derived. `epoch` is the last one that is searched.
    pub fn requested_tickets(
        &self,
        source: &impl AccountSource,
        requester: Pubkey,
        epoch: u64,
        searched: TicketSearch,
    ) -> Result<Vec<OwnedTicket>> {
        let oldest = epoch.saturating_sub(searched.epochs.saturating_sub(1));
        let addresses = (oldest..=epoch)
            .flat_map(|epoch| numbers_of(epoch, searched.numbers))
            .map(|number| self.ticket(&requester, number));
        tickets_at(source, addresses)
    }
}

/// The first so many numbers of an epoch.
fn numbers_of(epoch: u64, count: u64) -> impl Iterator<Item = u64> {
    let first = epoch.saturating_mul(NUMBERS_PER_EPOCH);
    (0..count.min(NUMBERS_PER_EPOCH)).map_while(move |number| first.checked_add(number))
}

/// The tickets at those of these addresses that have one, oldest batch first.
pub fn tickets_at(
    source: &impl AccountSource,
    addresses: impl IntoIterator<Item = Pubkey>,
) -> Result<Vec<OwnedTicket>> {
    let addresses: BTreeSet<Pubkey> = addresses.into_iter().collect();
    let addresses: Vec<Pubkey> = addresses.into_iter().collect();
    let mut tickets = Vec::new();
    for part in addresses.chunks(MAX_ADDRESSES) {
        let fetched = source.accounts(part, None)?;
        for (address, account) in part.iter().zip(&fetched.accounts) {
            let account = account.as_ref().filter(|found| found.owner == sluice::ID);
            if let Some(account) = account {
                match decode::<Ticket>(address, account) {
                    Ok(ticket) => tickets.push((*address, ticket)),
                    // Something else of Sluice.
                    Err(ClientError::WrongKind { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    with_batches(source, tickets)
}

/// The address of a ticket's batch.
pub fn batch_of(ticket: &Ticket) -> Pubkey {
    let id = ticket.batch.to_le_bytes();
    ticket.batch_of_v0().copied().unwrap_or_else(|| {
        let seeds: &[&[u8]] = &[BATCH_SEED, ticket.pool.as_ref(), &id];
        Pubkey::find_program_address(seeds, &sluice::ID).0
    })
}

fn derive(pool: &Pubkey, requester: &Pubkey, number: u64) -> (Pubkey, u8) {
    let seeds: &[&[u8]] = &[
        TICKET_SEED,
        pool.as_ref(),
        requester.as_ref(),
        &number.to_le_bytes(),
    ];
    Pubkey::find_program_address(seeds, &sluice::ID)
}

#[cfg(test)]
mod tests;
