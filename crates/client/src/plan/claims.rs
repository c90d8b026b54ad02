//! Which claims are made together, what they bring together, and which are not worth it.

use std::collections::BTreeMap;

use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{
    AccountSource, MAX_ADDRESSES, OwnedTicket, PoolSnapshot, Result, TicketPayout,
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
    /// What closes.
    pub closing: Closing,
}

/// Tickets and batches that close with claims, each with who gets what is in it: who paid its rent, not who
/// owns the ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closing(Vec<(Pubkey, Pubkey)>);

impl PoolSnapshot {
    /// What claims of these tickets do, in this order: each leaves less in the claims vault and fewer
    /// tickets in its batch, which closes with the last.
    ///
    /// # Errors
    ///
    /// Where an amount is more than can be.
    pub fn claims_together(&self, tickets: &[&OwnedTicket]) -> Result<ClaimsTogether> {
        let (mut paid, mut closed) = (Lamports::ZERO, Vec::new());
        let mut batches = BTreeMap::new();
        let mut payable = self.payable_to_tickets();
        for owned in tickets {
            let (ticket, accounts) = (&owned.ticket, owned.accounts());
            let batch = batches.entry(accounts.batch).or_insert(owned.batch);
            let Some(payout) = batch.payout(ticket, payable)? else {
                continue;
            };
            paid = paid.add(payout.lamports)?;
            payable = payable.saturating_sub(payout.lamports);
            let claimed = batch.claimed_lamports;
            batch.claimed_lamports = claimed.saturating_add(payout.lamports.get());
            if payout.closes {
                batch.tickets = batch.tickets.saturating_sub(1);
                closed.push(*owned);
            }
            payable = payable.saturating_sub(payout.dust.unwrap_or_default());
        }
        Ok(ClaimsTogether {
            paid,
            closing: Closing::with(closed),
        })
    }
}

impl Closing {
    /// What closes with the last parts of these tickets: they, and each batch that has no other.
    pub fn with<'a>(tickets: impl IntoIterator<Item = &'a OwnedTicket>) -> Self {
        let mut closing = Vec::new();
        let mut batches = BTreeMap::new();
        for owned in tickets {
            closing.push((owned.address, *owned.ticket.rent_recipient()));
            let batch = (owned.batch.opener, owned.batch.tickets);
            let (_, others) = batches.entry(owned.accounts().batch).or_insert(batch);
            *others = others.saturating_sub(1);
        }
        let last = batches.into_iter().filter(|(_, (_, others))| *others == 0);
        closing.extend(last.map(|(address, (opener, _))| (address, opener)));
        Self(closing)
    }

    /// Lamports of these accounts, by who gets them.
    ///
    /// # Errors
    ///
    /// Where the accounts cannot be read.
    pub fn rents(&self, source: &impl AccountSource) -> Result<BTreeMap<Pubkey, Lamports>> {
        let mut rents = BTreeMap::new();
        for part in self.0.chunks(MAX_ADDRESSES) {
            let addresses: Vec<Pubkey> = part.iter().map(|(address, _)| *address).collect();
            let accounts = source.accounts(&addresses, None)?.accounts;
            for ((_, recipient), account) in part.iter().zip(accounts) {
                let sum = rents.entry(*recipient).or_insert(Lamports::ZERO);
                let lamports = account.map_or(0, |account| account.lamports);
                *sum = sum.add(Lamports::new(lamports))?;
            }
        }
        Ok(rents)
    }
}
