//! What is asked of a node: to simulate a transaction, to take it, and to say what became of it.

use std::{
    thread,
    time::{Duration, Instant},
};

use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind},
    config::{
        RpcSendTransactionConfig, RpcSimulateTransactionAccountsConfig,
        RpcSimulateTransactionConfig,
    },
};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use super::{
    executor::{Executor, Simulated},
    fees::MOST,
};
use crate::{ClientError, Result, pool::source::to_account, words::explain::Refusal};

/// How often a status is asked for while a transaction is on its way.
const STATUS_STEP: Duration = Duration::from_millis(200);
/// How often it is sent again meanwhile: nodes drop transactions.
const RESEND_STEP: Duration = Duration::from_secs(2);
/// How often in a row a node may fail to say what became of a transaction.
const MAX_SILENCES: usize = 50;

impl Executor<'_> {
    /// Also returns the accounts as the transaction would leave them, in the order of their
    /// addresses.
    pub(super) fn simulate_and_watch(
        &self,
        instructions: &[Instruction],
        watched: &[Pubkey],
    ) -> Result<(Simulated, Vec<Option<Account>>)> {
        let message = self.message(instructions, &MOST, Hash::default())?;
        let signatures = usize::from(message.header().num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); signatures],
            message,
        };
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.rpc.commitment()),
            accounts: (!watched.is_empty()).then(|| RpcSimulateTransactionAccountsConfig {
                encoding: Some(UiAccountEncoding::Base64),
                addresses: watched.iter().map(Pubkey::to_string).collect(),
            }),
            ..RpcSimulateTransactionConfig::default()
        };
        let result = self
            .rpc
            .simulate_transaction_with_config(&transaction, config)?
            .value;
        let logs = result.logs.unwrap_or_default();
        if let Some(error) = result.err {
            return Err(refused(error.into(), logs));
        }
        let accounts = watched
            .iter()
            .zip(result.accounts.unwrap_or_default())
            .map(|(address, account)| left_behind(address, account.as_ref()))
            .collect::<Result<_>>()?;
        let simulated = Simulated {
            compute_units: result.units_consumed.unwrap_or(MOST.compute_units.into()),
            loaded_data_bytes: result.loaded_accounts_data_size,
            logs,
        };
        Ok((simulated, accounts))
    }

    /// Sends, again and again, until the transaction is confirmed: its slot. `None` once its
    /// blockhash has expired without its being seen. Once it is out, a silent node is no reason
    /// to call it failed.
    pub(super) fn deliver(
        &self,
        transaction: &VersionedTransaction,
        last_height: u64,
        simulated: &Simulated,
    ) -> Result<Option<u64>> {
        let signature = transaction.signatures[0];
        match self.submit(transaction) {
            Err(ClientError::Rpc(error)) if !is_timeout(&error) => {
                return Err(ClientError::Rpc(error));
            }
            Err(ClientError::Rpc(_)) | Ok(()) => {}
            Err(error) => return Err(error),
        }
        let mut submitted = Instant::now();
        let mut silences = 0;
        loop {
            match self.fate(&signature, last_height, simulated) {
                Ok(Fate::Confirmed(slot)) => return Ok(Some(slot)),
                Ok(Fate::Expired) => return Ok(None),
                Ok(Fate::Pending) => silences = 0,
                Err(ClientError::Rpc(_)) if silences < MAX_SILENCES => silences += 1,
                Err(ClientError::Rpc(_)) => return Err(ClientError::Unconfirmed { signature }),
                Err(error) => return Err(error),
            }
            if submitted.elapsed() > RESEND_STEP {
                // A resend that fails changes nothing: the first one is out.
                self.submit(transaction).ok();
                submitted = Instant::now();
            }
            thread::sleep(STATUS_STEP);
        }
    }

    fn fate(&self, signature: &Signature, last_height: u64, simulated: &Simulated) -> Result<Fate> {
        // The height first: what is in no block by then will never be in one. At the commitment
        // that counts, because another fork may be longer.
        let height = self
            .rpc
            .get_block_height_with_commitment(self.rpc.commitment())?;
        Ok(match self.confirmed(signature, simulated)? {
            Some(slot) => Fate::Confirmed(slot),
            None if height > last_height => Fate::Expired,
            None => Fate::Pending,
        })
    }

    fn submit(&self, transaction: &VersionedTransaction) -> Result<()> {
        let config = RpcSendTransactionConfig {
            // Simulated already, at a later state than most nodes' preflight.
            skip_preflight: true,
            preflight_commitment: Some(self.rpc.commitment().commitment),
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        self.rpc.send_transaction_with_config(transaction, config)?;
        Ok(())
    }

    /// The slot of a confirmed transaction; its error where it failed. A transaction in a block
    /// is not yet one that succeeded, so its status is always read.
    fn confirmed(&self, signature: &Signature, simulated: &Simulated) -> Result<Option<u64>> {
        let statuses = self.rpc.get_signature_statuses(&[*signature])?.value;
        let Some(status) = statuses.into_iter().next().flatten() else {
            return Ok(None);
        };
        if !status.satisfies_commitment(self.rpc.commitment()) {
            return Ok(None);
        }
        match status.err {
            Some(error) => Err(refused(error, simulated.logs.clone())),
            None => Ok(Some(status.slot)),
        }
    }
}

/// An account after a simulation; one that is closed is left empty.
fn left_behind(address: &Pubkey, account: Option<&UiAccount>) -> Result<Option<Account>> {
    let account = account
        .map(|account| to_account(address, account))
        .transpose()?;
    Ok(account.filter(|account| account.lamports > 0))
}

/// What has become of a transaction.
enum Fate {
    Confirmed(u64),
    Pending,
    Expired,
}

fn is_timeout(error: &RpcClientError) -> bool {
    matches!(error.kind(), ErrorKind::Reqwest(error) if error.is_timeout())
}

fn refused(error: TransactionError, logs: Vec<String>) -> ClientError {
    ClientError::Refused(Box::new(Refusal::new(error, logs)))
}
