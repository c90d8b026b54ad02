//! The same figures, read from the accounts.

use std::collections::BTreeMap;

use anyhow::Result;
use sluice::state::{
    FLAG_RETIRE, Parameter, Pool, Slot, Ticket as TicketAccount, UnstakeBatch, ValidatorPage,
};
use solana_pubkey::Pubkey;

use super::{Batch, Change, Queue, Roles, State, Ticket, Validator};
use crate::pool;

/// The accounts of a pool that events tell of, at one moment.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The slot.
    pub slot: u64,
    /// The epoch.
    pub epoch: u64,
    /// The pool.
    pub pool: Pool,
    /// Its pages, in order.
    pub pages: Vec<ValidatorPage>,
    /// Batches that exist, by id.
    pub batches: BTreeMap<u64, UnstakeBatch>,
    /// Tickets that exist.
    pub tickets: BTreeMap<Pubkey, TicketAccount>,
}

impl From<&pool::Books> for Accounts {
    fn from(books: &pool::Books) -> Self {
        Self {
            slot: books.slot,
            epoch: books.epoch,
            pool: books.pool,
            pages: books.pages.clone(),
            batches: books.batches.clone(),
            tickets: books.tickets.clone(),
        }
    }
}

impl State {
    /// What the accounts say; what the clock alone decides is applied.
    pub fn read(accounts: &Accounts) -> Result<Self> {
        let pool = &accounts.pool;
        let mut validators = BTreeMap::new();
        for page in &accounts.pages {
            for (index, slot) in (0..).zip(&page.slots).filter(|(_, slot)| !slot.is_empty()) {
                let validator = Validator::read(page.index, index, slot)?;
                validators.insert(slot.vote, validator);
            }
        }
        let state = Self {
            mint: pool.mint,
            roles: Roles {
                admin: pool.admin,
                nominated_admin: pool.nominated_admin,
                curator: pool.curator,
                guardian: pool.guardian,
                treasury: pool.treasury,
            },
            parameters: pool.parameters(),
            changes: changes(pool),
            paused_until_epoch: pool.paused_until_epoch,
            finalized_epoch: pool.finalized_epoch,
            epoch_start_timestamp: pool.epoch_start_timestamp,
            books: pool.into(),
            dead_lst: pool.dead_lst,
            claims_lamports: pool.claims_lamports,
            high_water: pool.high_water(),
            queue: Queue::read(accounts),
            validators,
        };
        Ok(state.at(accounts.slot, accounts.epoch))
    }
}

fn changes(pool: &Pool) -> BTreeMap<usize, (u64, u64)> {
    let waiting = Parameter::ALL.iter().filter_map(|parameter| {
        let change = pool.governance.pending_change(*parameter)?;
        Some((parameter.index(), (change.value, change.from_epoch)))
    });
    waiting.collect()
}

impl Validator {
    fn read(page: u16, slot_index: u8, slot: &Slot) -> Result<Self> {
        Ok(Self {
            page,
            slot_index,
            serial: slot.serial.into(),
            rent_lamports: slot.rent_lamports.into(),
            weight: slot.weight,
            state: slot.state()?,
            next: (slot.due_epoch != 0).then_some(Change {
                weight: slot.next_weight,
                from_epoch: slot.due_epoch.into(),
                retires: slot.flags & FLAG_RETIRE != 0,
            }),
        })
    }
}

impl Queue {
    fn read(accounts: &Accounts) -> Self {
        let pool = &accounts.pool;
        let batches = accounts.batches.iter();
        let tickets = accounts.tickets.iter();
        Self {
            open_batch: pool.open_batch,
            open_lst: pool.open_lst,
            open_lock_slot: pool.open_lock_slot,
            head_batch: pool.head_batch,
            locked_lst: pool.locked_lst,
            batches: batches.map(|(id, batch)| (*id, batch.into())).collect(),
            tickets: tickets
                .map(|(address, ticket)| (*address, ticket.into()))
                .collect(),
        }
    }
}

impl From<&UnstakeBatch> for Batch {
    fn from(batch: &UnstakeBatch) -> Self {
        Self {
            opener: batch.opener,
            lock_slot: batch.lock_slot,
            lst: batch.lst,
            unsettled_lst: batch.unsettled_lst,
            paid_lamports: batch.paid_lamports,
            claimed_lamports: batch.claimed_lamports,
            tickets: batch.tickets,
        }
    }
}

impl From<&TicketAccount> for Ticket {
    fn from(ticket: &TicketAccount) -> Self {
        Self {
            batch: ticket.batch,
            number: ticket.number,
            owner: ticket.owner,
            payer: ticket.payer,
            lst: ticket.lst,
            claimed_lamports: ticket.claimed_lamports,
        }
    }
}
