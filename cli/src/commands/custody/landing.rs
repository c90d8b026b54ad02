//! What becomes of a transaction that is signed already, so that nothing of it can be changed.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use sluice_client::{ClientError, words::explain::Refusal};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig};
use solana_transaction::versioned::VersionedTransaction;

use crate::{transaction::read_nonce, transaction_file::Waiting};

const STATUS_STEP: Duration = Duration::from_millis(400);
/// How often it is sent again: nodes drop transactions.
const RESEND_STEP: Duration = Duration::from_secs(2);
/// How often in a row a node may fail to say what became of it.
const MAX_SILENCES: usize = 50;

/// Where a signed transaction stands.
pub enum Standing {
    /// It is on the cluster, and did what it says.
    Landed {
        /// Where.
        slot: u64,
    },
    /// It can be sent.
    Open,
    /// It is not on the cluster, and never will be.
    Dead {
        /// Why.
        why: String,
    },
}

/// Where a transaction stands. Fails with [`ClientError::Refused`] where it is on the cluster and
/// failed there.
pub fn standing(rpc: &RpcClient, waiting: &Waiting) -> Result<Standing> {
    // Its end first: what is nowhere by then will never be anywhere.
    let end = end(rpc, waiting)?;
    let signatures = [waiting.signature()];
    let statuses = rpc.get_signature_statuses_with_history(&signatures);
    let statuses = statuses.map_err(ClientError::from)?.value;
    let status = statuses.into_iter().next().flatten();
    let status = status.filter(|status| status.satisfies_commitment(rpc.commitment()));
    Ok(match status {
        Some(status) => match status.err {
            Some(error) => {
                let refusal = Refusal::new(error, Vec::new());
                return Err(ClientError::Refused(Box::new(refusal)).into());
            }
            None => Standing::Landed { slot: status.slot },
        },
        None => match end {
            Some(why) => Standing::Dead { why },
            None => Standing::Open,
        },
    })
}

/// Why a transaction cannot be sent any more; none where it can.
fn end(rpc: &RpcClient, waiting: &Waiting) -> Result<Option<String>> {
    let blockhash = waiting.transaction().message.recent_blockhash();
    if let Some(nonce) = waiting.nonce_account() {
        return end_of_nonce(rpc, waiting, nonce);
    }
    let holds = rpc.is_blockhash_valid(blockhash, rpc.commitment());
    let holds = holds.map_err(ClientError::from)?;
    Ok((!holds).then(|| {
        "its blockhash is older than about a minute, and it has no durable nonce".to_owned()
    }))
}

fn end_of_nonce(rpc: &RpcClient, waiting: &Waiting, nonce: Pubkey) -> Result<Option<String>> {
    let (authority, value) = read_nonce(rpc, &nonce)?;
    let is_used = value != *waiting.transaction().message.recent_blockhash();
    Ok(if is_used {
        Some(format!("the nonce that it names in {nonce} is used"))
    } else if !waiting.signers().contains(&authority) {
        Some(format!(
            "the authority of the nonce account {nonce} is {authority} now"
        ))
    } else {
        None
    })
}

/// Fails with [`ClientError::Refused`] where the cluster would refuse the transaction as it is:
/// with these signatures, this blockhash and this budget.
pub fn simulate_signed(rpc: &RpcClient, transaction: &VersionedTransaction) -> Result<()> {
    let config = RpcSimulateTransactionConfig {
        sig_verify: true,
        commitment: Some(rpc.commitment()),
        ..RpcSimulateTransactionConfig::default()
    };
    let simulated = rpc.simulate_transaction_with_config(transaction, config);
    let simulated = simulated.map_err(ClientError::from)?.value;
    match simulated.err {
        Some(error) => {
            let refusal = Refusal::new(error.into(), simulated.logs.unwrap_or_default());
            Err(ClientError::Refused(Box::new(refusal)).into())
        }
        None => Ok(()),
    }
}

/// Sends, again and again, until the transaction is confirmed: its slot. Fails with
/// [`ClientError::Unconfirmed`] where that cannot be known.
pub fn send_signed(rpc: &RpcClient, waiting: &Waiting) -> Result<u64> {
    let signature = waiting.signature();
    submit(rpc, waiting.transaction())?;
    let mut submitted = Instant::now();
    let mut silences = 0;
    loop {
        match standing(rpc, waiting) {
            Ok(Standing::Landed { slot }) => return Ok(slot),
            Ok(Standing::Dead { .. }) => return Err(ClientError::Unconfirmed { signature }.into()),
            Ok(Standing::Open) => silences = 0,
            Err(error) => match error.downcast_ref::<ClientError>() {
                Some(ClientError::Rpc(_)) if silences < MAX_SILENCES => silences += 1,
                Some(ClientError::Rpc(_)) => {
                    return Err(ClientError::Unconfirmed { signature }.into());
                }
                _ => return Err(error),
            },
        }
        if submitted.elapsed() > RESEND_STEP {
            // A resend that fails changes nothing: the first one is out.
            submit(rpc, waiting.transaction()).ok();
            submitted = Instant::now();
        }
        thread::sleep(STATUS_STEP);
    }
}

fn submit(rpc: &RpcClient, transaction: &VersionedTransaction) -> Result<()> {
    let config = RpcSendTransactionConfig {
        // Simulated already.
        skip_preflight: true,
        preflight_commitment: Some(rpc.commitment().commitment),
        max_retries: Some(0),
        ..RpcSendTransactionConfig::default()
    };
    let sent = rpc.send_transaction_with_config(transaction, config);
    sent.map_err(ClientError::from)?;
    Ok(())
}
