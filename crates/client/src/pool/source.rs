//! Where accounts come from: a node, or a test's bank.

use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};

use super::minimum_delegation;
use crate::{ClientError, Result};

/// Addresses that one call of [`AccountSource::accounts`] may ask for.
pub const MAX_ADDRESSES: usize = 100;

/// Accounts as they were at one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The slot.
    pub slot: u64,
    /// The accounts in the order of their addresses; `None` where there is none.
    pub accounts: Vec<Option<Account>>,
}

/// What the data of an account must say to be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Offset into the data.
    pub offset: usize,
    /// The bytes there.
    pub bytes: Vec<u8>,
}

/// Reads accounts. Each call is consistent in itself: one slot.
pub trait AccountSource {
    /// At most [`MAX_ADDRESSES`] accounts at one slot, not before `min_slot`.
    fn accounts(&self, addresses: &[Pubkey], min_slot: Option<u64>) -> Result<Fetched>;

    /// The accounts of `program` that pass all filters: of this size, where one is named.
    fn program_accounts(
        &self,
        program: &Pubkey,
        data_bytes: Option<usize>,
        filters: &[Filter],
    ) -> Result<Vec<(Pubkey, Account)>>;

    /// The stake program's minimum delegation in lamports; `None` where the node cannot say.
    /// `payer` is an account of the system program with lamports to spare, which a node without
    /// this method needs for a simulation; it signs nothing.
    fn minimum_delegation_lamports(&self, payer: &Pubkey) -> Option<u64>;
}

impl AccountSource for RpcClient {
    fn accounts(&self, addresses: &[Pubkey], min_slot: Option<u64>) -> Result<Fetched> {
        let config = RpcAccountInfoConfig {
            min_context_slot: min_slot,
            ..account_config(self)
        };
        let response = self.get_multiple_ui_accounts_with_config(addresses, config)?;
        let decode = |(address, account): (&Pubkey, Option<UiAccount>)| {
            account
                .map(|account| to_account(address, &account))
                .transpose()
        };
        Ok(Fetched {
            slot: response.context.slot,
            accounts: addresses
                .iter()
                .zip(response.value)
                .map(decode)
                .collect::<Result<_>>()?,
        })
    }

    fn program_accounts(
        &self,
        program: &Pubkey,
        data_bytes: Option<usize>,
        filters: &[Filter],
    ) -> Result<Vec<(Pubkey, Account)>> {
        let memcmp = |filter: &Filter| {
            RpcFilterType::Memcmp(Memcmp::new_base58_encoded(filter.offset, &filter.bytes))
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(
                data_bytes
                    .map(|bytes| RpcFilterType::DataSize(bytes as u64))
                    .into_iter()
                    .chain(filters.iter().map(memcmp))
                    .collect(),
            ),
            account_config: account_config(self),
            ..RpcProgramAccountsConfig::default()
        };
        self.get_program_ui_accounts_with_config(program, config)?
            .iter()
            .map(|(address, account)| Ok((*address, to_account(address, account)?)))
            .collect()
    }

    fn minimum_delegation_lamports(&self, payer: &Pubkey) -> Option<u64> {
        minimum_delegation::ask(self, payer)
    }
}

fn account_config(rpc: &RpcClient) -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(rpc.commitment()),
        ..RpcAccountInfoConfig::default()
    }
}

pub(crate) fn to_account(address: &Pubkey, account: &UiAccount) -> Result<Account> {
    account.to_account().ok_or(ClientError::Unreadable {
        address: *address,
        expected: "account",
    })
}
