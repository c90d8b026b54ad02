//! The queue: batches, tickets, and the lamports that wait for their owners.

use std::collections::HashMap;

use sluice::state::{Ticket, UnstakeBatch};
use sluice_math::{Lamports, Lst, ticket_unpaid};
use solana_pubkey::Pubkey;

use super::{
    books::{Books, sum_of},
    check::{Check, Figure, Subject, Verdict},
    evidence::{MAX_BATCHES, batch_ids},
};
use crate::{
    pool::tickets::batch_of,
    words::amounts::{counted, lst, sol},
};

/// What the tickets of a batch add up to.
#[derive(Default)]
struct Tickets {
    count: u64,
    lst: u64,
    claimed: u64,
    /// What the batch still owes them.
    unpaid: u64,
}

impl Books<'_> {
    /// The batches are what the pool says that waits.
    pub fn batches(&self) -> Check {
        let pool = &self.pool;
        let waiting = || self.batches.range(pool.head_batch..pool.open_batch);
        let unsettled = sum_of(waiting(), |(_, batch)| batch.unsettled_lst);
        let fine = format!(
            "{} wait in locked batches, {} in the open one.",
            lst(unsettled),
            lst(pool.open_lst)
        );
        let mut check = Check::new(Subject::Batches, fine)
            .compare(Figure::Lst(pool.locked_lst), Figure::Lst(unsettled));
        if unsettled != pool.locked_lst {
            let says = format!(
                "The pool says that {} wait in locked batches, and they have {}.",
                lst(pool.locked_lst),
                lst(unsettled)
            );
            check.about(Verdict::Fail, self.evidence.addresses.pool, says);
        }
        for id in batch_ids(pool) {
            self.check_batch(&mut check, id);
        }
        check
    }

    fn check_batch(&self, check: &mut Check, id: u64) {
        let pool = &self.pool;
        let address = self.evidence.addresses.batch(id);
        let Some(batch) = self.batches.get(&id) else {
            // A settled one closes with its last ticket, the open one begins with its first.
            let may_be_gone = id < pool.head_batch || (id == pool.open_batch && pool.open_lst == 0);
            check.require(may_be_gone, address, "A batch of the queue is gone.");
            return;
        };
        let own = batch.id == id && batch.pool == self.evidence.addresses.pool;
        check.require(own, address, "The batch names another number or pool.");
        let settled = id < pool.head_batch;
        let says = "The batch counts as settled, and is not.";
        check.require(!settled || batch.unsettled_lst == 0, address, says);
        let says = "The batch has more to settle than its tickets are.";
        check.require(batch.unsettled_lst <= batch.lst, address, says);
        let says = "More was claimed of the batch than was paid in.";
        check.require(batch.claimed_lamports <= batch.paid_lamports, address, says);
        if id == pool.open_batch {
            let says = format!(
                "The pool says that {} wait in the open batch, and it has {}.",
                lst(pool.open_lst),
                lst(batch.lst)
            );
            let same = (batch.lst, batch.lock_slot) == (pool.open_lst, pool.open_lock_slot);
            check.require(same, address, says);
        }
    }

    /// The tickets of each batch are what it says.
    pub fn tickets(&self) -> Check {
        let Some(tickets) = &self.tickets else {
            let mut check = Check::new(Subject::Tickets, "");
            let says = "The node has no index of accounts, so that tickets could not be counted. Another \
                        node can.";
            check.add(Verdict::Notice, says);
            return check;
        };
        let count = tickets.len() as u64;
        let fine = match count {
            1 => "1 ticket fits its batch.".to_owned(),
            _ => format!("{count} tickets fit their batches."),
        };
        let booked = sum_of(self.batches.values(), |batch| batch.tickets);
        let mut check =
            Check::new(Subject::Tickets, fine).compare(Figure::Count(booked), Figure::Count(count));
        let by_batch = self.by_batch(&mut check, tickets);
        for (id, batch) in &self.batches {
            let address = self.evidence.addresses.batch(*id);
            let none = Tickets::default();
            check_tickets(
                &mut check,
                address,
                batch,
                by_batch.get(&address).unwrap_or(&none),
            );
        }
        check
    }

    fn by_batch(
        &self,
        check: &mut Check,
        tickets: &[(Pubkey, Ticket)],
    ) -> HashMap<Pubkey, Tickets> {
        let addresses = batch_ids(&self.pool).map(|id| (self.evidence.addresses.batch(id), id));
        let ids: HashMap<Pubkey, u64> = addresses.collect();
        let is_complete = self.pool.open_batch <= MAX_BATCHES;
        let mut by_batch: HashMap<Pubkey, Tickets> = HashMap::new();
        for (address, ticket) in tickets {
            let at = batch_of(ticket);
            let Some(batch) = ids.get(&at).and_then(|id| self.batches.get(id)) else {
                let says = "The ticket is of a batch that does not exist.";
                check.require(!is_complete, *address, says);
                continue;
            };
            let owed = ticket_unpaid(
                Lamports::new(batch.paid_lamports),
                Lst::new(ticket.lst),
                batch.lst(),
                Lamports::new(ticket.claimed_lamports),
            );
            let says = "The ticket has more than its part of the batch.";
            check.require(owed.is_ok(), *address, says);
            let of_batch = by_batch.entry(at).or_default();
            of_batch.count = of_batch.count.saturating_add(1);
            of_batch.lst = of_batch.lst.saturating_add(ticket.lst);
            of_batch.claimed = of_batch.claimed.saturating_add(ticket.claimed_lamports);
            let owed = owed.map_or(0, Lamports::get);
            of_batch.unpaid = of_batch.unpaid.saturating_add(owed);
        }
        by_batch
    }

    /// What was paid for tickets and not claimed is in the claims vault.
    pub fn claims(&self) -> Check {
        let booked = self.pool.claims_lamports;
        let vault = self.evidence.addresses.claims_vault;
        let owed = sum_of(self.batches.values(), |batch| {
            batch.paid_lamports.saturating_sub(batch.claimed_lamports)
        });
        let found = self.evidence.lamports(&vault);
        let fine = format!("{} wait for their owners, and are there.", sol(owed));
        let mut check = Check::new(Subject::Claims, fine)
            .compare(Figure::Lamports(owed), Figure::Lamports(found));
        self.require_purse(&mut check, vault);
        if owed != booked && self.pool.open_batch <= MAX_BATCHES {
            let says = format!(
                "The pool says that {} wait for their owners, and the batches say {}.",
                sol(booked),
                sol(owed)
            );
            check.about(Verdict::Fail, self.evidence.addresses.pool, says);
        }
        let most = owed.max(booked);
        let with_rent = most.saturating_add(self.cluster.reserve_rent().get());
        if found < most {
            let says = format!("{} are owed, and {} are there.", sol(most), sol(found));
            check.about(Verdict::Fail, vault, says);
        } else if found < with_rent {
            let says = format!(
                "{} are owed, and the vault must keep its rent: it lacks {} until anybody sends them.",
                sol(most),
                sol(with_rent.saturating_sub(found))
            );
            check.about(Verdict::Warning, vault, says);
        }
        check
    }
}

/// A batch's tickets against what it says. A ticket closes once its batch is settled; the batch's LST
/// stay those of all tickets that it had.
fn check_tickets(check: &mut Check, address: Pubkey, batch: &UnstakeBatch, tickets: &Tickets) {
    let says = format!(
        "The batch counts {}, and {} exist.",
        counted(batch.tickets, "ticket"),
        tickets.count
    );
    check.require(batch.tickets == tickets.count, address, says);
    let none_closed = batch.lock_slot == 0 || batch.unsettled_lst > 0;
    let fits = if none_closed {
        (tickets.lst, tickets.claimed) == (batch.lst, batch.claimed_lamports)
    } else {
        tickets.lst <= batch.lst && tickets.claimed <= batch.claimed_lamports
    };
    let says = format!(
        "The batch is of {}, and its tickets are of {}.",
        lst(batch.lst),
        lst(tickets.lst)
    );
    check.require(fits, address, says);
    let left = batch.paid_lamports.saturating_sub(batch.claimed_lamports);
    let says = format!(
        "The batch has {} left, and owes its tickets {}.",
        sol(left),
        sol(tickets.unpaid)
    );
    check.require(tickets.unpaid <= left, address, says);
}
