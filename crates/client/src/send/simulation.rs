//! Asks a node what a transaction would do.

use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::config::{
    RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig,
};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{executor::Executor, fees::MOST};
use crate::{ClientError, Result, pool::source::to_account, words::explain::Refusal};

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

impl Executor<'_> {
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
            let refusal = Refusal::new(error.into(), logs);
            return Err(ClientError::Refused(Box::new(refusal)));
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
}

/// An account after a simulation; one that is closed is left empty.
fn left_behind(address: &Pubkey, account: Option<&UiAccount>) -> Result<Option<Account>> {
    let account = account
        .map(|account| to_account(address, account))
        .transpose()?;
    Ok(account.filter(|account| account.lamports > 0))
}
