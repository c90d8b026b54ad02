//! What the client sees of a pool on the test's bank.

use std::{cell::RefCell, collections::HashMap};

use sluice_client::{AccountSource, ClientError, Fetched, Filter, PoolAddresses, PoolSnapshot};
use solana_account::Account;
use solana_pubkey::Pubkey;

use super::Pool;
use crate::{cluster::Cluster, scenario::MINIMUM_DELEGATION};

/// Accounts of a bank, as far as they were asked for; what is missing is noted.
struct Known {
    slot: u64,
    minimum_delegation: u64,
    accounts: HashMap<Pubkey, Option<Account>>,
    missing: RefCell<Vec<Pubkey>>,
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
        _program: &Pubkey,
        _data_bytes: usize,
        _filters: &[Filter],
    ) -> sluice_client::Result<Vec<(Pubkey, Account)>> {
        unreachable!("a plan searches no accounts")
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
    let mut known = Known {
        slot: cluster.slot().await,
        minimum_delegation,
        accounts: HashMap::new(),
        missing: RefCell::default(),
    };
    loop {
        let snapshot = PoolSnapshot::with_stakes(&known, addresses);
        let missing = known.missing.take();
        if missing.is_empty() {
            return snapshot;
        }
        for address in missing {
            let account = cluster.try_account(&address).await;
            known.accounts.insert(address, account);
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
}
