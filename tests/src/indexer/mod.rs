//! A pool as somebody knows it who reads events and nothing else: one fold over them, from the
//! creation of the pool on. The same figures read from the accounts are what it is held against.

mod accounts;
mod fold;
mod queue;
mod state;
mod validators;

use std::collections::BTreeMap;

pub use accounts::Accounts;
use anyhow::{Context, Result, ensure};
pub use fold::Indexed;
pub use queue::{Batch, Queue, Ticket};
use sluice_client::{Event, sluice_events};
use solana_pubkey::Pubkey;
pub use state::{Roles, State};
pub use validators::{Change, Validator};

/// Every pool whose creation was read.
#[derive(Clone, Debug, Default)]
pub struct Indexer {
    /// By address.
    pub pools: BTreeMap<Pubkey, Indexed>,
}

impl Indexer {
    /// What a history of events tells.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut indexer = Self::default();
        for event in events {
            indexer.read(event);
        }
        indexer
    }

    /// Reads the logs of one transaction that succeeded.
    pub fn read_logs(&mut self, logs: &[String]) {
        for event in sluice_events(logs) {
            self.read(&event);
        }
    }

    /// Reads one event.
    pub fn read(&mut self, event: &Event) {
        if let Event::PoolCreated(created) = event {
            self.pools.insert(created.pool, Indexed::new(created));
        } else if let Some(indexed) = self.pools.get_mut(&fold::pool_of(event)) {
            indexed.read(event);
        }
    }

    /// Fails unless all that is known of a pool is what its accounts say, to the lamport.
    pub fn compare(&self, address: &Pubkey, accounts: &Accounts) -> Result<()> {
        let indexed = self
            .pools
            .get(address)
            .context("no such pool was created")?;
        let told = indexed.state.clone().at(accounts.slot, accounts.epoch);
        let found = State::read(accounts)?;
        ensure!(
            told == found,
            "the events do not tell what the accounts say.\nEvents: {told:#?}\nAccounts: {found:#?}"
        );
        Ok(())
    }
}
