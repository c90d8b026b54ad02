//! What a running localnet does on demand.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Value, json};
use sluice_cli::{failure::unsure, progress::Progress};
use sluice_client::ClientError;
use sluice_localnet::{ADVANCE_EPOCH_METHOD, ADVANCE_TO_SLOT_METHOD};
use sluice_math::Lamports;
use solana_epoch_info::EpochInfo;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::request::RpcRequest;
use solana_signature::Signature;

use crate::args::AdvanceArgs;

const AIRDROP_PATIENCE: Duration = Duration::from_secs(60);
const CONFIRMATION_INTERVAL: Duration = Duration::from_millis(400);

/// Where the cluster has come to.
#[derive(Debug, Serialize)]
pub struct Advanced {
    epoch: u64,
    slot: u64,
    slot_index: u64,
    slots_in_epoch: u64,
}

impl fmt::Display for Advanced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, slot, .. } = self;
        let (index, slots) = (self.slot_index, self.slots_in_epoch);
        writeln!(
            formatter,
            "Epoch {epoch}, slot {slot}: {index} of {slots} slots of this epoch have passed."
        )
    }
}

/// Jumps a running localnet to its next epoch, or ahead in the running one.
pub fn advance(rpc: &RpcClient, arguments: AdvanceArgs) -> Result<Advanced> {
    let _progress = Progress::spinner("jumping ahead");
    let info = match arguments.percent {
        None => jump(rpc, ADVANCE_EPOCH_METHOD, json!([]))?,
        Some(percent) => {
            let now = rpc.get_epoch_info().map_err(ClientError::from)?;
            let first_slot = now.absolute_slot.saturating_sub(now.slot_index);
            let skipped = now.slots_in_epoch.saturating_mul(percent).div_ceil(100);
            let slot = first_slot.saturating_add(skipped);
            jump(rpc, ADVANCE_TO_SLOT_METHOD, json!([slot]))?
        }
    };
    Ok(Advanced {
        epoch: info.epoch,
        slot: info.absolute_slot,
        slot_index: info.slot_index,
        slots_in_epoch: info.slots_in_epoch,
    })
}

fn jump(rpc: &RpcClient, method: &'static str, params: Value) -> Result<EpochInfo> {
    rpc.send(RpcRequest::Custom { method }, params)
        .map_err(ClientError::from)
        .context("only a cluster that `sluice-localnet` runs can jump")
}

/// SOL that a faucet gave.
#[derive(Debug, Serialize)]
pub struct Airdropped {
    to: String,
    lamports: u64,
    balance_lamports: u64,
    signature: String,
}

impl fmt::Display for Airdropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (gift, balance) = (
            Lamports::new(self.lamports),
            Lamports::new(self.balance_lamports),
        );
        writeln!(
            formatter,
            "{} received {gift} SOL and now has {balance} SOL.",
            self.to
        )
    }
}

/// Asks the cluster's faucet for SOL and waits until they are there.
pub fn airdrop(rpc: &RpcClient, to: Pubkey, amount: Lamports) -> Result<Airdropped> {
    let progress = Progress::spinner("waiting for the faucet");
    let signature = give(rpc, &to, amount)?;
    drop(progress);
    Ok(Airdropped {
        to: to.to_string(),
        lamports: amount.get(),
        balance_lamports: rpc.get_balance(&to).map_err(ClientError::from)?,
        signature: signature.to_string(),
    })
}

/// The same, without telling anybody.
pub fn give(rpc: &RpcClient, to: &Pubkey, amount: Lamports) -> Result<Signature> {
    // Not by the library's method, which keeps back what the node says.
    let asked = json!([to.to_string(), amount.get()]);
    let signature: String = rpc
        .send(RpcRequest::RequestAirdrop, asked)
        .map_err(ClientError::from)
        .context("the cluster's faucet gave nothing")?;
    let signature: Signature = signature
        .parse()
        .context("the cluster's faucet answers with what is no signature")?;
    let deadline = Instant::now() + AIRDROP_PATIENCE;
    // A node that does not answer says nothing about the airdrop.
    while !matches!(rpc.confirm_transaction(&signature), Ok(true)) {
        if Instant::now() > deadline {
            let sentence = format!(
                "the airdrop {signature} was asked for, and is not confirmed after a minute: look at the \
                 balance of {to} before you ask again"
            );
            return Err(unsure(sentence, vec![signature]));
        }
        thread::sleep(CONFIRMATION_INTERVAL);
    }
    Ok(signature)
}
