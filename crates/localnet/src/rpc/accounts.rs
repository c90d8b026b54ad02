//! Balances and accounts.

use jsonrpc_core::Error;
use solana_account_decoder::{UiAccount, UiAccountEncoding};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{CommitmentConfig, RpcAccountInfoConfig, RpcContextConfig, RpcProgramAccountsConfig},
    response::{OptionalContext, Response, RpcKeyedAccount},
};
use solana_runtime::bank::Bank;

use super::{
    EncodingLimit, Methods, RpcResult, Services, checked_filters, encode_account, keyed_accounts,
    parse_pubkey, scan_program_accounts, with_context,
};

/// How many accounts one call may read.
const MAX_MULTIPLE_ACCOUNTS: usize = 100;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getBalance", 1..=2, get_balance);
    methods.add("getAccountInfo", 1..=2, get_account_info);
    methods.add("getMultipleAccounts", 1..=2, get_multiple_accounts);
    methods.add("getProgramAccounts", 1..=2, get_program_accounts);
    methods.add(
        "getMinimumBalanceForRentExemption",
        1..=2,
        get_minimum_balance_for_rent_exemption,
    );
}

fn get_balance(
    services: &Services,
    (address, config): (String, Option<RpcContextConfig>),
) -> RpcResult<Response<u64>> {
    let address = parse_pubkey(&address)?;
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(with_context(&bank, bank.get_balance(&address)))
}

fn get_account_info(
    services: &Services,
    (address, config): (String, Option<RpcAccountInfoConfig>),
) -> RpcResult<Response<Option<UiAccount>>> {
    let address = parse_pubkey(&address)?;
    let config = config.unwrap_or_default();
    let bank = services.bank_at(config.min_context_slot)?;
    let account = read_account(&bank, &address, &config, UiAccountEncoding::Binary)?;
    Ok(with_context(&bank, account))
}

fn get_multiple_accounts(
    services: &Services,
    (addresses, config): (Vec<String>, Option<RpcAccountInfoConfig>),
) -> RpcResult<Response<Vec<Option<UiAccount>>>> {
    if addresses.len() > MAX_MULTIPLE_ACCOUNTS {
        return Err(Error::invalid_params(format!(
            "Too many inputs provided; max {MAX_MULTIPLE_ACCOUNTS}"
        )));
    }
    let addresses = addresses
        .iter()
        .map(|address| parse_pubkey(address))
        .collect::<RpcResult<Vec<_>>>()?;
    let config = config.unwrap_or_default();
    let bank = services.bank_at(config.min_context_slot)?;
    let accounts = addresses
        .iter()
        .map(|address| read_account(&bank, address, &config, UiAccountEncoding::Base64))
        .collect::<RpcResult<_>>()?;
    Ok(with_context(&bank, accounts))
}

fn get_program_accounts(
    services: &Services,
    (program, config): (String, Option<RpcProgramAccountsConfig>),
) -> RpcResult<OptionalContext<Vec<RpcKeyedAccount>>> {
    let program = parse_pubkey(&program)?;
    let config = config.unwrap_or_default();
    let filters = checked_filters(config.filters.unwrap_or_default())?;
    let bank = services.bank_at(config.account_config.min_context_slot)?;
    let found = scan_program_accounts(&bank, &program, &filters)?;
    let accounts = keyed_accounts(
        &bank,
        &found,
        &config.account_config,
        EncodingLimit::Enforced,
    )?;
    Ok(if config.with_context.unwrap_or(false) {
        OptionalContext::Context(with_context(&bank, accounts))
    } else {
        OptionalContext::NoContext(accounts)
    })
}

fn get_minimum_balance_for_rent_exemption(
    services: &Services,
    (length, _): (usize, Option<CommitmentConfig>),
) -> RpcResult<u64> {
    Ok(services
        .cluster
        .bank()
        .get_minimum_balance_for_rent_exemption(length))
}

/// An account as a client wants to see it, if it exists.
fn read_account(
    bank: &Bank,
    address: &Pubkey,
    config: &RpcAccountInfoConfig,
    default_encoding: UiAccountEncoding,
) -> RpcResult<Option<UiAccount>> {
    let Some(account) = bank.get_account(address) else {
        return Ok(None);
    };
    let encoding = config.encoding.unwrap_or(default_encoding);
    let limit = EncodingLimit::Enforced;
    encode_account(bank, address, &account, encoding, config.data_slice, limit).map(Some)
}
