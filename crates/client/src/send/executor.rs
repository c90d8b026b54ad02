//! Sends instructions: simulated first, with the limits that the simulation measured, signed,
//! sent, confirmed, and sent again where the blockhash expired.

use super::packing::{Budget, MAX_BYTES, compile, with_budget};
use crate::{ClientError, Result, pool::source::to_account, words::explain::Refusal};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind},
    config::{
        RpcSendTransactionConfig, RpcSimulateTransactionAccountsConfig,
        RpcSimulateTransactionConfig,
    },
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::{
    thread,
    time::{Duration, Instant},
};

/// What simulations may use: the runtime's largest limits.
const MOST: Budget = Budget {
    compute_units: 1_400_000,
    loaded_data_bytes: 64 * 1024 * 1024,
    compute_unit_price: 0,
};
/// Parts of a hundred that are asked for beyond what was measured.
const COMPUTE_MARGIN_PERCENT: u64 = 20;
const DATA_MARGIN_PERCENT: u64 = 10;
/// Compute units added on top: a bump search may take a try more, an account be new.
const COMPUTE_MARGIN: u64 = 3_000;
/// Bytes added on top: accounts may grow meanwhile.
const DATA_MARGIN: u64 = 64 * 1024;
/// How often a transaction is signed anew because its blockhash expired.
const SEND_ATTEMPTS: usize = 3;
/// How often a status is asked for while a transaction is on its way.
const STATUS_STEP: Duration = Duration::from_millis(200);
/// How often it is sent again meanwhile: nodes drop transactions.
const RESEND_STEP: Duration = Duration::from_secs(2);
/// How often in a row a node may fail to say what became of a transaction.
const MAX_SILENCES: usize = 50;

/// A confirmed transaction.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its signature.
    pub signature: Signature,
    /// The slot that it is in.
    pub slot: u64,
    /// Compute units that the simulation just before took.
    pub compute_units: u64,
    /// Its logs in the simulation just before.
    pub logs: Vec<String>,
}

/// What a simulation measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// Compute units.
    pub compute_units: u64,
    /// Bytes of all accounts that were loaded, where the node says so.
    pub loaded_data_bytes: Option<u32>,
    /// Logs.
    pub logs: Vec<String>,
}

impl Simulated {
    /// Limits a little above what was measured.
    fn budget(&self, compute_unit_price: u64) -> Budget {
        let compute_units = with_margin(self.compute_units, COMPUTE_MARGIN_PERCENT, COMPUTE_MARGIN);
        let data = self
            .loaded_data_bytes
            .map(u64::from)
            .map(|bytes| with_margin(bytes, DATA_MARGIN_PERCENT, DATA_MARGIN));
        let at_most = |amount: u64, most: u32| u32::try_from(amount).unwrap_or(most).min(most);
        Budget {
            compute_units: at_most(compute_units, MOST.compute_units),
            loaded_data_bytes: data.map_or(MOST.loaded_data_bytes, |bytes| {
                at_most(bytes, MOST.loaded_data_bytes)
            }),
            compute_unit_price,
        }
    }
}

fn with_margin(measured: u64, percent: u64, extra: u64) -> u64 {
    measured
        .saturating_add(measured.saturating_mul(percent) / 100)
        .saturating_add(extra)
}

/// Sends transactions for a payer.
#[derive(Clone)]
pub struct Executor<'a> {
    pub(super) rpc: &'a RpcClient,
    pub(super) payer: &'a dyn Signer,
    pub(super) tables: Vec<AddressLookupTableAccount>,
    compute_unit_price: u64,
}

impl<'a> Executor<'a> {
    /// Sends through `rpc`, at its commitment; `payer` pays and signs.
    pub fn new(rpc: &'a RpcClient, payer: &'a dyn Signer) -> Self {
        Self {
            rpc,
            payer,
            tables: Vec::new(),
            compute_unit_price: 0,
        }
    }

    /// Pays a priority fee: millionths of a lamport per compute unit.
    pub fn with_compute_unit_price(mut self, micro_lamports: u64) -> Self {
        self.compute_unit_price = micro_lamports;
        self
    }

    /// Uses these lookup tables where they make a transaction smaller.
    pub fn with_lookup_tables(mut self, tables: Vec<AddressLookupTableAccount>) -> Self {
        self.tables = tables;
        self
    }

    /// The lookup tables in use.
    pub fn lookup_tables(&self) -> &[AddressLookupTableAccount] {
        &self.tables
    }

    /// Simulates with the largest limits and a fresh blockhash; signatures are not needed.
    ///
    /// Fails with [`ClientError::Refused`] where the transaction would.
    pub fn simulate(&self, instructions: &[Instruction]) -> Result<Simulated> {
        let (simulated, _) = self.simulate_and_watch(instructions, &[])?;
        Ok(simulated)
    }

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

    /// Simulates, sets the limits, signs, sends and confirms. The payer signs anyway; `signers`
    /// are the others. Where the blockhash expires before the transaction is seen, it is signed
    /// and sent anew: the old one cannot arrive any more.
    pub fn send(&self, instructions: &[Instruction], signers: &[&dyn Signer]) -> Result<Sent> {
        let simulated = self.simulate(instructions)?;
        let budget = simulated.budget(self.compute_unit_price);
        let mut last = Signature::default();
        for _ in 0..SEND_ATTEMPTS {
            let (blockhash, last_height) = self
                .rpc
                .get_latest_blockhash_with_commitment(self.rpc.commitment())?;
            let message = self.message(instructions, &budget, blockhash)?;
            let transaction = self.sign(message, signers)?;
            last = transaction.signatures[0];
            if let Some(slot) = self.deliver(&transaction, last_height, &simulated)? {
                return Ok(Sent {
                    signature: last,
                    slot,
                    compute_units: simulated.compute_units,
                    logs: simulated.logs,
                });
            }
        }
        Err(ClientError::Unconfirmed { signature: last })
    }

    /// The message that [`Self::send`] signs.
    pub fn message(
        &self,
        instructions: &[Instruction],
        budget: &Budget,
        blockhash: Hash,
    ) -> Result<VersionedMessage> {
        let instructions = with_budget(instructions, budget);
        let message = compile(&self.payer.pubkey(), &instructions, &self.tables, blockhash)?;
        fitting(message)
    }

    fn sign(
        &self,
        message: VersionedMessage,
        signers: &[&dyn Signer],
    ) -> Result<VersionedTransaction> {
        let mut all: Vec<&dyn Signer> = vec![self.payer];
        for signer in signers {
            if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
                all.push(*signer);
            }
        }
        Ok(VersionedTransaction::try_new(message, &all)?)
    }

    /// Sends, again and again, until the transaction is confirmed: its slot. `None` once its
    /// blockhash has expired without its being seen. Once it is out, a silent node is no reason
    /// to call it failed.
    fn deliver(
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

/// The message, if it fits into a transaction with its signatures.
pub(super) fn fitting(message: VersionedMessage) -> Result<VersionedMessage> {
    let signatures = usize::from(message.header().num_required_signatures);
    let bytes = 1 + signatures * size_of::<Signature>() + message.serialize().len();
    if bytes > MAX_BYTES {
        return Err(ClientError::TooLarge {
            bytes,
            accounts: message.static_account_keys().len(),
        });
    }
    Ok(message)
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

fn refused(error: solana_transaction_error::TransactionError, logs: Vec<String>) -> ClientError {
    ClientError::Refused(Box::new(Refusal::new(error, logs)))
}
