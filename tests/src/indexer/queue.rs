//! Batches and tickets.

use std::collections::BTreeMap;

use sluice::events::{
    BatchSettled, TicketCancelled, TicketClaimed, TicketTransferred, UnstakeRequested,
};
use solana_pubkey::Pubkey;

/// All exits of one cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Who gets the batch's rent.
    pub opener: Pubkey,
    /// Slot from which it is locked; zero while it is empty.
    pub lock_slot: u64,
    /// LST of all its tickets.
    pub lst: u64,
    /// LST that was not settled.
    pub unsettled_lst: u64,
    /// Lamports that settlement has paid in.
    pub paid_lamports: u64,
    /// Lamports that tickets have claimed.
    pub claimed_lamports: u64,
    /// Tickets that exist.
    pub tickets: u64,
}

/// One exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Id of its batch.
    pub batch: u64,
    /// Its number among the requester's.
    pub number: u64,
    /// Who is paid.
    pub owner: Pubkey,
    /// Who gets the ticket's rent.
    pub payer: Pubkey,
    /// LST that leaves.
    pub lst: u64,
    /// Lamports claimed so far.
    pub claimed_lamports: u64,
}

/// The queue of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Id of the batch that takes requests.
    pub open_batch: u64,
    /// LST in it.
    pub open_lst: u64,
    /// Slot from which it is locked; zero while it is empty.
    pub open_lock_slot: u64,
    /// Id of the oldest batch that is not settled.
    pub head_batch: u64,
    /// LST of locked batches that is not settled.
    pub locked_lst: u64,
    /// Batches that exist.
    pub batches: BTreeMap<u64, Batch>,
    /// Tickets that exist.
    pub tickets: BTreeMap<Pubkey, Ticket>,
}

impl Queue {
    /// The open batch is locked from its slot on, whether or not anybody has said so.
    pub fn roll(&mut self, slot: u64) {
        if self.open_lock_slot != 0 && slot >= self.open_lock_slot {
            self.open_next();
        }
    }

    fn open_next(&mut self) {
        self.locked_lst += self.open_lst;
        (self.open_lst, self.open_lock_slot) = (0, 0);
        self.open_batch += 1;
    }

    fn batch_mut(&mut self, id: u64) -> &mut Batch {
        self.batches.entry(id).or_default()
    }

    pub(super) fn request(&mut self, event: &UnstakeRequested) {
        if event.batch > self.open_batch {
            self.open_next();
        }
        let batch = self.batches.entry(event.batch).or_insert_with(|| Batch {
            opener: event.payer,
            ..Batch::default()
        });
        batch.lock_slot = event.lock_slot;
        batch.lst += event.lst;
        batch.unsettled_lst = batch.lst;
        batch.tickets += 1;
        (self.open_lst, self.open_lock_slot) = (batch.lst, batch.lock_slot);
        let ticket = Ticket {
            batch: event.batch,
            number: event.number,
            owner: event.owner,
            payer: event.payer,
            lst: event.lst,
            claimed_lamports: 0,
        };
        self.tickets.insert(event.ticket, ticket);
    }

    pub(super) fn cancel(&mut self, event: &TicketCancelled) {
        self.tickets.remove(&event.ticket);
        let batch = self.batch_mut(event.batch);
        batch.lst -= event.lst;
        batch.unsettled_lst = batch.lst;
        batch.tickets -= 1;
        if batch.lst == 0 {
            batch.lock_slot = 0;
        }
        (self.open_lst, self.open_lock_slot) = (batch.lst, batch.lock_slot);
    }

    pub(super) fn transfer(&mut self, event: &TicketTransferred) {
        if let Some(ticket) = self.tickets.get_mut(&event.ticket) {
            ticket.owner = event.to;
        }
    }

    pub(super) fn settle(&mut self, event: &BatchSettled) {
        if event.batch == self.open_batch {
            self.open_next();
        }
        self.locked_lst -= event.lst;
        let batch = self.batch_mut(event.batch);
        batch.unsettled_lst = event.unsettled_lst;
        batch.paid_lamports += event.lamports;
        if event.unsettled_lst == 0 {
            self.head_batch = event.batch + 1;
        }
    }

    pub(super) fn claim(&mut self, event: &TicketClaimed) {
        let batch = self.batch_mut(event.batch);
        batch.claimed_lamports += event.lamports;
        batch.tickets -= u64::from(event.closed);
        if batch.tickets == 0 {
            self.batches.remove(&event.batch);
        }
        if event.closed {
            self.tickets.remove(&event.ticket);
        } else if let Some(ticket) = self.tickets.get_mut(&event.ticket) {
            ticket.claimed_lamports += event.lamports;
        }
    }
}
