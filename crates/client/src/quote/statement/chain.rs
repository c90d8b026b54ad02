//! Whether the balances of a history follow from each other.

use std::collections::BTreeMap;

use super::record::Record;

/// Where a history's balances come from, and where they do not follow from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chain {
    /// LST that was there before the first transaction of each account that is known.
    pub first_lst: u64,
    /// What changed before a record without one that says why, by the record's signature.
    pub gaps: BTreeMap<String, i128>,
    /// What changed after the last record.
    pub last_gap: i128,
}

impl Chain {
    /// Follows each account from its first balance to what it holds now.
    pub(super) fn of(records: &[Record], now: &BTreeMap<String, u64>) -> Self {
        let mut chain = Self::default();
        let mut last = BTreeMap::<&str, u64>::new();
        for record in records {
            for balance in &record.balances {
                match last.insert(&balance.account, balance.after_lst) {
                    None => chain.first_lst = chain.first_lst.saturating_add(balance.before_lst),
                    Some(before) if before != balance.before_lst => {
                        let gap = i128::from(balance.before_lst) - i128::from(before);
                        *chain.gaps.entry(record.signature.clone()).or_default() += gap;
                    }
                    Some(_) => {}
                }
            }
        }
        for (account, lst) in now {
            match last.remove(account.as_str()) {
                None => chain.first_lst = chain.first_lst.saturating_add(*lst),
                Some(before) => chain.last_gap += i128::from(*lst) - i128::from(before),
            }
        }
        // An account that is not there any more holds nothing.
        chain.last_gap -= last.values().copied().map(i128::from).sum::<i128>();
        chain
    }

    /// Whether nothing is missing between the first transaction and now.
    pub(super) fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.last_gap == 0
    }
}
