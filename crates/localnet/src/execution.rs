//! Transactions: executing and simulating them on the current bank.

use std::sync::Arc;

use solana_account_decoder::{
    parse_account_data::SplTokenAdditionalDataV2, parse_token::token_amount_to_ui_amount_v3,
};
use solana_cost_model::cost_model::CostModel;
use solana_runtime::bank::{Bank, TransactionSimulationResult};
use solana_runtime_transaction::runtime_transaction::RuntimeTransaction;
use solana_svm::{
    transaction_balances::{BalanceCollector, SvmTokenInfo},
    transaction_commit_result::CommittedTransaction,
    transaction_processor::ExecutionRecordingConfig,
};
use solana_svm_timings::ExecuteTimings;
use solana_transaction::{
    TransactionVerificationMode, sanitized::SanitizedTransaction, versioned::VersionedTransaction,
};
use solana_transaction_error::TransactionError;
use solana_transaction_status::{
    ConfirmedTransactionWithStatusMeta, TransactionStatusMeta, TransactionTokenBalance,
    TransactionWithStatusMeta, VersionedTransactionWithStatusMeta,
    extract_memos::extract_and_fmt_memos, map_inner_instructions,
};

use crate::{
    cluster::{Cluster, Event},
    ledger::Transaction,
};

/// A transaction whose form and lookup tables have been checked.
pub(crate) type Sanitized = RuntimeTransaction<SanitizedTransaction>;

/// How many bytes of logs a transaction may leave, as on a validator.
const MAX_LOG_BYTES: usize = 10_000;

impl Cluster {
    /// Executes a signed transaction in the current block.
    ///
    /// An error means that it was not taken into the block and cost nothing; a transaction that
    /// fails inside the block is `Ok` with the failure in its status.
    pub(crate) fn process(
        &self,
        transaction: VersionedTransaction,
    ) -> Result<Transaction, TransactionError> {
        let mut head = self.head.write();
        let sanitized =
            head.verify_transaction(transaction, TransactionVerificationMode::FullVerification)?;
        let meta = commit(&head, &sanitized)?;
        let transaction = Transaction {
            confirmed: Arc::new(ConfirmedTransactionWithStatusMeta {
                slot: head.slot(),
                tx_with_meta: TransactionWithStatusMeta::Complete(
                    VersionedTransactionWithStatusMeta {
                        transaction: sanitized.to_versioned_transaction(),
                        meta,
                    },
                ),
                block_time: Some(head.clock().unix_timestamp),
                index: head.take_transaction_index(),
            }),
            memo: extract_and_fmt_memos(sanitized.message()),
        };
        self.ledger.write().add_transaction(transaction.clone());
        drop(head);
        self.publish(Event::Transaction(transaction.clone()));
        Ok(transaction)
    }
}

/// Executes a transaction and keeps what it changed, success or failure.
fn commit(bank: &Bank, transaction: &Sanitized) -> Result<TransactionStatusMeta, TransactionError> {
    let batch = bank.prepare_locked_batch_from_single_tx(transaction);
    let (results, balances) = bank.load_execute_and_commit_transactions(
        &batch,
        ExecutionRecordingConfig {
            enable_cpi_recording: true,
            enable_log_recording: true,
            enable_return_data_recording: true,
            enable_transaction_balance_recording: true,
        },
        &mut ExecuteTimings::default(),
        Some(MAX_LOG_BYTES),
    );
    let committed = results
        .into_iter()
        .next()
        .unwrap_or(Err(TransactionError::ClusterMaintenance))?;
    let cost = cost_units(bank, transaction, &committed);
    Ok(status_meta(transaction, committed, balances, cost))
}

/// What a block counts the transaction as, now that it has run.
fn cost_units(bank: &Bank, transaction: &Sanitized, committed: &CommittedTransaction) -> u64 {
    CostModel::calculate_cost_for_executed_transaction(
        transaction,
        committed.executed_units,
        committed.loaded_account_stats.loaded_accounts_data_size,
        &bank.feature_set,
    )
    .sum()
}

/// Executes a transaction and forgets what it changed.
pub(crate) fn simulate(bank: &Bank, transaction: &Sanitized) -> TransactionSimulationResult {
    bank.simulate_transaction_unchecked(transaction, true)
}

fn status_meta(
    transaction: &Sanitized,
    committed: CommittedTransaction,
    balances: Option<BalanceCollector>,
    cost: u64,
) -> TransactionStatusMeta {
    let (pre, post, token_pre, token_post) = balances
        .map(BalanceCollector::into_vecs)
        .unwrap_or_default();
    TransactionStatusMeta {
        status: committed.status,
        fee: committed.fee_details.total_fee(),
        pre_balances: pre.into_iter().next().unwrap_or_default(),
        post_balances: post.into_iter().next().unwrap_or_default(),
        inner_instructions: committed
            .inner_instructions
            .map(|list| map_inner_instructions(list).collect()),
        log_messages: committed.log_messages,
        pre_token_balances: token_pre.into_iter().next().map(token_balances),
        post_token_balances: token_post.into_iter().next().map(token_balances),
        rewards: Some(Vec::new()),
        loaded_addresses: transaction.get_loaded_addresses(),
        return_data: committed.return_data,
        compute_units_consumed: Some(committed.executed_units),
        cost_units: Some(cost),
    }
}

/// Token balances in the form in which JSON-RPC shows them.
pub(crate) fn token_balances(infos: Vec<SvmTokenInfo>) -> Vec<TransactionTokenBalance> {
    infos
        .into_iter()
        .map(|info| TransactionTokenBalance {
            account_index: info.account_index,
            mint: info.mint.to_string(),
            ui_token_amount: token_amount_to_ui_amount_v3(
                info.amount,
                &SplTokenAdditionalDataV2::with_decimals(info.decimals),
            ),
            owner: info.owner.to_string(),
            program_id: info.program_id.to_string(),
        })
        .collect()
}
