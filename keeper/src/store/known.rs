//! What is known of the store.

use std::{collections::BTreeMap, time::Instant};

use solana_pubkey::Pubkey;

use crate::trouble::{Condition, Trouble};

/// What is known of the store.
#[derive(Debug, Default)]
pub struct KnownStore {
    /// The last epoch of each pool that is stored.
    pub epochs: BTreeMap<Pubkey, u64>,
    /// Rows that are stored otherwise than nodes tell now, since the start.
    pub contradictions: u64,
    is_up: Option<bool>,
    condition: Condition,
}

impl KnownStore {
    /// Whether it took what was last written, or why it did not; none before it was used.
    pub fn state(&self) -> Option<Result<(), String>> {
        let trouble = self.condition.trouble();
        let why = || trouble.map(|trouble| trouble.what.clone());
        Some(match self.is_up? {
            true => Ok(()),
            false => Err(why().unwrap_or_default()),
        })
    }

    /// It works: what did not, where that was said.
    pub fn works(&mut self) -> Option<Trouble> {
        self.is_up = Some(true);
        self.condition.is_well()
    }

    /// It does not work: whether that is to be said.
    pub fn fails(&mut self, what: String) -> bool {
        self.is_up = Some(false);
        self.condition.is_ill(what, Instant::now())
    }
}
