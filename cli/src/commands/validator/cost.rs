//! What new validators take of the curator.

use std::collections::BTreeSet;

use anyhow::Result;
use sluice::state::{Marker, ValidatorPage};
use sluice_client::{AccountSource, MAX_ADDRESSES, PoolSnapshot, words::amounts::sol};
use solana_pubkey::Pubkey;

use crate::session::Session;

/// Rent of what is created for them, by what it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    stakes_lamports: u64,
    markers_lamports: u64,
    pages_lamports: u64,
}

impl Cost {
    /// What adding these will take now. A marker that an earlier slot of a validator left is there
    /// already, and a page is created once for all validators that it has room for.
    pub fn read(session: &Session, snapshot: &PoolSnapshot, votes: &[Pubkey]) -> Result<Self> {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let rent_of = |bytes| snapshot.cluster.rent.minimum_balance(bytes);
        let pool = &snapshot.addresses;
        let markers: Vec<Pubkey> = votes.iter().map(|vote| pool.marker(vote)).collect();
        let mut new_markers = 0_u64;
        for some in markers.chunks(MAX_ADDRESSES) {
            let found = session.rpc.accounts(some, None)?.accounts;
            let missing = found.iter().filter(|account| account.is_none()).count();
            new_markers = new_markers.saturating_add(count(missing));
        }
        let pages = snapshot.pages_for_new_validators().take(votes.len());
        let new_pages: BTreeSet<u16> = pages
            .filter(|page| *page >= snapshot.pool.page_count)
            .collect();
        let of_two = snapshot.cluster.stake_rent().get().saturating_mul(2);
        Ok(Self {
            stakes_lamports: of_two.saturating_mul(count(votes.len())),
            markers_lamports: rent_of(Marker::SPACE).saturating_mul(new_markers),
            pages_lamports: rent_of(ValidatorPage::SPACE).saturating_mul(count(new_pages.len())),
        })
    }

    /// All of it.
    pub fn total_lamports(&self) -> u64 {
        self.stakes_lamports
            .saturating_add(self.markers_lamports)
            .saturating_add(self.pages_lamports)
    }

    /// Its lines in a list of facts: the whole, and each part that is there.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let total = sol(self.total_lamports());
        let mut facts = vec![("Costs", format!("{total} of rent, and the fees"))];
        for (part, lamports, for_what) in [
            (
                "  Stake",
                self.stakes_lamports,
                "two accounts of each validator",
            ),
            (
                "  Markers",
                self.markers_lamports,
                "a small account of each",
            ),
            (
                "  Page",
                self.pages_lamports,
                "the list that they stand in, with room for more",
            ),
        ] {
            if lamports > 0 {
                facts.push((part, format!("{}, {for_what}", sol(lamports))));
            }
        }
        facts
    }
}
