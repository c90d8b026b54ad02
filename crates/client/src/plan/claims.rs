//! Which claims are made together, what they bring together, and which are not worth it.

use std::collections::BTreeMap;

use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{
    AccountSource, OwnedTicket, PoolSnapshot, Result, TicketPayout,
    send::purse::LAMPORTS_PER_SIGNATURE,
};

/// Claims in one transaction: their accounts fit without a lookup table.
pub const CLAIMS_PER_TRANSACTION: usize = 4;

/// Whether a claim brings one of `payers` more than its fee. Anybody can make dust tickets for others.
/// One's own return at least their rent.
pub fn is_worth_its_fee(owned: &OwnedTicket, payout: &TicketPayout, payers: &[Pubkey]) -> bool {
    let own = payers.contains(owned.ticket.rent_recipient());
    own || payout.claimable.get() >= LAMPORTS_PER_SIGNATURE
}

/// What claims do in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsTogether {
    /// Lamports for the owners of the tickets.
    pub paid: Lamports,
    closed: Vec<Closed>,
}

/// A ticket or a batch that closes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Closed {
    address: Pubkey,
    /// Who gets what is in it: who paid its rent, not who owns the ticket.
    recipient: Pubkey,
}

impl PoolSnapshot {
    /// What claims of these tickets do, in this order: each leaves less in the claims vault and fewer
    /// tickets in its batch, which closes with the last.
    ///
    /// # Errors
    ///
    /// Where an amount is more than can be.
    pub fn claims_together(&self, tickets: &[&OwnedTicket]) -> Result<ClaimsTogether> {
        let mut together = ClaimsTogether::default();
        let mut batches = BTreeMap::new();
        let mut payable = self.payable_to_tickets();
        for owned in tickets {
            let (ticket, accounts) = (&owned.ticket, owned.accounts());
            let batch = batches.entry(accounts.batch).or_insert(owned.batch);
            let Some(payout) = batch.payout(ticket, payable)? else {
                continue;
            };
            together.paid = together.paid.add(payout.lamports)?;
            payable = payable.saturating_sub(payout.lamports);
            let claimed = batch.claimed_lamports;
            batch.claimed_lamports = claimed.saturating_add(payout.lamports.get());
            if payout.closes {
                batch.tickets = batch.tickets.saturating_sub(1);
                together.close(owned.address, *ticket.rent_recipient());
            }
            if let Some(dust) = payout.dust {
                payable = payable.saturating_sub(dust);
                together.close(accounts.batch, batch.opener);
            }
        }
        Ok(together)
    }
}

impl ClaimsTogether {
    /// Lamports of the accounts that close and go to `wallet`, because it paid their rent.
    ///
    /// # Errors
    ///
    /// Where the accounts cannot be read.
    pub fn rent_for(&self, source: &impl AccountSource, wallet: &Pubkey) -> Result<Lamports> {
        let own = self.closed.iter().filter(|one| one.recipient == *wallet);
        let addresses: Vec<Pubkey> = own.map(|one| one.address).collect();
        if addresses.is_empty() {
            return Ok(Lamports::ZERO);
        }
        let accounts = source.accounts(&addresses, None)?.accounts;
        let mut sum = Lamports::ZERO;
        for account in accounts.into_iter().flatten() {
            sum = sum.add(Lamports::new(account.lamports))?;
        }
        Ok(sum)
    }

    fn close(&mut self, address: Pubkey, recipient: Pubkey) {
        self.closed.push(Closed { address, recipient });
    }
}
