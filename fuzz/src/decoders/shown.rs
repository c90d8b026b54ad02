//! A node that shows some accounts.

use std::collections::{BTreeMap, BTreeSet};

use sluice_client::{AccountSource, ClientError, Fetched, Filter};
use solana_account::{Account, ReadableAccount};
use solana_pubkey::Pubkey;

use crate::program::Accounts;

/// What a node shows.
#[derive(Clone)]
pub struct Shown {
    /// Accounts by address.
    pub accounts: BTreeMap<Pubkey, Account>,
    owners: Vec<Pubkey>,
}

impl Shown {
    /// A node that shows these accounts.
    pub fn of(accounts: &Accounts) -> Self {
        let owners: BTreeSet<Pubkey> = accounts.values().map(|account| *account.owner()).collect();
        let accounts = accounts.iter();
        let accounts = accounts.map(|(address, account)| (*address, account.clone().into()));
        Self {
            accounts: accounts.collect(),
            owners: owners.into_iter().collect(),
        }
    }

    /// The data of an account.
    pub fn data(&self, address: &Pubkey) -> Vec<u8> {
        let account = self.accounts.get(address);
        account
            .map(|account| account.data.clone())
            .unwrap_or_default()
    }

    /// The owner with this number.
    pub fn owner(&self, number: u8) -> Pubkey {
        self.owners[usize::from(number) % self.owners.len()]
    }

    /// An account of each owner and length, with the owner's number; none that is code.
    pub fn distinct_data(&self) -> Vec<(u8, Vec<u8>)> {
        let mut seen = BTreeSet::new();
        let accounts = self.accounts.values().filter(|account| !account.executable);
        let distinct = accounts.filter(|account| seen.insert((account.owner, account.data.len())));
        let numbered = distinct.filter_map(|account| {
            let number = self
                .owners
                .iter()
                .position(|owner| *owner == account.owner)?;
            Some((u8::try_from(number).ok()?, account.data.clone()))
        });
        numbered.collect()
    }
}

impl AccountSource for Shown {
    fn accounts(&self, addresses: &[Pubkey], _: Option<u64>) -> Result<Fetched, ClientError> {
        let accounts = addresses
            .iter()
            .map(|address| self.accounts.get(address).cloned());
        Ok(Fetched {
            slot: 1_000,
            accounts: accounts.collect(),
        })
    }

    fn program_accounts(
        &self,
        program: &Pubkey,
        data_bytes: Option<usize>,
        filters: &[Filter],
    ) -> Result<Vec<(Pubkey, Account)>, ClientError> {
        let passes = |account: &Account| {
            filters.iter().all(|filter| {
                let from = account.data.get(filter.offset..);
                from.is_some_and(|from| from.starts_with(&filter.bytes))
            })
        };
        let of_program = self.accounts.iter().filter(|(_, account)| {
            let is_so_long = data_bytes.is_none_or(|bytes| account.data.len() == bytes);
            account.owner == *program && is_so_long && passes(account)
        });
        Ok(of_program
            .map(|(at, account)| (*at, account.clone()))
            .collect())
    }

    fn minimum_delegation_lamports(&self, _: &Pubkey) -> Option<u64> {
        Some(1_000_000_000)
    }
}
