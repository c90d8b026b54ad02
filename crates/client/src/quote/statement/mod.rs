//! What a holder of a pool's LST had, did and gained, epoch by epoch.
//!
//! Every epoch has one price: the deposit price that the pool got for it, which is the only one that
//! its history keeps. What was held over the start of an epoch gains by its change. What comes or
//! goes in an epoch counts as the change of the worth of all that is held, at that epoch's price, so
//! that everything adds up to the lamport.

mod acts;
mod chain;
mod reading;
mod record;
mod sums;
#[cfg(test)]
mod tests;
mod walk;

use std::{collections::BTreeMap, ops::RangeInclusive};

pub use acts::{Kind, LiveTicket};
pub use reading::{Extent, ReadError, Records, read_history, tickets_in};
pub use record::{Balance, Holder, Record};
use sluice::state::{EpochRate, HISTORY_EPOCHS};
use sluice_math::{Floor, Ratio};
use solana_pubkey::Pubkey;

use self::{
    acts::{Whose, locks, settlements},
    chain::Chain,
    walk::Walk,
};
use crate::{OwnedTicket, PoolSnapshot, Result};

/// Everything that a statement is made of.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// The holder.
    pub owner: Pubkey,
    /// The pool, with the cluster's epochs.
    pub snapshot: &'a PoolSnapshot,
    /// The pool's prices, oldest first.
    pub rates: &'a [EpochRate],
    /// What was read of the history, in any order.
    pub records: &'a Records,
    /// What the holder's token accounts hold at a slot.
    pub balances: &'a BTreeMap<String, u64>,
    /// That slot: what is later is left out.
    pub slot: u64,
    /// The holder's tickets of the pool that exist.
    pub tickets: &'a BTreeMap<Pubkey, LiveTicket>,
    /// How far the history was read.
    pub extent: &'a Extent,
    /// The epochs that are wanted.
    pub epochs: RangeInclusive<u64>,
}

/// A holder's statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The epochs for which the pool was priced, oldest first.
    pub epochs: Vec<EpochLine>,
    /// What happened, oldest first.
    pub movements: Vec<Movement>,
    /// Sums over all of it. None where nothing can be known of these epochs: all of them are before the first
    /// price or before the node's history.
    pub totals: Option<Totals>,
    /// The first epoch of which it is known what was held; earlier ones are left out. None where that is
    /// all of the pool's life.
    pub known_from_epoch: Option<u64>,
    /// The first epoch of which a price is known, where movements before it have none.
    pub priced_from_epoch: Option<u64>,
    /// Whether all balances follow from each other, from the first to those of now, all transactions were
    /// shown with whole logs, and no price is missing of the time in which something was held.
    pub is_whole: bool,
}

/// What was held over the start of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochLine {
    /// The epoch.
    pub epoch: u64,
    /// When it began, in seconds since 1970; zero where that is not known.
    pub timestamp: i64,
    /// LST that was held over its start, in wallets and in tickets that were not settled.
    pub held_lst: u64,
    /// The part of it in tickets.
    pub waiting_lst: u64,
    /// Lamports for one whole LST, rounded down.
    pub price_lamports: Option<u64>,
    /// What the change of the price brought; negative after a loss.
    pub gain_lamports: i64,
    /// What all was worth afterwards, with settled SOL that waits to be claimed.
    pub worth_lamports: u64,
}

/// Something that happened to what is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// What.
    pub kind: Kind,
    /// The epoch.
    pub epoch: u64,
    /// When, in seconds since 1970; none where the node does not know.
    pub timestamp: Option<i64>,
    /// The transaction; none for what no transaction of the holder's did.
    pub signature: Option<String>,
    /// The ticket that it is about.
    pub ticket: Option<Pubkey>,
    /// LST of that ticket.
    pub ticket_lst: Option<u64>,
    /// LST that came, in wallets and tickets together; negative where it went.
    pub change_lst: i64,
    /// SOL or stake that was paid by the holder or to the holder.
    pub lamports: u64,
    /// Fees of the pool in it.
    pub fee_lamports: u64,
    /// What the holder paid for the transaction; with its last movement alone.
    pub network_fee_lamports: u64,
    /// What it was worth at the epoch's price; none where that is not known.
    pub worth_change_lamports: Option<i64>,
    /// What the holder left in the pool by it: fees, charges, rewards that still dripped, rounding.
    pub left_lamports: Option<i64>,
}

