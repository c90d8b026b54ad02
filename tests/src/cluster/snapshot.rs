//! What changed in a set of accounts between two moments.

use std::{collections::BTreeMap, fmt, ops::Range};

use solana_account::Account;
use solana_pubkey::Pubkey;

/// Content of some accounts at one moment; `None` where there was no account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountsSnapshot(BTreeMap<Pubkey, Option<Account>>);

/// What changed in one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// The account's address.
    pub address: Pubkey,
    /// Lamports before and after.
    pub lamports: (u64, u64),
    /// Owner before and after; the system program where there was no account.
    pub owner: (Pubkey, Pubkey),
    /// Bytes of data before and after.
    pub data_bytes: (usize, usize),
    /// Ranges of the data that differ, up to the longer of the two lengths.
    pub data_ranges: Vec<Range<usize>>,
}

impl AccountsSnapshot {
    pub(super) fn insert(&mut self, address: Pubkey, account: Option<Account>) {
        self.0.insert(address, account);
    }

    /// The account at that moment.
    pub fn get(&self, address: &Pubkey) -> Option<&Account> {
        self.0.get(address)?.as_ref()
    }

    /// Lamports at that moment, zero if there was no account.
    pub fn lamports(&self, address: &Pubkey) -> u64 {
        self.get(address).map_or(0, |account| account.lamports)
    }

    /// The addresses in this snapshot.
    pub fn addresses(&self) -> impl Iterator<Item = &Pubkey> {
        self.0.keys()
    }

    /// Lamports of all accounts together.
    pub fn total_lamports(&self) -> u128 {
        self.0
            .values()
            .flatten()
            .map(|account| u128::from(account.lamports))
            .sum()
    }

    /// The accounts that differ, in the order of their addresses. Both snapshots must be of the
    /// same addresses.
    pub fn changes(&self, after: &Self) -> Vec<AccountChange> {
        assert!(
            self.0.keys().eq(after.0.keys()),
            "two snapshots can be compared only if they are of the same addresses"
        );
        self.0
            .iter()
            .zip(after.0.values())
            .filter(|((_, before), after)| before != after)
            .map(|((address, before), after)| AccountChange::between(*address, before, after))
            .collect()
    }

    /// Panics with what changed, unless nothing did.
    #[track_caller]
    pub fn assert_identical(&self, after: &Self) {
        let changes = self.changes(after);
        let text: Vec<String> = changes.iter().map(AccountChange::to_string).collect();
        assert!(
            changes.is_empty(),
            "accounts changed that must not:\n{}",
            text.join("\n")
        );
    }
}

impl AccountChange {
    fn between(address: Pubkey, before: &Option<Account>, after: &Option<Account>) -> Self {
        let (before, after) = (
            before.clone().unwrap_or_default(),
            after.clone().unwrap_or_default(),
        );
        Self {
            address,
            lamports: (before.lamports, after.lamports),
            owner: (before.owner, after.owner),
            data_bytes: (before.data.len(), after.data.len()),
            data_ranges: differing_ranges(&before.data, &after.data),
        }
    }

    /// Lamports after minus lamports before.
    pub fn lamports_gained(&self) -> i128 {
        i128::from(self.lamports.1) - i128::from(self.lamports.0)
    }
}

impl fmt::Display for AccountChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.address)?;
        if self.lamports.0 != self.lamports.1 {
            write!(f, " lamports {} -> {}", self.lamports.0, self.lamports.1)?;
        }
        if self.owner.0 != self.owner.1 {
            write!(f, " owner {} -> {}", self.owner.0, self.owner.1)?;
        }
        if self.data_bytes.0 != self.data_bytes.1 {
            write!(f, " length {} -> {}", self.data_bytes.0, self.data_bytes.1)?;
        }
        if !self.data_ranges.is_empty() {
            write!(f, " data {:?}", self.data_ranges)?;
        }
        Ok(())
    }
}

fn differing_ranges(before: &[u8], after: &[u8]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for index in 0..before.len().max(after.len()) {
        if before.get(index) == after.get(index) {
            continue;
        }
        match ranges.last_mut() {
            Some(range) if range.end == index => range.end += 1,
            _ => ranges.push(index..index + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(lamports: u64, data: &[u8]) -> AccountsSnapshot {
        let account = Account {
            lamports,
            data: data.to_vec(),
            ..Account::default()
        };
        AccountsSnapshot(BTreeMap::from([(Pubkey::default(), Some(account))]))
    }

    #[test]
    fn a_change_names_lamports_and_every_differing_byte_range() {
        let changes = snapshot(5, &[0, 1, 2, 3, 4]).changes(&snapshot(3, &[0, 9, 9, 3, 9, 9]));
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].lamports_gained(), -2);
        assert_eq!(changes[0].data_ranges, [1..3, 4..6]);
        assert_eq!(changes[0].data_bytes, (5, 6));
    }

    #[test]
    fn equal_snapshots_have_no_changes() {
        snapshot(5, &[1]).assert_identical(&snapshot(5, &[1]));
    }

    #[test]
    #[should_panic(expected = "lamports 5 -> 6")]
    fn one_more_lamport_is_not_identical() {
        snapshot(5, &[1]).assert_identical(&snapshot(6, &[1]));
    }
}
