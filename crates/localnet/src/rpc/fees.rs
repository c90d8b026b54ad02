//! Blockhashes and fees.

use jsonrpc_core::Error;
use solana_hash::Hash;
use solana_message::{SanitizedMessage, SanitizedVersionedMessage, VersionedMessage};
use solana_rpc_client_api::{
    config::{RpcContextConfig, UiTransactionEncoding},
    response::{Response, RpcBlockhash, RpcPrioritizationFee},
};
use solana_runtime::bank::Bank;

use super::{Methods, RpcResult, Services, params::decode, parse_pubkey, with_context};

/// How many accounts a query for priority fees may name.
const MAX_FEE_ACCOUNTS: usize = 128;

/// Of how many blocks priority fees are shown.
const SHOWN_PRIORITY_FEES: usize = 150;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getLatestBlockhash", 0..=1, get_latest_blockhash);
    methods.add("isBlockhashValid", 1..=2, is_blockhash_valid);
    methods.add("getFeeForMessage", 1..=2, get_fee_for_message);
    methods.add(
        "getRecentPrioritizationFees",
        0..=1,
        get_recent_prioritization_fees,
    );
}

fn get_latest_blockhash(
    services: &Services,
    (config,): (Option<RpcContextConfig>,),
) -> RpcResult<Response<RpcBlockhash>> {
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(with_context(&bank, latest_blockhash(&bank)))
}

/// The newest blockhash and how long it lasts.
pub(super) fn latest_blockhash(bank: &Bank) -> RpcBlockhash {
    let blockhash = bank.last_blockhash();
    RpcBlockhash {
        blockhash: blockhash.to_string(),
        last_valid_block_height: bank
            .get_blockhash_last_valid_block_height(&blockhash)
            .unwrap_or_else(|| bank.block_height()),
    }
}

fn is_blockhash_valid(
    services: &Services,
    (blockhash, config): (String, Option<RpcContextConfig>),
) -> RpcResult<Response<bool>> {
    let blockhash: Hash = blockhash
        .parse()
        .map_err(|error| Error::invalid_params(format!("{error:?}")))?;
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(with_context(&bank, bank.is_blockhash_valid(&blockhash)))
}

fn get_fee_for_message(
    services: &Services,
    (message, config): (String, Option<RpcContextConfig>),
) -> RpcResult<Response<Option<u64>>> {
    let message: VersionedMessage = decode(&message, UiTransactionEncoding::Base64)?;
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    let message = SanitizedVersionedMessage::try_from(message).map_err(invalid_message)?;
    let message = SanitizedMessage::try_new(message, &**bank, bank.get_reserved_account_keys())
        .map_err(invalid_message)?;
    Ok(with_context(&bank, bank.get_fee_for_message(&message)))
}

fn invalid_message(error: impl std::fmt::Display) -> Error {
    Error::invalid_params(format!("invalid transaction message: {error}"))
}

/// Blocks here are never full, so none of them asks for a priority fee.
fn get_recent_prioritization_fees(
    services: &Services,
    (addresses,): (Option<Vec<String>>,),
) -> RpcResult<Vec<RpcPrioritizationFee>> {
    let addresses = addresses.unwrap_or_default();
    if addresses.len() > MAX_FEE_ACCOUNTS {
        return Err(Error::invalid_params(format!(
            "Too many inputs provided; max {MAX_FEE_ACCOUNTS}"
        )));
    }
    for address in &addresses {
        parse_pubkey(address)?;
    }
    let ledger = services.cluster.ledger.read();
    let mut fees: Vec<_> = ledger
        .blocks()
        .rev()
        .take(SHOWN_PRIORITY_FEES)
        .map(|block| RpcPrioritizationFee {
            slot: block.slot,
            prioritization_fee: 0,
        })
        .collect();
    fees.reverse();
    Ok(fees)
}