/// Sums: `start + paid_in - paid_out + received - sent + unexplained + gain - left = end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// What was held before, at the price of then.
    pub start_worth_lamports: u64,
    /// SOL and stake that the holder brought.
    pub paid_in_lamports: u64,
    /// SOL and stake that the holder got.
    pub paid_out_lamports: u64,
    /// What LST and tickets from others were worth.
    pub received_lamports: i64,
    /// What LST and tickets were worth that went to others.
    pub sent_lamports: i64,
    /// What changes were worth that no transaction explains.
    pub unexplained_lamports: i64,
    /// What the changes of the price brought.
    pub gain_lamports: i64,
    /// What was left in the pool when coming and leaving.
    pub left_lamports: i64,
    /// What is held at the end.
    pub end_worth_lamports: u64,
    /// Fees of the pool, which are part of what was left.
    pub fee_lamports: u64,
    /// What the holder paid for the transactions of the movements.
    pub network_fee_lamports: u64,
}

impl LiveTicket {
    /// What is known of a ticket now.
    ///
    /// Fails where its payment cannot be computed.
    pub fn of(owned: &OwnedTicket, snapshot: &PoolSnapshot) -> Result<Self> {
        let (ticket, batch) = (&owned.ticket, &owned.batch);
        let payout = snapshot.ticket_payout(ticket, batch)?;
        let settled = batch.lst.saturating_sub(batch.unsettled_lst);
        let part = Floor(Ratio::new(settled, batch.lst)).apply(ticket.lst);
        Ok(Self {
            lst: ticket.lst,
            lock_epoch: (batch.lock_slot > 0).then_some(batch.lock_epoch),
            settled_lst: part.unwrap_or_default(),
            settled_lamports: payout.claimed.get().saturating_add(payout.claimable.get()),
        })
    }
}

impl Statement {
    /// The statement of these sources. None where they contradict each other so much that somebody would
    /// hold less than nothing.
    pub fn of(sources: &Sources<'_>) -> Option<Self> {
        let mut records: Vec<Record> = sources
            .records
            .values()
            .filter(|record| record.slot <= sources.slot)
            .cloned()
            .collect();
        records.sort_by_key(|record| (record.slot, record.index));
        let chain = Chain::of(&records, sources.balances);
        let pool = sources.snapshot.addresses.pool;
        let whose = Whose {
            owner: sources.owner,
            pool,
            locks: &locks(&records, &pool),
        };
        let acts: Vec<_> = records
            .iter()
            .enumerate()
            .map(|(index, record)| (index, whose.acts(record)))
            .collect();
        let known_from = sources.known_from(&records, &chain);
        let settlements = settlements(&acts, sources.tickets);
        let mut walk = Walk::new(sources, &chain, settlements, known_from);
        walk.through(&records, &acts, &chain)?;
        let mut statement = walk.finish()?;
        let extent = sources.extent;
        statement.is_whole &= chain.is_whole()
            && extent.unshown == 0
            && !extent.is_cut
            && !records.iter().any(|record| record.is_cut);
        Some(statement)
    }
}

impl Sources<'_> {
    /// The epoch from which it is known what was held.
    fn known_from(&self, records: &[Record], chain: &Chain) -> Option<u64> {
        let epoch_of = |slot| self.snapshot.cluster.epoch_schedule.get_epoch(slot);
        let first_record = records.first().map(|record| epoch_of(record.slot));
        let first_seen = first_record.unwrap_or(epoch_of(self.slot));
        if chain.first_lst > 0 {
            return Some(first_seen);
        }
        // Nothing was held before the first transaction, as far back as the node has blocks. Where it does
        // not say how far that is, what came before is not known.
        let first_block = self.extent.first_slot.map_or(first_seen, epoch_of);
        let begins = first_seen.min(first_block);
        let pool_begins = self.rates.first()?.epoch;
        (begins > pool_begins).then_some(begins)
    }

    /// Whether the pool's prices are known from its beginning on.
    fn is_from_birth(&self) -> bool {
        let ring = &self.snapshot.history;
        let oldest = ring.iter().next().map(|rate| rate.epoch);
        usize::from(ring.count) < HISTORY_EPOCHS
            && oldest == self.rates.first().map(|rate| rate.epoch)
    }
}
