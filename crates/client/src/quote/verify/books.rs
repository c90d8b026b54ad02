//! The accounts of a report, decoded.

use std::collections::BTreeMap;

use sluice::{
    foreign::StakeView,
    state::{
        Pool, RateHistory, Slot, StakeAccountKind, Ticket, UnstakeBatch, VERSION, ValidatorPage,
    },
};
use sluice_math::Lamports;
use solana_account::Account;
use solana_pubkey::Pubkey;

use super::evidence::{Evidence, batches, tickets};
use crate::{Cluster, Result, decode, decode_existing};

/// Everything that the checks compare.
pub(super) struct Books<'a> {
    pub evidence: &'a Evidence,
    pub pool: Pool,
    pub cluster: Cluster,
    /// The pages that the pool counts, as far as they can be read, in order.
    pub pages: Vec<ValidatorPage>,
    pub history: Option<Box<RateHistory>>,
    pub batches: BTreeMap<u64, UnstakeBatch>,
    /// Tickets with their addresses, where the node has an index.
    pub tickets: Option<Vec<(Pubkey, Ticket)>>,
}

/// A stake account of a slot beside what is booked of it.
pub(super) struct Held<'a> {
    pub address: Pubkey,
    pub kind: StakeAccountKind,
    pub booked: Lamports,
    pub account: Option<&'a Account>,
    pub view: StakeView,
}

impl<'a> Books<'a> {
    /// Fails where the pool or the cluster cannot be read: then there is nothing to check.
    pub fn read(evidence: &'a Evidence) -> Result<Self> {
        let addresses = &evidence.addresses;
        let pool: Pool = decode_existing(&addresses.pool, evidence.account(&addresses.pool))?;
        let pages = (0..pool.page_count).filter_map(|index| {
            let address = addresses.page(index);
            decode(&address, evidence.account(&address)?).ok()
        });
        let history = evidence.account(&addresses.history);
        Ok(Self {
            evidence,
            cluster: Cluster::read(
                &evidence
                    .accounts
                    .iter()
                    .map(|(at, one)| (*at, one))
                    .collect(),
            )?,
            pages: pages.collect(),
            history: history
                .and_then(|account| decode(&addresses.history, account).ok())
                .map(Box::new),
            batches: batches(evidence, &pool),
            tickets: tickets(evidence),
            pool,
        })
    }

    /// Whether pool or pages have the layout of an older version: pages are migrated before their pool.
    pub fn waits_for_migration(&self) -> bool {
        self.pool.version < VERSION || self.pages.iter().any(|page| page.version < VERSION)
    }

    pub fn epoch(&self) -> u64 {
        self.cluster.clock.epoch
    }

    /// Whether the pool is priced for this epoch, so that its sums are those of its pages.
    pub fn is_priced(&self) -> bool {
        self.pool.is_fresh(self.epoch())
    }

    /// Slots with a validator, each with its page.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        let slots = self.pages.iter().flat_map(|page| &page.slots);
        slots.filter(|slot| !slot.is_empty())
    }

    /// The sum of a figure over all slots.
    pub fn sum(&self, figure: impl Fn(&Slot) -> u64) -> u64 {
        sum_of(self.slots(), figure)
    }

    /// Both stake accounts of a slot.
    pub fn held(&self, slot: &Slot) -> [Held<'a>; 2] {
        [StakeAccountKind::Main, StakeAccountKind::Transient].map(|kind| {
            let address = slot.address(kind);
            let account = self.evidence.account(&address);
            let authority = &self.evidence.addresses.stake_authority;
            Held {
                address,
                kind,
                booked: slot.booked(kind),
                account,
                view: account.map_or(StakeView::Foreign, |account| {
                    StakeView::read(&account.owner, &account.data, authority)
                }),
            }
        })
    }
}

impl Held<'_> {
    /// Lamports really in it.
    pub fn lamports(&self) -> Lamports {
        Lamports::new(self.account.map_or(0, |account| account.lamports))
    }

    /// What it is worth to the pool, as pricing counts it. One that was reset waits to be reclaimed.
    pub fn worth(&self, rent: Lamports) -> Lamports {
        let kind = self.view.kind();
        let worth = kind.worth(self.lamports(), self.booked, rent);
        worth.unwrap_or_else(|| self.lamports())
    }
}

/// The sum of a figure; what does not fit is more than all there is.
pub(super) fn sum_of<T>(items: impl Iterator<Item = T>, figure: impl Fn(T) -> u64) -> u64 {
    items.fold(0, |sum: u64, item| sum.saturating_add(figure(item)))
}
