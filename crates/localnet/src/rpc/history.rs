//! Transactions of the recent past.

use jsonrpc_core::Error;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{
        RpcEncodingConfigWrapper, RpcSignatureStatusConfig, RpcSignaturesForAddressConfig,
        RpcTransactionConfig, UiTransactionEncoding,
    },
    custom_error::RpcCustomError,
    response::{Response, RpcConfirmedTransactionStatusWithSignature},
};
use solana_signature::Signature;
use solana_transaction_status::{
    ConfirmedTransactionWithStatusMeta, EncodedConfirmedTransactionWithStatusMeta,
    TransactionConfirmationStatus, TransactionStatus, TransactionWithStatusMeta,
};

use super::{Methods, RpcResult, Services, parse_pubkey, parse_signature, with_context};
use crate::ledger::Transaction;

/// How many statuses one call may ask for.
const MAX_STATUSES: usize = 256;

/// How many signatures one call may list.
const MAX_SIGNATURES: usize = 1_000;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getSignatureStatuses", 1..=2, get_signature_statuses);
    methods.add("getTransaction", 1..=2, get_transaction);
    methods.add("getSignaturesForAddress", 1..=2, get_signatures_for_address);
}

/// Every transaction that the cluster knows is final.
fn get_signature_statuses(
    services: &Services,
    (signatures, _): (Vec<String>, Option<RpcSignatureStatusConfig>),
) -> RpcResult<Response<Vec<Option<TransactionStatus>>>> {
    if signatures.len() > MAX_STATUSES {
        return Err(Error::invalid_params(format!(
            "Too many inputs provided; max {MAX_STATUSES}"
        )));
    }
    let signatures = signatures
        .iter()
        .map(|signature| parse_signature(signature))
        .collect::<RpcResult<Vec<_>>>()?;
    let bank = services.cluster.bank();
    let ledger = services.cluster.ledger.read();
    let statuses = signatures
        .iter()
        .map(|signature| ledger.transaction(signature).map(status))
        .collect();
    Ok(with_context(&bank, statuses))
}

fn status(transaction: &Transaction) -> TransactionStatus {
    let status = transaction_result(transaction);
    TransactionStatus {
        slot: transaction.slot,
        confirmations: None,
        err: status.clone().err(),
        status,
        confirmation_status: Some(TransactionConfirmationStatus::Finalized),
    }
}

/// Whether a transaction succeeded.
pub(crate) fn transaction_result(
    transaction: &Transaction,
) -> Result<(), solana_transaction_error::TransactionError> {
    match &transaction.tx_with_meta {
        TransactionWithStatusMeta::Complete(complete) => complete.meta.status.clone(),
        TransactionWithStatusMeta::MissingMetadata(_) => Ok(()),
    }
}

fn get_transaction(
    services: &Services,
    (signature, config): (
        String,
        Option<RpcEncodingConfigWrapper<RpcTransactionConfig>>,
    ),
) -> RpcResult<Option<EncodedConfirmedTransactionWithStatusMeta>> {
    let signature = parse_signature(&signature)?;
    let config = config
        .map(|config| config.convert_to_current())
        .unwrap_or_default();
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Json);
    let found = services
        .cluster
        .ledger
        .read()
        .transaction(&signature)
        .cloned();
    found
        .map(|transaction| {
            ConfirmedTransactionWithStatusMeta::clone(&transaction)
                .encode(encoding, config.max_supported_transaction_version)
                .map_err(|error| RpcCustomError::from(error).into())
        })
        .transpose()
}

/// Transactions that name an account, newest first.
fn get_signatures_for_address(
    services: &Services,
    (address, config): (String, Option<RpcSignaturesForAddressConfig>),
) -> RpcResult<Vec<RpcConfirmedTransactionStatusWithSignature>> {
    let address = parse_pubkey(&address)?;
    let config = config.unwrap_or_default();
    let before = config.before.as_deref().map(parse_signature).transpose()?;
    let until = config.until.as_deref().map(parse_signature).transpose()?;
    let limit = config.limit.unwrap_or(MAX_SIGNATURES);
    if limit == 0 || limit > MAX_SIGNATURES {
        return Err(Error::invalid_params(format!(
            "Invalid limit; max {MAX_SIGNATURES}"
        )));
    }
    drop(services.bank_at(config.min_context_slot)?);
    let ledger = services.cluster.ledger.read();
    let older = ledger
        .newest_transactions()
        .skip_while(|transaction| before.is_some_and(|before| before != signature_of(transaction)));
    Ok(older
        .skip(usize::from(before.is_some()))
        .take_while(|transaction| until.is_none_or(|until| until != signature_of(transaction)))
        .filter(|transaction| names(transaction, &address))
        .take(limit)
        .map(summary)
        .collect())
}

fn signature_of(transaction: &Transaction) -> Signature {
    *transaction.tx_with_meta.transaction_signature()
}

/// Whether a transaction names an account, itself or through a lookup table.
pub(crate) fn names(transaction: &Transaction, address: &Pubkey) -> bool {
    transaction
        .tx_with_meta
        .account_keys()
        .iter()
        .any(|key| key == address)
}

fn summary(transaction: &Transaction) -> RpcConfirmedTransactionStatusWithSignature {
    RpcConfirmedTransactionStatusWithSignature {
        signature: signature_of(transaction).to_string(),
        slot: transaction.slot,
        err: transaction_result(transaction).err().map(Into::into),
        memo: transaction.memo.clone(),
        block_time: transaction.block_time,
        confirmation_status: Some(TransactionConfirmationStatus::Finalized),
        transaction_index: Some(transaction.index),
    }
}
