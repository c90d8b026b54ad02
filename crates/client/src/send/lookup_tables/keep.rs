//! Finds, creates and fills a pool's lookup tables.

use std::{thread, time::Duration};

use solana_account_decoder_client_types::UiAccountEncoding;
use solana_address_lookup_table_interface::state::{AddressLookupTable, LOOKUP_TABLE_META_SIZE};
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_sdk_ids::{address_lookup_table, sysvar};

use super::{missing, plan};
use crate::{AccountSource, ClientError, Executor, PoolAddresses, PoolSnapshot, Repeat, Result};

/// The state of a table with an authority: tag u32, deactivation and extension slots, start index
/// u8, then the authority's tag at 21 and key at 22.
const STATE_TABLE: [u8; 4] = [1, 0, 0, 0];
const NOT_DEACTIVATED: [u8; 8] = [0xff; 8];
const DEACTIVATION_AT: usize = 4;
const AUTHORITY_AT: usize = 22;
/// New tables, at most: eight hold a pool of 1,000 validators.
const MAX_TABLES: usize = 32;
const SLOT_STEP: Duration = Duration::from_millis(200);

impl Executor<'_> {
    /// The payer's lookup tables of this pool.
    pub fn find_tables(&self, addresses: &PoolAddresses) -> Result<Vec<AddressLookupTableAccount>> {
        let memcmp = |offset: usize, bytes: &[u8]| {
            RpcFilterType::Memcmp(Memcmp::new_base58_encoded(offset, bytes))
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(vec![
                memcmp(0, &STATE_TABLE),
                memcmp(DEACTIVATION_AT, &NOT_DEACTIVATED),
                memcmp(AUTHORITY_AT, self.payer.pubkey().as_ref()),
                memcmp(LOOKUP_TABLE_META_SIZE, addresses.pool.as_ref()),
            ]),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                commitment: Some(self.rpc.commitment()),
                ..RpcAccountInfoConfig::default()
            },
            ..RpcProgramAccountsConfig::default()
        };
        let found = self
            .rpc
            .get_program_ui_accounts_with_config(&address_lookup_table::ID, config)?;
        let mut tables = found
            .iter()
            .map(|(key, account)| {
                let data = account.data.decode().ok_or(unreadable(key))?;
                let table = AddressLookupTable::deserialize(&data).map_err(|_| unreadable(key))?;
                Ok(AddressLookupTableAccount {
                    key: *key,
                    addresses: table.addresses.to_vec(),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        tables.sort_by_key(|table| table.key);
        Ok(tables)
    }

    /// Makes the payer's tables hold everything that the pool's cranks use, and waits until they
    /// can be used. The payer pays their rent.
    pub fn ensure_tables(
        &self,
        snapshot: &PoolSnapshot,
        on_transaction: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<AddressLookupTableAccount>> {
        let mut tables = self.find_tables(&snapshot.addresses)?;
        let mut extended_slot = None;
        for _ in 0..MAX_TABLES {
            if missing(snapshot, &tables).is_empty() {
                break;
            }
            let slot = self.recent_slot()?;
            let transactions = plan(snapshot, &tables, &self.payer.pubkey(), slot);
            for (done, instructions) in transactions.iter().enumerate() {
                let sent = self.send(instructions, &[], Repeat::Harmful)?;
                extended_slot = Some(sent.slot);
                on_transaction(done + 1, transactions.len());
            }
            tables = self.find_tables(&snapshot.addresses)?;
        }
        // Addresses can be looked up from the slot after the one that appended them.
        if let Some(slot) = extended_slot {
            while self.rpc.get_slot()? <= slot {
                thread::sleep(SLOT_STEP);
            }
        }
        Ok(tables)
    }

    /// The newest slot that a table can be derived from: the first of the slot hashes, which are
    /// stored as their number, then slot and hash of each.
    fn recent_slot(&self) -> Result<u64> {
        let address = sysvar::slot_hashes::ID;
        let fetched = self.rpc.accounts(&[address], None)?;
        fetched
            .accounts
            .first()
            .and_then(Option::as_ref)
            .and_then(|account| account.data.get(8..16)?.try_into().ok())
            .map(u64::from_le_bytes)
            .ok_or(ClientError::Unreadable {
                address,
                expected: "slot hashes",
            })
    }
}

fn unreadable(address: &Pubkey) -> ClientError {
    ClientError::Unreadable {
        address: *address,
        expected: "lookup table",
    }
}
