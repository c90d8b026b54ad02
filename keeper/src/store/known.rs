//! What is known of the store.

use std::collections::BTreeMap;

use solana_pubkey::Pubkey;

/// What is known of the store.
#[derive(Debug, Default)]
pub struct KnownStore {
    /// Whether it took what was last written.
    pub is_up: bool,
    /// The last epoch of each pool that is stored.
    pub epochs: BTreeMap<Pubkey, u64>,
    /// Rows that are stored otherwise than nodes tell now, since the start.
    pub contradictions: u64,
    /// Why it cannot be used.
    trouble: Option<String>,
}

impl KnownStore {
    /// It works: what did not before.
    pub fn works(&mut self) -> Option<String> {
        self.is_up = true;
        self.trouble.take()
    }

    /// It does not work: whether that is news.
    pub fn fails(&mut self, what: &str) -> bool {
        self.is_up = false;
        let is_new = self.trouble.as_deref() != Some(what);
        self.trouble = Some(what.to_owned());
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_news_once_and_again_after_it_ended() {
        let mut store = KnownStore::default();
        assert!(!store.is_up);
        assert!(store.fails("away") && !store.fails("away") && store.fails("full"));
        assert!(!store.is_up);
        assert_eq!(store.works().as_deref(), Some("full"));
        assert_eq!(store.works(), None);
        assert!(store.is_up);
        assert!(store.fails("full"));
    }
}
