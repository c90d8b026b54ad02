//! Sending transactions, and airdrops.

use std::sync::atomic::Ordering;

use jsonrpc_core::Error;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_message::{Message, VersionedMessage};
use solana_rpc_client_api::{
    config::{RpcRequestAirdropConfig, RpcSendTransactionConfig, UiTransactionEncoding},
    custom_error::RpcCustomError,
    response::RpcSimulateTransactionResult,
};
use solana_runtime::bank::TransactionSimulationResult;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use super::{
    Methods, RpcResult, Services,
    params::{decode, internal_error},
    parse_pubkey,
    simulation::{failed_simulation, sanitize},
};
use crate::execution::simulate;

/// The compute limit of an airdrop; a counter is added to make every airdrop unique.
const AIRDROP_COMPUTE_UNITS: u32 = 1_000;

/// How many airdrops pass before their transactions repeat.
const DISTINCT_AIRDROPS: u32 = 1_000_000;

pub(super) fn register(methods: &mut Methods) {
    methods.add("sendTransaction", 1..=2, send_transaction);
    methods.add("requestAirdrop", 2..=3, request_airdrop);
}

/// Executes a transaction at once, so that its signature is final when it is returned.
fn send_transaction(
    services: &Services,
    (data, config): (String, Option<RpcSendTransactionConfig>),
) -> RpcResult<String> {
    let config = config.unwrap_or_default();
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Base58);
    let transaction: VersionedTransaction = decode(&data, encoding)?;
    let signature = first_signature(&transaction)?;
    preflight(services, &transaction, &config)?;
    match services.cluster.process(transaction) {
        Err(error) if !config.skip_preflight => Err(preflight_failure(
            TransactionSimulationResult::new_error(error),
        )),
        _ => Ok(signature.to_string()),
    }
}

fn first_signature(transaction: &VersionedTransaction) -> RpcResult<Signature> {
    transaction
        .signatures
        .first()
        .copied()
        .ok_or_else(|| Error::invalid_params("invalid transaction: no signature"))
}

/// Refuses what would fail, unless the caller wants it sent regardless.
fn preflight(
    services: &Services,
    transaction: &VersionedTransaction,
    config: &RpcSendTransactionConfig,
) -> RpcResult<()> {
    let bank = services.bank_at(config.min_context_slot)?;
    let sanitized = sanitize(&bank, transaction.clone())?;
    if config.skip_preflight {
        return Ok(());
    }
    if transaction.verify_with_results().contains(&false) {
        return Err(RpcCustomError::TransactionSignatureVerificationFailure.into());
    }
    let outcome = simulate(&bank, &sanitized);
    if outcome.result.is_err() {
        return Err(preflight_failure(outcome));
    }
    Ok(())
}

fn preflight_failure(outcome: TransactionSimulationResult) -> Error {
    let reason = match &outcome.result {
        Err(error) => error.clone(),
        Ok(()) => TransactionError::ClusterMaintenance,
    };
    let result: RpcSimulateTransactionResult = failed_simulation(outcome);
    RpcCustomError::SendTransactionPreflightFailure {
        message: format!("Transaction simulation failed: {reason}"),
        result,
    }
    .into()
}

fn request_airdrop(
    services: &Services,
    (address, lamports, config): (String, u64, Option<RpcRequestAirdropConfig>),
) -> RpcResult<String> {
    let recipient = parse_pubkey(&address)?;
    let blockhash = config
        .unwrap_or_default()
        .recent_blockhash
        .map(|text| {
            text.parse::<Hash>()
                .map_err(|error| Error::invalid_params(format!("{error:?}")))
        })
        .transpose()?
        .unwrap_or_else(|| services.cluster.bank().last_blockhash());
    let number = services.airdrops.fetch_add(1, Ordering::Relaxed);
    let units = AIRDROP_COMPUTE_UNITS.saturating_add(number.wrapping_rem(DISTINCT_AIRDROPS));
    let faucet = &services.faucet;
    let message = Message::new_with_blockhash(
        &[
            ComputeBudgetInstruction::set_compute_unit_limit(units),
            transfer(&faucet.pubkey(), &recipient, lamports),
        ],
        Some(&faucet.pubkey()),
        &blockhash,
    );
    let transaction = VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[faucet])
        .map_err(internal_error)?;
    let signature = first_signature(&transaction)?;
    let failed = |error| airdrop_failure(services, error);
    let record = services.cluster.process(transaction).map_err(failed)?;
    match record
        .tx_with_meta
        .get_status_meta()
        .map(|meta| meta.status)
    {
        Some(Err(error)) => Err(failed(error)),
        _ => Ok(signature.to_string()),
    }
}

/// Solana's words, and what to ask for where it was too little.
fn airdrop_failure(services: &Services, error: TransactionError) -> Error {
    let advice = match error {
        TransactionError::InsufficientFundsForRent { .. } => {
            let rent = services.cluster.bank();
            let rent = rent.get_minimum_balance_for_rent_exemption(0);
            format!(": a new account needs at least {rent} lamports, so ask for more")
        }
        _ => String::new(),
    };
    internal_error(format!("airdrop request failed: {error}{advice}"))
}
