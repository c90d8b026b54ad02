//! The unbonding queue: batches and tickets.

use anchor_lang::prelude::*;
use sluice_math::{Claim, Lamports, Ledger, Lst, Payout};

use super::{Pool, v0};
use crate::{
    ensure,
    error::{Checked, SluiceError},
    moment::Moment,
    sums::Tally,
};

/// Seed of a batch's address, followed by the pool and the batch's id as u64.
pub const BATCH_SEED: &[u8] = b"batch";
/// Seed of a ticket's address, followed by the pool, the requester and a number as u64. The requester
/// is who signed for the LST: nobody else can take an address that a pending message needs.
pub const TICKET_SEED: &[u8] = b"ticket";
/// Most batches that a request looks at: the open one, and one for each of eight epochs to come.
pub const MAX_BATCH_CANDIDATES: usize = 9;

/// All exits requested in one cycle.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct UnstakeBatch {
    /// Layout version.
    pub version: u8,
    /// Bump of the batch's address.
    pub bump: u8,
    /// Padding.
    pub padding: [u8; 6],
    /// Address of the pool.
    pub pool: Pubkey,
    /// Who paid for the account and gets its rent back.
    pub opener: Pubkey,
    /// Number of the batch in the life of the pool.
    pub id: u64,
    /// Slot from which the batch is locked; zero while it is empty.
    pub lock_slot: u64,
    /// Epoch of `lock_slot`.
    pub lock_epoch: u64,
    /// LST of all its tickets.
    pub lst: u64,
    /// LST that has not been settled.
    pub unsettled_lst: u64,
    /// Lamports that settlement has paid in.
    pub paid_lamports: u64,
    /// Lamports that tickets have claimed.
    pub claimed_lamports: u64,
    /// Tickets that exist.
    pub tickets: u64,
    /// Room for later versions.
    pub reserved: [u64; 4],
}

impl UnstakeBatch {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// Whether the batch is locked, settled and paid in full.
    pub fn is_settled(&self) -> bool {
        self.paid_in_full() && self.lock_slot != 0
    }

    fn paid_in_full(&self) -> bool {
        self.unsettled_lst == 0
    }

    /// LST of all tickets.
    pub fn lst(&self) -> Lst {
        Lst::new(self.lst)
    }

    /// What a claim of one of its tickets does, where the claims vault can pay `payable`; `None`
    /// where it does nothing.
    pub fn payout(&self, ticket: &Ticket, payable: Lamports) -> Result<Option<Payout>> {
        Claim {
            ticket: Lst::new(ticket.lst),
            ticket_claimed: Lamports::new(ticket.claimed_lamports),
            batch: self.lst(),
            paid: Lamports::new(self.paid_lamports),
            claimed: Lamports::new(self.claimed_lamports),
            tickets: self.tickets,
            settled: self.is_settled(),
            payable,
        }
        .payout()
        .checked()
    }

    /// Adds a ticket's LST.
    pub(crate) fn join(&mut self, lst: Lst) -> Result<()> {
        self.lst.increase(lst.get())?;
        self.unsettled_lst = self.lst;
        self.tickets.increase(1)
    }

    /// Takes a ticket's LST out. An empty batch has no lock slot: its next request sets it anew.
    pub(crate) fn leave(&mut self, lst: Lst) -> Result<()> {
        self.lst.decrease(lst.get())?;
        self.unsettled_lst = self.lst;
        self.tickets.decrease(1)?;
        if self.lst == 0 {
            self.lock_slot = 0;
            self.lock_epoch = 0;
        }
        Ok(())
    }

    /// Books a payment for `lst` of the batch.
    pub fn book_payment(&mut self, lst: Lst, lamports: Lamports) -> Result<()> {
        self.unsettled_lst.decrease(lst.get())?;
        self.paid_lamports.increase(lamports.get())
    }
}

