//! Token balances and supplies, for both token programs.

use jsonrpc_core::Error;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_account_decoder::{
    parse_account_data::SplTokenAdditionalDataV2,
    parse_token::{
        TokenAccountType, UiTokenAmount, get_token_account_mint, is_known_spl_token_id,
        parse_token_v3, token_amount_to_ui_amount_v3,
    },
};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{CommitmentConfig, RpcAccountInfoConfig, RpcTokenAccountsFilter},
    filter::{Memcmp, RpcFilterType},
    response::{Response, RpcKeyedAccount, RpcTokenAccountBalance},
};
use solana_runtime::bank::Bank;

use super::{
    EncodingLimit, Methods, RpcResult, Services,
    encoding::{mint_decimals, parse_mint},
    keyed_accounts, parse_pubkey, scan_program_accounts, with_context,
};

/// How many of the largest accounts are shown.
const MAX_LARGEST_ACCOUNTS: usize = 20;

/// Where a token account names its mint.
const MINT_OFFSET: usize = 0;

/// Where a token account names its owner.
const OWNER_OFFSET: usize = 32;

/// Where a token account says that it has a delegate, followed by the delegate.
const DELEGATE_OFFSET: usize = 72;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getTokenAccountBalance", 1..=2, get_token_account_balance);
    methods.add("getTokenSupply", 1..=2, get_token_supply);
    methods.add("getTokenLargestAccounts", 1..=2, get_token_largest_accounts);
    methods.add(
        "getTokenAccountsByOwner",
        2..=3,
        get_token_accounts_by_owner,
    );
    methods.add(
        "getTokenAccountsByDelegate",
        2..=3,
        get_token_accounts_by_delegate,
    );
}

fn get_token_account_balance(
    services: &Services,
    (address, _): (String, Option<CommitmentConfig>),
) -> RpcResult<Response<UiTokenAmount>> {
    let address = parse_pubkey(&address)?;
    let bank = services.cluster.bank();
    let account = token_program_account(&bank, &address, "not a Token account")?;
    let balance = token_balance(&bank, &account)
        .ok_or_else(|| Error::invalid_params("Invalid param: not a Token account"))?;
    Ok(with_context(&bank, balance))
}

fn get_token_supply(
    services: &Services,
    (mint, _): (String, Option<CommitmentConfig>),
) -> RpcResult<Response<UiTokenAmount>> {
    let mint = parse_pubkey(&mint)?;
    let bank = services.cluster.bank();
    let (supply, decimals) = mint_supply(&bank, &mint)?;
    Ok(with_context(&bank, ui_amount(supply, decimals)))
}

fn get_token_largest_accounts(
    services: &Services,
    (mint, _): (String, Option<CommitmentConfig>),
) -> RpcResult<Response<Vec<RpcTokenAccountBalance>>> {
    let mint = parse_pubkey(&mint)?;
    let bank = services.cluster.bank();
    let program = *token_program_account(&bank, &mint, "not a Token mint")?.owner();
    mint_supply(&bank, &mint)?;
    let filters = [
        RpcFilterType::TokenAccountState,
        equals(MINT_OFFSET, mint.as_ref()),
    ];
    let mut balances: Vec<_> = scan_program_accounts(&bank, &program, &filters)?
        .into_iter()
        .filter_map(|(address, account)| Some((address, token_balance(&bank, &account)?)))
        .map(|(address, amount)| (amount.amount.parse::<u64>().unwrap_or(0), address, amount))
        .collect();
    balances.sort_by_key(|(amount, address, _)| (std::cmp::Reverse(*amount), *address));
    let largest = balances
        .into_iter()
        .take(MAX_LARGEST_ACCOUNTS)
        .map(|(_, address, amount)| RpcTokenAccountBalance {
            address: address.to_string(),
            amount,
        })
        .collect();
    Ok(with_context(&bank, largest))
}

type TokenAccountsParams = (String, RpcTokenAccountsFilter, Option<RpcAccountInfoConfig>);

