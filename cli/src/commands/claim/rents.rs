//! The rent that comes back where claims close tickets and batches.

use std::collections::BTreeMap;

use anyhow::Result;
use sluice_client::{
    plan::claims::Closing,
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{commands::ticket_book::Entry, output::known, session::Session};

/// So many people are named one by one.
const MOST_NAMED: usize = 3;

/// Who gets how much back, less what an owner's account without SOL is filled up with.
#[derive(Debug, Default)]
pub struct Rents(BTreeMap<Pubkey, Lamports>);

impl Rents {
    /// Of the tickets among these that close, and of the batches whose last tickets those are.
    pub fn read(session: &Session, entries: &[Entry]) -> Result<Self> {
        let closing = entries.iter().filter(|entry| entry.payout.closes);
        let closing = Closing::with(closing.map(|entry| &entry.owned));
        Ok(Self(closing.rents(&session.rpc)?))
    }

    /// A line of a list of facts; none where nothing comes back.
    pub fn fact(&self) -> Option<(&'static str, String)> {
        let each = self.0.iter();
        let each: Vec<String> = each
            .map(|(recipient, lamports)| format!("{} to {recipient}", sol(lamports.get())))
            .collect();
        let said = match each.len() {
            0 => return None,
            1..=MOST_NAMED => each.join(", "),
            many => {
                let each = self.0.values().map(|lamports| lamports.get());
                let sum = each.fold(0, u64::saturating_add);
                format!("{} to {} who paid it", sol(sum), counted(many, "payer"))
            }
        };
        Some(("Rent back", said))
    }

    /// A sentence for afterwards: all of it where `payer` got as much as was told, and otherwise what it got.
    /// None where nothing came back, as was told.
    pub fn told_after(&self, payer: &Pubkey, returned_lamports: Option<u64>) -> Option<String> {
        let expected = self.0.get(payer).map_or(0, |lamports| lamports.get());
        let rents = match returned_lamports == Some(expected) {
            true => self.fact()?.1,
            false => format!("{} to {payer}", known(returned_lamports, sol)),
        };
        Some(format!("Rent came back: {rents}."))
    }
}
