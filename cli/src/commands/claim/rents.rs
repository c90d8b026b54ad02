//! The rent that comes back where claims close tickets and batches.

use std::collections::BTreeMap;

use anyhow::Result;
use sluice_client::{
    AccountSource, MAX_ADDRESSES,
    words::amounts::{counted, sol},
};
use solana_pubkey::Pubkey;

use crate::{commands::ticket_book::Entry, output::known, session::Session};

/// So many people are named one by one.
const MOST_NAMED: usize = 3;

/// Who gets how much back, in lamports, less what an owner's account without SOL is filled up with.
#[derive(Debug, Default)]
pub struct Rents(BTreeMap<Pubkey, u64>);

impl Rents {
    /// Of the tickets among these that close, and of the batches whose last tickets those are.
    pub fn read(session: &Session, entries: &[Entry]) -> Result<Self> {
        let closing = || entries.iter().filter(|entry| entry.payout.closes);
        let mut to: Vec<(Pubkey, Pubkey)> = closing()
            .map(|entry| (entry.owned.address, *entry.owned.ticket.rent_recipient()))
            .collect();
        let mut batches: BTreeMap<Pubkey, (&Entry, u64)> = BTreeMap::new();
        for entry in closing() {
            let address = entry.pool.batch(entry.owned.batch.id);
            let (_, closed) = batches.entry(address).or_insert((entry, 0));
            *closed = closed.saturating_add(1);
        }
        let last = batches
            .into_iter()
            .filter(|(_, (entry, closed))| entry.owned.batch.tickets == *closed);
        to.extend(last.map(|(address, (entry, _))| (address, entry.owned.batch.opener)));
        let mut rents = Self::default();
        for some in to.chunks(MAX_ADDRESSES) {
            let addresses: Vec<Pubkey> = some.iter().map(|(address, _)| *address).collect();
            let accounts = session.rpc.accounts(&addresses, None)?.accounts;
            for ((_, recipient), account) in some.iter().zip(accounts) {
                let sum = rents.0.entry(*recipient).or_default();
                *sum = sum.saturating_add(account.map_or(0, |account| account.lamports));
            }
        }
        Ok(rents)
    }

    /// A line of a list of facts; none where nothing comes back.
    pub fn fact(&self) -> Option<(&'static str, String)> {
        let each = self.0.iter();
        let each: Vec<String> = each
            .map(|(recipient, lamports)| format!("{} to {recipient}", sol(*lamports)))
            .collect();
        let said = match each.len() {
            0 => return None,
            1..=MOST_NAMED => each.join(", "),
            many => {
                let sum = self.0.values().copied().fold(0, u64::saturating_add);
                format!("{} to {} who paid it", sol(sum), counted(many, "payer"))
            }
        };
        Some(("Rent back", said))
    }

    /// A sentence for afterwards: all of it where `payer` got as much as was told, and otherwise what it got.
    pub fn told_after(&self, payer: &Pubkey, returned_lamports: Option<u64>) -> String {
        let expected = self.0.get(payer).copied().unwrap_or_default();
        match self.fact().filter(|_| returned_lamports == Some(expected)) {
            Some((_, all)) => format!("Rent came back: {all}."),
            None => format!(
                "Rent came back: {} to {payer}.",
                known(returned_lamports, sol)
            ),
        }
    }
}
