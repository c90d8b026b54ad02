//! The unbonding queue as holders see it.

use std::collections::BTreeMap;

use sluice::{
    SluiceError::{BatchLocked, BatchNotDue, NothingToClaim, WrongBatch, ZeroAmount},
    state::MAX_BATCH_CANDIDATES,
};
use sluice_math::{Lamports, Ledger, Lst, settlement, ticket_unpaid};
use solana_pubkey::Pubkey;

use crate::{
    action::{Action, Refusal},
    pool::{DEAD_LST, Model, Outcome, program_error},
};

/// All requests of one cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Who paid its rent.
    pub opener: usize,
    /// Its account's lamports.
    pub lamports: u64,
    /// LST of its tickets, claimed ones included.
    pub lst: u64,
    /// LST not settled yet.
    pub unsettled: u64,
    /// Lamports paid in.
    pub paid: u64,
    /// Lamports claimed.
    pub claimed: u64,
    /// Tickets that exist.
    pub tickets: u64,
    /// Slot and epoch from which it is locked; none while it is empty.
    pub lock: Option<(u64, u64)>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its batch.
    pub batch: u64,
    /// Who is paid.
    pub owner: usize,
    /// Who gets its rent.
    pub payer: usize,
    /// Its account's lamports.
    pub lamports: u64,
    /// LST that leaves.
    pub lst: u64,
    /// Lamports claimed.
    pub claimed: u64,
}

/// All batches and tickets.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Batches that have an account.
    pub batches: BTreeMap<u64, Batch>,
    /// The batch for new requests, as the last instruction that touched the queue left it.
    pub open: u64,
    /// The oldest batch that is not settled.
    pub head: u64,
    /// Tickets by address.
    pub tickets: BTreeMap<Pubkey, Ticket>,
}

impl Queue {
    /// Locks the open batch once its slot has come.
    pub fn roll(&mut self, slot: u64) {
        let lock = self.batches.get(&self.open).and_then(|batch| batch.lock);
        if lock.is_some_and(|(locked_from, _)| slot >= locked_from) {
            self.open += 1;
        }
    }

    /// LST in the open batch, and the slot that locks it.
    pub fn open_lst(&self) -> (u64, u64) {
        let batch = self.batches.get(&self.open);
        batch.map_or((0, 0), |batch| {
            (batch.lst, batch.lock.map_or(0, |(slot, _)| slot))
        })
    }

    /// LST of locked batches that is not settled.
    pub fn locked_lst(&self) -> u64 {
        let locked = self.batches.range(..self.open);
        locked.map(|(_, batch)| batch.unsettled).sum()
    }
}

impl Model {
    pub fn request(
        &mut self,
        action: &Action,
        batch_address: impl Fn(u64) -> Pubkey,
        ticket_address: Pubkey,
    ) -> Outcome {
        let Action::Request {
            user,
            owner,
            payer,
            lst,
            batch,
            later_batches,
        } = *action
        else {
            unreachable!("{action:?}")
        };
        if lst == 0 {
            return Err(ZeroAmount.into());
        }
        self.queue.roll(self.now.slot);
        let id = self.queue.open;
        let looked_at = later_batches.min(MAX_BATCH_CANDIDATES as u64 - 1);
        if !(batch..=batch + looked_at).contains(&id) {
            return Err(WrongBatch.into());
        }
        let holder = &mut self.holders[user];
        holder.lst = holder.lst.checked_sub(lst).ok_or(Refusal::Elsewhere)?;
        let gift = self.prefunded.remove(&ticket_address).unwrap_or(0);
        let mut costs = self.rents.ticket;
        if !self.queue.batches.contains_key(&id) {
            let gift = self.prefunded.remove(&batch_address(id)).unwrap_or(0);
            costs += self.rents.batch;
            let batch = Batch {
                opener: payer,
                lamports: self.rents.batch + gift,
                ..Batch::default()
            };
            self.queue.batches.insert(id, batch);
        }
        self.pay(payer, costs)?;
        self.join(id, lst);
        let ticket = Ticket {
            batch: id,
            owner,
            payer,
            lamports: self.rents.ticket + gift,
            lst,
            claimed: 0,
        };
        self.queue.tickets.insert(ticket_address, ticket);
        Ok(())
    }

    fn join(&mut self, id: u64, lst: u64) {
        let (this, next) = (self.window(self.now.epoch), self.window(self.now.epoch + 1));
        let lock = if self.now.slot < this {
            (this, self.now.epoch)
        } else {
            (next, self.now.epoch + 1)
        };
        let batch = self.queue.batches.get_mut(&id).expect("just made");
        batch.lock.get_or_insert(lock);
        batch.lst += lst;
        batch.unsettled += lst;
        batch.tickets += 1;
        self.escrow += lst;
    }

