//! What becomes of a transaction that is signed already, so that nothing of it can be changed.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use sluice_client::{ClientError, Confirmed, Fate, Flight, words::explain::Refusal};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::TransactionError, config::RpcSimulateTransactionConfig,
    response::RpcSimulateTransactionResult,
};
use solana_signer::null_signer::NullSigner;
use solana_transaction::versioned::VersionedTransaction;

use crate::{session::Session, transaction::read_nonce, transaction_file::Waiting};

/// Blocks for which a blockhash is recent.
const BLOCKHASH_BLOCKS: u64 = 150;

/// How long a slot is waited for, and how often: nodes can be some slots behind.
const SLOT: Duration = Duration::from_millis(400);
const SLOT_WAITS: usize = 5;

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
                return Err(failed(rpc, waiting, error).into());
            }
            None => Standing::Landed { slot: status.slot },
        },
        None => match end {
            Some(why) => Standing::Dead { why },
            None => Standing::Open,
        },
    })
}

/// A transaction that was executed in vain.
fn failed(rpc: &RpcClient, waiting: &Waiting, error: TransactionError) -> ClientError {
    let signature = waiting.signature();
    let logs = Confirmed::read(rpc, &signature).and_then(|confirmed| confirmed.logs);
    let message = &waiting.transaction().message;
    let refusal = Refusal::of_message(error, logs.unwrap_or_default(), message);
    ClientError::Refused(Box::new(refusal.with_signature(signature)))
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
        "its blockhash is older than about a minute, or of another cluster, and it has no durable nonce"
            .to_owned()
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
///
/// In the slot in which a nonce got its value, nobody can use it yet: that slot is waited for.
pub fn simulate_signed(rpc: &RpcClient, waiting: &Waiting) -> Result<()> {
    let waits = match waiting.nonce_account() {
        Some(_) => SLOT_WAITS,
        None => 0,
    };
    let mut tried = 0;
    loop {
        let simulated = simulate(rpc, waiting.transaction())?;
        let Some(error) = simulated.err else {
            return Ok(());
        };
        let error = TransactionError::from(error);
        if error == TransactionError::BlockhashNotFound && tried < waits {
            tried += 1;
            thread::sleep(SLOT);
            continue;
        }
        let refusal = Refusal::new(error, simulated.logs.unwrap_or_default());
        return Err(ClientError::Refused(Box::new(refusal)).into());
    }
}

fn simulate(
    rpc: &RpcClient,
    transaction: &VersionedTransaction,
) -> Result<RpcSimulateTransactionResult> {
    let config = RpcSimulateTransactionConfig {
        sig_verify: true,
        commitment: Some(rpc.commitment()),
        ..RpcSimulateTransactionConfig::default()
    };
    let simulated = rpc.simulate_transaction_with_config(transaction, config);
    Ok(simulated.map_err(ClientError::from)?.value)
}

/// Sends a transaction until it is confirmed: its slot. Fails with [`ClientError::NotConfirmed`]
/// where it seems to have expired, and with [`ClientError::PerhapsSent`] where nothing is known.
pub fn send_signed(session: &Session, waiting: &Waiting) -> Result<u64> {
    let transaction = waiting.transaction();
    let since = Instant::now();
    let flight = Flight {
        since,
        last_valid_height: match waiting.nonce_account() {
            Some(_) => None,
            None => Some(latest_end(&session.rpc)?),
        },
        deadline: since + session.patience(),
    };
    let payer = waiting.signers().first().copied().unwrap_or_default();
    let payer = NullSigner::new(&payer);
    match session.executor(&payer)?.land(transaction, flight)? {
        Fate::Landed { slot } => Ok(slot),
        Fate::Expired { .. } => Err(ClientError::NotConfirmed {
            signature: waiting.signature(),
        }
        .into()),
    }
}

/// The block height by which a blockhash that is valid now has expired at the latest. What the file
/// says of it is not believed.
fn latest_end(rpc: &RpcClient) -> Result<u64> {
    let height = rpc.get_block_height().map_err(ClientError::from)?;
    Ok(height.saturating_add(BLOCKHASH_BLOCKS))
}
