//! Searching all accounts of a program.

use jsonrpc_core::Error;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_account_decoder::{
    UiAccountEncoding,
    parse_token::{get_token_account_mint, spl_token_ids},
};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::RpcAccountInfoConfig,
    custom_error::RpcCustomError,
    filter::{RpcFilterError, RpcFilterType},
    response::RpcKeyedAccount,
};
use solana_runtime::bank::Bank;

use super::{EncodingLimit, RpcResult, encode_account};

/// How many filters a scan may have.
const MAX_FILTERS: usize = 4;

/// Checks filters and prepares them for comparing.
pub(crate) fn checked_filters(filters: Vec<RpcFilterType>) -> RpcResult<Vec<RpcFilterType>> {
    if filters.len() > MAX_FILTERS {
        return Err(Error::invalid_params(format!(
            "Too many filters provided; max {MAX_FILTERS}"
        )));
    }
    filters
        .into_iter()
        .map(|mut filter| {
            filter.verify()?;
            if let RpcFilterType::Memcmp(compare) = &mut filter {
                compare.convert_to_raw_bytes()?;
            }
            Ok(filter)
        })
        .collect::<Result<_, RpcFilterError>>()
        .map_err(|error| Error::invalid_params(format!("Invalid param: {error:?}")))
}

/// Whether an account passes all filters.
fn passes(account: &AccountSharedData, filters: &[RpcFilterType]) -> bool {
    filters.iter().all(|filter| match filter {
        RpcFilterType::DataSize(size) => u64::try_from(account.data().len()) == Ok(*size),
        RpcFilterType::Memcmp(compare) => compare.bytes_match(account.data()),
        RpcFilterType::TokenAccountState => is_initialized_token_account(account),
    })
}

/// Whether data is that of a token account that has been initialized.
fn is_initialized_token_account(account: &AccountSharedData) -> bool {
    spl_token_ids().contains(account.owner()) && get_token_account_mint(account.data()).is_some()
}

/// All accounts of a program that pass the filters.
pub(crate) fn scan_program_accounts(
    bank: &Bank,
    program: &Pubkey,
    filters: &[RpcFilterType],
) -> RpcResult<Vec<(Pubkey, AccountSharedData)>> {
    bank.get_filtered_program_accounts(program, |account| passes(account, filters))
        .map_err(|error| {
            RpcCustomError::ScanError {
                message: error.to_string(),
            }
            .into()
        })
}

/// Accounts with their addresses as a client wants to see them.
pub(crate) fn keyed_accounts(
    bank: &Bank,
    accounts: &[(Pubkey, AccountSharedData)],
    config: &RpcAccountInfoConfig,
    limit: EncodingLimit,
) -> RpcResult<Vec<RpcKeyedAccount>> {
    let encoding = config.encoding.unwrap_or(UiAccountEncoding::Binary);
    accounts
        .iter()
        .map(|(address, account)| {
            let slice = config.data_slice;
            Ok(RpcKeyedAccount {
                pubkey: address.to_string(),
                account: encode_account(bank, address, account, encoding, slice, limit)?,
            })
        })
        .collect()
}