    pub fn cancel(&mut self, address: &Pubkey) -> Outcome {
        self.queue.roll(self.now.slot);
        let ticket = self
            .queue
            .tickets
            .remove(address)
            .ok_or(Refusal::Elsewhere)?;
        if ticket.batch != self.queue.open {
            return Err(BatchLocked.into());
        }
        let batch = self
            .queue
            .batches
            .get_mut(&ticket.batch)
            .expect("it has tickets");
        batch.lst -= ticket.lst;
        batch.unsettled -= ticket.lst;
        batch.tickets -= 1;
        if batch.lst == 0 {
            batch.lock = None;
        }
        self.escrow -= ticket.lst;
        self.holders[ticket.owner].lst += ticket.lst;
        self.holders[ticket.payer].lamports += ticket.lamports;
        Ok(())
    }

    pub fn transfer(&mut self, address: &Pubkey, to: usize) -> Outcome {
        let ticket = self
            .queue
            .tickets
            .get_mut(address)
            .ok_or(Refusal::Elsewhere)?;
        ticket.owner = to;
        Ok(())
    }

    pub fn claim(&mut self, address: &Pubkey) -> Outcome {
        let ticket = self
            .queue
            .tickets
            .get_mut(address)
            .ok_or(Refusal::Elsewhere)?;
        let batch = self
            .queue
            .batches
            .get_mut(&ticket.batch)
            .expect("it has tickets");
        let unpaid = ticket_unpaid(
            Lamports::new(batch.paid),
            Lst::new(ticket.lst),
            Lst::new(batch.lst),
            Lamports::new(ticket.claimed),
        );
        let lamports = unpaid.map_err(program_error)?.get();
        let settled = batch.unsettled == 0;
        if !settled && lamports == 0 {
            return Err(NothingToClaim.into());
        }
        ticket.claimed += lamports;
        batch.claimed += lamports;
        let (owner, payer) = (ticket.owner, ticket.payer);
        let (id, rent) = (ticket.batch, ticket.lamports);
        self.holders[owner].lamports += lamports;
        self.vault -= lamports;
        self.claims -= lamports;
        if !settled {
            return self.require_rent(owner);
        }
        self.queue.tickets.remove(address);
        // An owner whom the payment leaves short of rent gets what is missing.
        let has = self.holders[owner].lamports;
        let missing = self.rents.wallet.saturating_sub(has).min(rent);
        self.holders[owner].lamports += missing;
        self.holders[payer].lamports += rent - missing;
        batch.tickets -= 1;
        if batch.tickets == 0 {
            let dust = batch.paid - batch.claimed;
            self.holders[batch.opener].lamports += batch.lamports;
            self.queue.batches.remove(&id);
            self.vault -= dust;
            self.claims -= dust;
            self.reserve += dust;
            self.ledger = Ledger {
                reserve: Lamports::new(self.ledger.reserve.get() + dust),
                pending: Lamports::new(self.ledger.pending.get() + dust),
                ..self.ledger
            };
        }
        Ok(())
    }

    pub fn settle(&mut self, id: u64) -> Outcome {
        if !self.queue.batches.contains_key(&id) {
            return Err(Refusal::Elsewhere);
        }
        self.require_settlement()?;
        self.queue.roll(self.now.slot);
        let spendable = Lamports::new(self.spendable());
        let value = Lamports::new(self.value());
        let is_head = id == self.queue.head && id < self.queue.open;
        let batch = self.queue.batches.get_mut(&id).ok_or(Refusal::Elsewhere)?;
        if !is_head || batch.lock.is_none_or(|(_, epoch)| epoch >= self.now.epoch) {
            return Err(BatchNotDue.into());
        }
        let left = Lst::new(batch.unsettled);
        let payable = settlement(left, spendable, value, self.ledger.supply);
        let Some(lst) = payable.map_err(program_error)? else {
            return Ok(());
        };
        let paid = self
            .ledger
            .settle(lst, self.now.slot, spendable, Lst::new(DEAD_LST))
            .map_err(program_error)?;
        batch.unsettled -= lst.get();
        batch.paid += paid.lamports.get();
        if batch.unsettled == 0 {
            self.queue.head += 1;
        }
        self.escrow -= lst.get();
        self.mint_supply -= lst.get();
        self.reserve -= paid.lamports.get();
        self.vault += paid.lamports.get();
        self.claims += paid.lamports.get();
        let reserve = paid
            .ledger
            .reserve
            .sub(paid.lamports)
            .map_err(program_error)?;
        self.ledger = Ledger {
            reserve,
            ..paid.ledger
        };
        Ok(())
    }
}
