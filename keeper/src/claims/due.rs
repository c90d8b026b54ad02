//! Tickets that can be claimed for their owners.

use std::cmp::Reverse;

use sluice_client::{
    ClientError, OwnedTicket, PoolSnapshot, TicketPayout, tickets_at, tickets_of_pool,
    words::amounts::sol,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use super::Which;

/// A ticket that a claim pays in full and closes.
pub struct Due {
    /// The ticket.
    pub owned: OwnedTicket,
    /// What it pays.
    pub payout: TicketPayout,
}

impl Due {
    /// What claims it.
    pub fn claim(&self, snapshot: &PoolSnapshot) -> Instruction {
        let opener = self.owned.batch.opener;
        snapshot.addresses.claim(&self.owned.accounts(), opener)
    }

    /// Its batch.
    pub fn batch(&self) -> Pubkey {
        self.owned.accounts().batch
    }

    /// What is said of it, as a sentence without its full stop.
    pub fn told(&self) -> String {
        let (ticket, owner) = (self.owned.address, self.owned.ticket.owner);
        format!(
            "Ticket {ticket} pays {owner} {}",
            sol(self.payout.claimable.get())
        )
    }

    /// Whether its batch closes with it.
    fn is_last(&self) -> bool {
        self.owned.batch.tickets == 1
    }
}

/// Those of a pool, by the node's index of accounts, those that pay most first.
pub fn of_pool(
    rpc: &RpcClient,
    snapshot: &PoolSnapshot,
    which: Which,
) -> Result<Vec<Due>, ClientError> {
    let mut due = among(snapshot, tickets_of_pool(rpc, &snapshot.addresses.pool)?)?;
    due.retain(|due| which == Which::All || due.is_last());
    due.sort_by_key(|due| Reverse(due.payout.claimable));
    Ok(due)
}

/// Those of these that are due now, in the same order.
pub fn again(
    rpc: &RpcClient,
    snapshot: &PoolSnapshot,
    due: &[Due],
) -> Result<Vec<Due>, ClientError> {
    let place = |address: &Pubkey| due.iter().position(|due| due.owned.address == *address);
    let tickets = tickets_at(rpc, due.iter().map(|due| due.owned.address))?;
    let mut now = among(snapshot, tickets)?;
    now.sort_by_key(|due| place(&due.owned.address));
    Ok(now)
}

fn among(snapshot: &PoolSnapshot, tickets: Vec<OwnedTicket>) -> Result<Vec<Due>, ClientError> {
    let mut due = Vec::new();
    for owned in tickets {
        let payout = snapshot.ticket_payout(&owned.ticket, &owned.batch)?;
        if payout.can_claim && payout.closes {
            due.push(Due { owned, payout });
        }
    }
    Ok(due)
}