/// One exit request.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Layout version.
    pub version: u8,
    /// Bump of the ticket's address.
    pub bump: u8,
    /// Padding.
    pub padding: [u8; 6],
    /// Address of the pool.
    pub pool: Pubkey,
    /// Who paid for the account and gets its rent back. In a ticket of version 0, the address of
    /// the batch.
    pub payer: Pubkey,
    /// Who is paid; transferable.
    pub owner: Pubkey,
    /// Tells the tickets of a requester apart.
    pub number: u64,
    /// LST that leaves.
    pub lst: u64,
    /// Lamports already claimed.
    pub claimed_lamports: u64,
    /// Id of the batch. In a ticket of version 0, zero.
    pub batch: u64,
    /// Room for later versions.
    pub reserved: u64,
}

impl Ticket {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// Whether this is a ticket of the batch at `address`.
    pub fn is_of(&self, batch: &UnstakeBatch, address: &Pubkey) -> bool {
        let same_batch = match self.batch_of_v0() {
            Some(of_v0) => of_v0 == address,
            None => self.batch == batch.id,
        };
        self.pool == batch.pool && same_batch
    }

    /// Who gets the rent: who paid it. Version 0 did not record that, so the owner gets it.
    pub fn rent_recipient(&self) -> &Pubkey {
        match self.batch_of_v0() {
            Some(_) => &self.owner,
            None => &self.payer,
        }
    }

    /// The address of the batch, where a ticket of version 0 tells it.
    pub fn batch_of_v0(&self) -> Option<&Pubkey> {
        (self.version == v0::VERSION).then_some(&self.payer)
    }
}

impl Pool {
    /// When a batch whose first request comes now locks: at the start of this epoch's rebalance
    /// window if that is still ahead, else of the next epoch's. Slot and its epoch.
    pub fn next_lock(&self, moment: &Moment) -> Result<(u64, u64)> {
        let clock = &moment.clock;
        let this_window = self.window_start(clock.epoch, moment)?;
        if clock.slot < this_window {
            return Ok((this_window, clock.epoch));
        }
        let mut next_epoch = clock.epoch;
        next_epoch.increase(1)?;
        Ok((self.window_start(next_epoch, moment)?, next_epoch))
    }

    /// Locks the open batch once its slot has come: the next one opens. Any caller does it.
    pub fn roll_queue(&mut self, slot: u64) -> Result<()> {
        if self.open_lock_slot == 0 || slot < self.open_lock_slot {
            return Ok(());
        }
        self.locked_lst.increase(self.open_lst)?;
        self.open_lst = 0;
        self.open_lock_slot = 0;
        self.open_batch.increase(1)
    }

    /// Lamports that locked batches can be paid at most, without a further gain: at the price once
    /// everything is released, since they are paid later than they are needed.
    pub fn queue_lamports(&self) -> Result<Lamports> {
        if self.locked_lst == 0 {
            return Ok(Lamports::ZERO);
        }
        let ledger = self.ledger();
        sluice_math::queue_lamports(
            Lst::new(self.locked_lst),
            ledger.full().checked()?,
            ledger.supply,
        )
        .checked()
    }

    /// Batches are paid strictly in order, and only once an epoch has been finalized after the
    /// one in which they were locked: stake that leaves for them has cooled down by then.
    pub fn require_due(&self, batch: &UnstakeBatch, epoch: u64) -> Result<()> {
        let is_head = batch.id == self.head_batch && batch.id < self.open_batch;
        ensure!(
            is_head && batch.lock_epoch < epoch,
            SluiceError::BatchNotDue
        );
        Ok(())
    }

    /// Books a payment of a batch: the LST is burned, the lamports wait for the tickets.
    pub fn book_settlement(
        &mut self,
        redeemed: &Ledger,
        lst: Lst,
        lamports: Lamports,
        batch_is_settled: bool,
    ) -> Result<()> {
        self.book(&Ledger {
            reserve: redeemed.reserve.sub(lamports).checked()?,
            ..*redeemed
        });
        self.claims_lamports.increase(lamports.get())?;
        self.locked_lst.decrease(lst.get())?;
        if batch_is_settled {
            self.head_batch.increase(1)?;
        }
        Ok(())
    }
}
