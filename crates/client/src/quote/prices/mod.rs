//! What something would pay or mint: computed by the program's own methods, so that a quote
//! equals what happens at that slot, to the lamport.

use sluice::{
    SluiceError,
    state::{InstantExit, Ticket, UnstakeBatch},
};
use sluice_math::{Bps, DepositQuote, Floor, Lamports, Lst, Ratio, ticket_owed};

use crate::{ClientError, PoolSnapshot, Result, words::explain};

/// Both prices of a pool at a slot, as pairs of lamports and LST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What the pool owns: deposits mint at `full / supply`.
    pub full: Lamports,
    /// What exits share: they are paid at `value / supply`.
    pub value: Lamports,
    /// LST in existence.
    pub supply: Lst,
    /// The slot that this holds for.
    pub slot: u64,
    /// Whether the pool is priced for the current epoch.
    pub fresh: bool,
}

impl Rate {
    /// What `lst` is worth to somebody who leaves now, before any fee: rounded down.
    pub fn redeemable(&self, lst: Lst) -> Result<Lamports> {
        self.part(self.value, lst)
    }

    /// What `lst` is worth once everything that is withheld has dripped: rounded down.
    pub fn redeemable_later(&self, lst: Lst) -> Result<Lamports> {
        self.part(self.full, lst)
    }

    /// How much can be given back for no more than this, before any fee: rounded down.
    pub fn worth(&self, lamports: Lamports) -> Result<Lst> {
        let price = Floor(Ratio::new(self.supply.get(), self.value.get()));
        Ok(Lst::new(price.apply(lamports.get())?))
    }

    fn part(&self, whole: Lamports, lst: Lst) -> Result<Lamports> {
        let price = Floor(Ratio::new(whole.get(), self.supply.get()));
        Ok(Lamports::new(price.apply(lst.get())?))
    }
}

/// What a ticket has had, can have now, and may still get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketPayout {
    /// Lamports already claimed.
    pub claimed: Lamports,
    /// Lamports that `claim` pays now.
    pub claimable: Lamports,
    /// What the part that is not settled is worth at the price of now; settlement decides.
    pub outstanding: Lamports,
    /// Whether `claim` can be called now: something is due, or the ticket just closes.
    pub can_claim: bool,
    /// Whether that closes the ticket, whose rent then also fills up an empty owner's account.
    pub closes: bool,
}

impl PoolSnapshot {
    /// The pool as it would be if it were priced for this epoch and nothing had been earned or lost: for
    /// estimates of what comes after a crank that is still to be paid for.
    pub fn as_if_priced(&self) -> Self {
        let mut assumed = self.clone();
        assumed.pool.finalized_epoch = self.cluster.clock.epoch;
        assumed
    }

    /// Both prices.
    pub fn rate(&self) -> Result<Rate> {
        let ledger = self.pool.ledger();
        let slot = self.cluster.clock.slot;
        Ok(Rate {
            full: ledger.full()?,
            value: ledger.value(slot)?,
            supply: ledger.supply,
            slot,
            fresh: self.is_fresh(),
        })
    }

    /// What `deposit_sol` would mint. Fails as it would.
    pub fn quote_deposit(&self, lamports: Lamports) -> Result<DepositQuote> {
        Ok(self.pool.deposit_at(lamports, &self.cluster.clock)?)
    }

    /// What a deposit of this much SOL would mint, whether or not deposits are open and have room.
    pub fn value_of_sol(&self, lamports: Lamports) -> Result<DepositQuote> {
        let fee = Bps::new(self.pool.config.deposit_fee_bps)?;
        let (charge, slot) = (self.pool.entry_charge()?, self.cluster.clock.slot);
        program(self.pool.ledger().deposit(lamports, fee, charge, slot))
    }

    /// What `withdraw_sol` would pay. Fails as it would.
    pub fn quote_instant_exit(&self, lst: Lst) -> Result<InstantExit> {
        Ok(self.pool.instant_exit_at(lst, &self.cluster.moment())?)
    }

    /// What a request in the queue would be paid at the price of now. Settlement pays the price
    /// at its slot: more as rewards drip, less after a loss.
    pub fn quote_queue(&self, lst: Lst) -> Result<Lamports> {
        self.rate()?.redeemable(lst)
    }

    /// Lamports that instant exits may take now.
    pub fn instant_buffer(&self) -> Result<Lamports> {
        Ok(self.rolled_pool()?.instant_buffer(&self.cluster.moment())?)
    }

    /// What a ticket has had, can have and may get.
    pub fn ticket_payout(&self, ticket: &Ticket, batch: &UnstakeBatch) -> Result<TicketPayout> {
        let lst = Lst::new(ticket.lst);
        let payout = batch.payout(ticket, self.payable_to_tickets())?;
        let unsettled = self.quote_queue(Lst::new(batch.unsettled_lst))?;
        Ok(TicketPayout {
            claimed: Lamports::new(ticket.claimed_lamports),
            claimable: payout.map_or(Lamports::ZERO, |payout| payout.lamports),
            // Shared as a payment of that much would be.
            outstanding: ticket_owed(unsettled, lst, batch.lst())?,
            can_claim: payout.is_some(),
            closes: payout.is_some_and(|payout| payout.closes),
        })
    }

    /// Lamports that the claims vault can pay: it keeps its rent.
    pub(crate) fn payable_to_tickets(&self) -> Lamports {
        let rent = self.cluster.reserve_rent();
        self.claims_vault.saturating_sub(rent)
    }
}

/// The program's error where a calculation has no answer.
pub(crate) fn program<T>(answer: sluice_math::Result<T>) -> Result<T> {
    use sluice::error::Checked;
    Ok(answer.checked()?)
}

pub(crate) fn require(holds: bool, error: SluiceError) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(ClientError::Rule(explain::rule(&error.into())))
}

#[cfg(test)]
mod tests;
