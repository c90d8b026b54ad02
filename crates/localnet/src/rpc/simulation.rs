//! Trying a transaction without keeping what it does.

use jsonrpc_core::Error;
use solana_account::AccountSharedData;
use solana_account_decoder::{UiAccount, UiAccountEncoding};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{
        RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig, UiTransactionEncoding,
    },
    custom_error::RpcCustomError,
    response::{Response, RpcSimulateTransactionResult},
};
use solana_runtime::bank::{Bank, TransactionSimulationResult};
use solana_transaction::{TransactionVerificationMode, versioned::VersionedTransaction};
use solana_transaction_status::{
    UiInnerInstructions, UiLoadedAddresses, map_inner_instructions, parse_ui_inner_instructions,
};

use super::{
    EncodingLimit, Methods, RpcResult, Services, encode_account, fees::latest_blockhash,
    params::decode, parse_pubkey, with_context,
};
use crate::execution::{Sanitized, simulate, token_balances};

pub(super) fn register(methods: &mut Methods) {
    methods.add("simulateTransaction", 1..=2, simulate_transaction);
}

fn simulate_transaction(
    services: &Services,
    (data, config): (String, Option<RpcSimulateTransactionConfig>),
) -> RpcResult<Response<RpcSimulateTransactionResult>> {
    let config = config.unwrap_or_default();
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Base58);
    let mut transaction: VersionedTransaction = decode(&data, encoding)?;
    let bank = services.bank_at(config.min_context_slot)?;
    let replacement = config
        .replace_recent_blockhash
        .then(|| latest_blockhash(&bank));
    if config.replace_recent_blockhash {
        if config.sig_verify {
            return Err(Error::invalid_params(
                "sigVerify may not be used with replaceRecentBlockhash",
            ));
        }
        transaction
            .message
            .set_recent_blockhash(bank.last_blockhash());
    }
    let sanitized = sanitize(&bank, transaction.clone())?;
    if config.sig_verify && transaction.verify_with_results().contains(&false) {
        return Err(RpcCustomError::TransactionSignatureVerificationFailure.into());
    }
    let mut outcome = simulate(&bank, &sanitized);
    let accounts = config
        .accounts
        .map(|wanted| accounts_after(&bank, &sanitized, &outcome, wanted))
        .transpose()?;
    let inner_instructions = outcome
        .inner_instructions
        .take()
        .filter(|_| config.inner_instructions)
        .map(|list| ui_inner_instructions(list, &sanitized));
    let result = RpcSimulateTransactionResult {
        accounts,
        inner_instructions,
        replacement_blockhash: replacement,
        loaded_addresses: Some(UiLoadedAddresses::from(&sanitized.get_loaded_addresses())),
        ..simulation_result(outcome)
    };
    Ok(with_context(&bank, result))
}

/// Checks the form of a transaction and looks up the addresses in its tables.
pub(super) fn sanitize(bank: &Bank, transaction: VersionedTransaction) -> RpcResult<Sanitized> {
    bank.verify_transaction(transaction, TransactionVerificationMode::HashOnly)
        .map_err(|error| Error::invalid_params(format!("invalid transaction: {error}")))
}

/// What a preflight shows of a simulation that failed.
pub(super) fn failed_simulation(
    outcome: TransactionSimulationResult,
) -> RpcSimulateTransactionResult {
    RpcSimulateTransactionResult {
        fee: None,
        pre_balances: None,
        post_balances: None,
        pre_token_balances: None,
        post_token_balances: None,
        ..simulation_result(outcome)
    }
}

/// What every simulation shows.
fn simulation_result(outcome: TransactionSimulationResult) -> RpcSimulateTransactionResult {
    let ui_tokens = |infos| {
        token_balances(infos)
            .into_iter()
            .map(Into::into)
            .collect::<Vec<_>>()
    };
    RpcSimulateTransactionResult {
        err: outcome.result.err().map(Into::into),
        logs: Some(outcome.logs),
        accounts: None,
        units_consumed: Some(outcome.units_consumed),
        loaded_accounts_data_size: Some(outcome.loaded_accounts_data_size),
        return_data: outcome.return_data.map(Into::into),
        inner_instructions: None,
        replacement_blockhash: None,
        fee: outcome.fee,
        pre_balances: outcome.pre_balances,
        post_balances: outcome.post_balances,
        pre_token_balances: outcome.pre_token_balances.map(ui_tokens),
        post_token_balances: outcome.post_token_balances.map(ui_tokens),
        loaded_addresses: None,
    }
}

/// The accounts that the caller wants to see as the transaction would leave them.
fn accounts_after(
    bank: &Bank,
    transaction: &Sanitized,
    outcome: &TransactionSimulationResult,
    wanted: RpcSimulateTransactionAccountsConfig,
) -> RpcResult<Vec<Option<UiAccount>>> {
    let encoding = wanted.encoding.unwrap_or(UiAccountEncoding::Base64);
    if matches!(
        encoding,
        UiAccountEncoding::Binary | UiAccountEncoding::Base58
    ) {
        return Err(Error::invalid_params("base58 encoding not supported"));
    }
    let most = transaction.message().account_keys().len();
    if wanted.addresses.len() > most {
        return Err(Error::invalid_params(format!(
            "Too many accounts provided; max {most}"
        )));
    }
    if outcome.result.is_err() {
        return Ok(vec![None; wanted.addresses.len()]);
    }
    wanted
        .addresses
        .iter()
        .map(|address| {
            let address = parse_pubkey(address)?;
            account_after(bank, outcome, &address)
                .map(|account| {
                    let limit = EncodingLimit::Waived;
                    encode_account(bank, &address, &account, encoding, None, limit)
                })
                .transpose()
        })
        .collect()
}

/// An account as the transaction would leave it; one that it does not name stays as it is.
fn account_after(
    bank: &Bank,
    outcome: &TransactionSimulationResult,
    address: &Pubkey,
) -> Option<AccountSharedData> {
    outcome
        .post_simulation_accounts
        .iter()
        .find(|(candidate, _)| candidate == address)
        .map(|(_, account)| account.clone())
        .or_else(|| bank.get_account(address))
}

fn ui_inner_instructions(
    list: solana_message::inner_instruction::InnerInstructionsList,
    transaction: &Sanitized,
) -> Vec<UiInnerInstructions> {
    let keys = transaction.message().account_keys();
    map_inner_instructions(list)
        .map(|instructions| parse_ui_inner_instructions(instructions, &keys))
        .collect()
}
