//! What the client sees of a pool on the test's bank.

use std::{cell::RefCell, collections::HashMap};

use sluice_client::{
    AccountSource, ClientError, Evidence, Expected, Fetched, Filter, PoolAddresses, PoolSnapshot,
    Report, quote::verify,
};
use solana_account::Account;
use solana_pubkey::Pubkey;

use super::Pool;
use crate::{cluster::Cluster, scenario::MINIMUM_DELEGATION};

/// Accounts of a bank, as far as they were asked for; what is missing is noted.
pub struct Known {
    slot: u64,
    minimum_delegation: u64,
    accounts: HashMap<Pubkey, Option<Account>>,
    missing: RefCell<Vec<Pubkey>>,
    /// What an index of accounts knows.
    listed: Vec<Pubkey>,
}

impl AccountSource for Known {
    fn accounts(
        &self,
        addresses: &[Pubkey],
        _min_slot: Option<u64>,
    ) -> sluice_client::Result<Fetched> {
        let unknown = |address: &&Pubkey| !self.accounts.contains_key(address);
        let mut missing = self.missing.borrow_mut();
        missing.extend(addresses.iter().filter(unknown));
        if !missing.is_empty() {
            return Err(ClientError::Inconsistent { attempts: 1 });
        }
        let known = addresses
            .iter()
            .map(|address| self.accounts[address].clone());
        Ok(Fetched {
            slot: self.slot,
            accounts: known.collect(),
        })
    }

    fn program_accounts(
        &self,
        program: &Pubkey,
        data_bytes: Option<usize>,
        filters: &[Filter],
    ) -> sluice_client::Result<Vec<(Pubkey, Account)>> {
        let fetched = self.accounts(&self.listed, None)?;
        let found = self.listed.iter().copied().zip(fetched.accounts);
        let passes = |account: &Account| {
            let has = |filter: &Filter| {
                let from = account.data.get(filter.offset..);
                from.is_some_and(|from| from.starts_with(&filter.bytes))
            };
            let is_so_long = data_bytes.is_none_or(|bytes| account.data.len() == bytes);
            account.owner == *program && is_so_long && filters.iter().all(has)
        };
        Ok(found
            .filter_map(|(address, account)| Some((address, account?)))
            .filter(|(_, account)| passes(account))
            .collect())
    }

    fn minimum_delegation_lamports(&self, _payer: &Pubkey) -> Option<u64> {
        Some(self.minimum_delegation)
    }
}

/// The client's view of a pool, with its stakes.
pub async fn view(
    cluster: &mut Cluster,
    addresses: &PoolAddresses,
    minimum_delegation: u64,
) -> sluice_client::Result<PoolSnapshot> {
    let mut known = Known::new(cluster, minimum_delegation).await;
    let read = |known: &Known| PoolSnapshot::with_stakes(known, addresses);
    known.asked(cluster, read).await
}

impl Known {
    /// Knows nothing yet.
    pub async fn new(cluster: &mut Cluster, minimum_delegation: u64) -> Self {
        Self {
            slot: cluster.slot().await,
            minimum_delegation,
            accounts: HashMap::new(),
            missing: RefCell::default(),
            listed: Vec::new(),
        }
    }

    /// Shows no account at this address, so that nobody reads a program's code for nothing.
    pub fn hide(&mut self, address: Pubkey) {
        self.accounts.insert(address, None);
    }

    /// Has these accounts read again when they are asked for.
    pub fn forget(&mut self, addresses: &[Pubkey]) {
        self.accounts
            .retain(|address, _| !addresses.contains(address));
    }

    /// The raw accounts of a pool, where an index lists these.
    pub async fn evidence(
        &mut self,
        cluster: &mut Cluster,
        addresses: &PoolAddresses,
        listed: Vec<Pubkey>,
    ) -> Evidence {
        self.listed = listed;
        let read = |known: &Self| Evidence::gather(known, addresses);
        let gathered = self.asked(cluster, read).await;
        gathered.expect("the pool can be read")
    }

    /// What comes of reading, once everything that is asked for is known.
    async fn asked<T>(
        &mut self,
        cluster: &mut Cluster,
        read: impl Fn(&Self) -> sluice_client::Result<T>,
    ) -> sluice_client::Result<T> {
        loop {
            let answer = read(self);
            let missing = self.missing.take();
            if missing.is_empty() {
                return answer;
            }
            for address in missing {
                let account = cluster.try_account(&address).await;
                self.accounts.insert(address, account);
            }
        }
    }
}

impl Pool {
    /// The client's view of it, with its stakes.
    pub async fn view(&mut self) -> PoolSnapshot {
        let addresses = self.addresses;
        let seen = view(&mut self.cluster, &addresses, MINIMUM_DELEGATION).await;
        seen.expect("the pool can be read")
    }

    /// Reads it, and keeps what was read.
    pub async fn reader(&mut self) -> Known {
        Known::new(&mut self.cluster, MINIMUM_DELEGATION).await
    }

    /// The raw accounts of it, as this reader knows them. An index knows the tickets that were
    /// requested through this fixture and these addresses.
    pub async fn evidence(&mut self, reader: &mut Known, listed: &[Pubkey]) -> Evidence {
        let addresses = self.addresses;
        let tickets = self.tickets_of_this_pool().into_iter();
        let listed = tickets.chain(listed.iter().copied()).collect();
        reader.evidence(&mut self.cluster, &addresses, listed).await
    }

    /// What there is to say about it for who knows nothing of the program.
    pub async fn verified(&mut self) -> Report {
        let mut reader = self.reader().await;
        let evidence = self.evidence(&mut reader, &[]).await;
        verify::verify(&evidence, &Expected::default()).expect("sums that fit")
    }
}
