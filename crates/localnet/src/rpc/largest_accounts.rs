//! The accounts that hold the most lamports.

use std::collections::HashSet;

use solana_accounts_db::accounts::AccountAddressFilter;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{RpcLargestAccountsConfig, RpcLargestAccountsFilter},
    custom_error::RpcCustomError,
    response::{Response, RpcAccountBalance},
};
use solana_runtime::{bank::Bank, non_circulating_supply::calculate_non_circulating_supply};

use super::{Methods, RpcResult, Services, with_context};

/// How many accounts are shown.
const MAX_LARGEST_ACCOUNTS: usize = 20;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getLargestAccounts", 0..=1, get_largest_accounts);
}

/// Sorted whether the caller asks for that or not.
fn get_largest_accounts(
    services: &Services,
    (config,): (Option<RpcLargestAccountsConfig>,),
) -> RpcResult<Response<Vec<RpcAccountBalance>>> {
    let bank = services.cluster.bank();
    let (named, filter) = match config.unwrap_or_default().filter {
        None => (HashSet::new(), AccountAddressFilter::Exclude),
        Some(RpcLargestAccountsFilter::Circulating) => {
            (non_circulating(&bank)?, AccountAddressFilter::Exclude)
        }
        Some(RpcLargestAccountsFilter::NonCirculating) => {
            (non_circulating(&bank)?, AccountAddressFilter::Include)
        }
    };
    let largest = bank
        .get_largest_accounts(MAX_LARGEST_ACCOUNTS, &named, filter)
        .map_err(scan_error)?;
    let balances = largest
        .into_iter()
        .map(|(address, lamports)| RpcAccountBalance {
            address: address.to_string(),
            lamports,
        })
        .collect();
    Ok(with_context(&bank, balances))
}

fn non_circulating(bank: &Bank) -> RpcResult<HashSet<Pubkey>> {
    let supply = calculate_non_circulating_supply(bank).map_err(scan_error)?;
    Ok(supply.accounts.into_iter().collect())
}

fn scan_error(error: impl ToString) -> RpcCustomError {
    RpcCustomError::ScanError {
        message: error.to_string(),
    }
}
