//! A keeper's lookup tables of a pool: finding them, and which of them nobody needs any more.

use std::collections::{BTreeSet, HashSet};

use sluice_math::Lamports;
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_address_lookup_table_interface::state::{AddressLookupTable, LOOKUP_TABLE_META_SIZE};
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_sdk_ids::{address_lookup_table, sysvar};

use super::wanted;
use crate::{AccountSource, ClientError, MAX_ADDRESSES, PoolSnapshot, Result};

/// The state of a table with an authority: tag u32, deactivation and extension slots, start index
/// u8, then the authority's tag at 21 and key at 22.
const STATE_TABLE: [u8; 4] = [1, 0, 0, 0];
const AUTHORITY_AT: usize = 22;
/// Blocks whose slots the cluster remembers: for so long a deactivated table can still be used.
pub(super) const REMEMBERED_BLOCKS: u64 = 512;

/// Addresses that are read, however many an index lists.
const MAX_LISTED: usize = 1_000;

/// A lookup table of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTable {
    /// Where it is, and what it holds.
    pub table: AddressLookupTableAccount,
    /// The slot in which it was deactivated, if it was.
    pub deactivated_slot: Option<u64>,
    /// Its rent, which comes back once it is closed.
    pub rent: Lamports,
}

impl OwnTable {
    /// Reads an account; `None` where it is no table of this keeper and this pool.
    fn read(key: Pubkey, account: &Account, keeper: &Pubkey, pool: &Pubkey) -> Option<Self> {
        if account.owner != address_lookup_table::ID {
            return None;
        }
        let table = AddressLookupTable::deserialize(&account.data).ok()?;
        let own = table.meta.authority == Some(*keeper) && table.addresses.first() == Some(pool);
        own.then(|| Self {
            table: AddressLookupTableAccount {
                key,
                addresses: table.addresses.to_vec(),
            },
            deactivated_slot: Some(table.meta.deactivation_slot).filter(|slot| *slot != u64::MAX),
            rent: Lamports::new(account.lamports),
        })
    }

    /// Whether transactions may use it.
    pub fn is_active(&self) -> bool {
        self.deactivated_slot.is_none()
    }
}

/// The tables of `pool` whose authority is `keeper`, by address. The index only says where they may
/// be: an index can lag, so what they say is read anew, and so is what is `known` without it.
pub fn tables_of(
    rpc: &RpcClient,
    keeper: &Pubkey,
    pool: &Pubkey,
    known: &[Pubkey],
) -> Result<Vec<OwnTable>> {
    let memcmp = |offset: usize, bytes: &[u8]| {
        RpcFilterType::Memcmp(Memcmp::new_base58_encoded(offset, bytes))
    };
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![
            memcmp(0, &STATE_TABLE),
            memcmp(AUTHORITY_AT, keeper.as_ref()),
            memcmp(LOOKUP_TABLE_META_SIZE, pool.as_ref()),
        ]),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: Some(UiDataSliceConfig {
                offset: 0,
                length: 0,
            }),
            commitment: Some(rpc.commitment()),
            ..RpcAccountInfoConfig::default()
        },
        ..RpcProgramAccountsConfig::default()
    };
    let found = rpc.get_program_ui_accounts_with_config(&address_lookup_table::ID, config)?;
    let listed = found.into_iter().map(|(address, _)| address);
    let addresses: Vec<Pubkey> = known
        .iter()
        .copied()
        .chain(listed)
        .take(MAX_LISTED)
        .collect();
    tables_at(rpc, &addresses, keeper, pool, None)
}

/// Those of these addresses that are tables of `pool` whose authority is `keeper`, by address, not
/// read before `min_slot`.
pub fn tables_at(
    source: &impl AccountSource,
    addresses: &[Pubkey],
    keeper: &Pubkey,
    pool: &Pubkey,
    min_slot: Option<u64>,
) -> Result<Vec<OwnTable>> {
    let addresses: BTreeSet<Pubkey> = addresses.iter().copied().collect();
    let addresses: Vec<Pubkey> = addresses.into_iter().collect();
    let mut tables = Vec::with_capacity(addresses.len());
    for part in addresses.chunks(MAX_ADDRESSES) {
        let accounts = part.iter().zip(source.accounts(part, min_slot)?.accounts);
        let own = |(key, account): (&Pubkey, Option<Account>)| {
            OwnTable::read(*key, &account?, keeper, pool)
        };
        tables.extend(accounts.filter_map(own));
    }
    Ok(tables)
}

/// The active tables that the pool's cranks can do without: all that one of them holds and that is
/// wanted is in others that stay. The emptiest goes first.
pub fn unneeded(snapshot: &PoolSnapshot, tables: &[OwnTable]) -> Vec<Pubkey> {
    let wanted: HashSet<Pubkey> = wanted(snapshot).into_iter().collect();
    let mut staying: Vec<(Pubkey, HashSet<Pubkey>)> = tables
        .iter()
        .filter(|own| own.is_active())
        .map(|own| {
            let held = own.table.addresses.iter().copied();
            (
                own.table.key,
                held.filter(|held| wanted.contains(held)).collect(),
            )
        })
        .collect();
    staying.sort_by_key(|(key, useful)| (useful.len(), *key));
    let mut unneeded = Vec::new();
    let mut index = 0;
    while let Some((key, useful)) = staying.get(index) {
        let others = staying.iter().filter(|(other, _)| other != key);
        let elsewhere: HashSet<Pubkey> = others.flat_map(|(_, useful)| useful).copied().collect();
        if useful.is_subset(&elsewhere) {
            unneeded.push(*key);
            staying.remove(index);
        } else {
            index += 1;
        }
    }
    unneeded
}

/// The slots that the cluster remembers, the newest first. Tables are derived from one of them.
pub fn recent_slots(source: &impl AccountSource) -> Result<Vec<u64>> {
    // Their number, then slot and hash of each.
    const HEAD: usize = 8;
    const ENTRY: usize = 8 + 32;
    let address = sysvar::slot_hashes::ID;
    let account = source.accounts(&[address], None)?.accounts.into_iter();
    let data = account.flatten().next().map(|account| account.data);
    let (head, entries) = data
        .as_deref()
        .and_then(|data| data.split_at_checked(HEAD))
        .unwrap_or_default();
    let word = |bytes: &[u8]| Some(u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?));
    let count = word(head).and_then(|count| usize::try_from(count).ok());
    let slots: Vec<u64> = entries
        .chunks_exact(ENTRY)
        .take(count.unwrap_or_default())
        .filter_map(word)
        .collect();
    if slots.is_empty() {
        return Err(ClientError::Unreadable {
            address,
            expected: "slot hashes",
        });
    }
    Ok(slots)
}