fn get_token_accounts_by_owner(
    services: &Services,
    (owner, which, config): TokenAccountsParams,
) -> RpcResult<Response<Vec<RpcKeyedAccount>>> {
    let owner = parse_pubkey(&owner)?;
    let filter = equals(OWNER_OFFSET, owner.as_ref());
    token_accounts(services, filter, which, config)
}

fn get_token_accounts_by_delegate(
    services: &Services,
    (delegate, which, config): TokenAccountsParams,
) -> RpcResult<Response<Vec<RpcKeyedAccount>>> {
    let delegate = parse_pubkey(&delegate)?;
    let some_delegate = [&1u32.to_le_bytes(), delegate.as_ref()].concat();
    let filter = equals(DELEGATE_OFFSET, &some_delegate);
    token_accounts(services, filter, which, config)
}

/// The token accounts of one mint or one token program that pass a filter.
fn token_accounts(
    services: &Services,
    filter: RpcFilterType,
    which: RpcTokenAccountsFilter,
    config: Option<RpcAccountInfoConfig>,
) -> RpcResult<Response<Vec<RpcKeyedAccount>>> {
    let config = config.unwrap_or_default();
    let bank = services.bank_at(config.min_context_slot)?;
    let mut filters = vec![RpcFilterType::TokenAccountState, filter];
    let program = match which {
        RpcTokenAccountsFilter::ProgramId(program) => parse_pubkey(&program)?,
        RpcTokenAccountsFilter::Mint(mint) => {
            let mint = parse_pubkey(&mint)?;
            filters.push(equals(MINT_OFFSET, mint.as_ref()));
            let account = bank
                .get_account(&mint)
                .ok_or_else(|| Error::invalid_params("Invalid param: could not find mint"))?;
            *account.owner()
        }
    };
    if !is_known_spl_token_id(&program) {
        return Err(Error::invalid_params(
            "Invalid param: unrecognized Token program id",
        ));
    }
    let found = scan_program_accounts(&bank, &program, &filters)?;
    let accounts = keyed_accounts(&bank, &found, &config, EncodingLimit::Enforced)?;
    Ok(with_context(&bank, accounts))
}

/// The supply of a mint in base units, and its decimals.
fn mint_supply(bank: &Bank, mint: &Pubkey) -> RpcResult<(u64, u8)> {
    let not_a_mint = "not a Token mint";
    let account = token_program_account(bank, mint, not_a_mint)?;
    parse_mint(&account)
        .map(|mint| (mint.supply.parse().unwrap_or_default(), mint.decimals))
        .ok_or_else(|| Error::invalid_params(format!("Invalid param: {not_a_mint}")))
}

/// The balance of a token account.
fn token_balance(bank: &Bank, account: &AccountSharedData) -> Option<UiTokenAmount> {
    let mint = get_token_account_mint(account.data())?;
    let decimals = SplTokenAdditionalDataV2::with_decimals(mint_decimals(bank, &mint)?);
    match parse_token_v3(account.data(), Some(&decimals)) {
        Ok(TokenAccountType::Account(account)) => Some(account.token_amount),
        _ => None,
    }
}

/// An account that belongs to one of the token programs.
fn token_program_account(
    bank: &Bank,
    address: &Pubkey,
    otherwise: &str,
) -> RpcResult<AccountSharedData> {
    let account = bank
        .get_account(address)
        .ok_or_else(|| Error::invalid_params("Invalid param: could not find account"))?;
    if is_known_spl_token_id(account.owner()) {
        Ok(account)
    } else {
        Err(Error::invalid_params(format!("Invalid param: {otherwise}")))
    }
}

fn ui_amount(amount: u64, decimals: u8) -> UiTokenAmount {
    token_amount_to_ui_amount_v3(amount, &SplTokenAdditionalDataV2::with_decimals(decimals))
}

fn equals(offset: usize, bytes: &[u8]) -> RpcFilterType {
    RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, bytes.to_vec()))
}
