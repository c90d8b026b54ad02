//! What was executed, as the blocks tell it: in their order, whoever sent it.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, ensure};
use sluice_client::{Event, sluice_events};
use sluice_tests::idl::{instruction_discriminator, instruction_names};
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcBlockConfig;
use solana_sdk_ids::compute_budget;
use solana_transaction_status_client_types::{
    EncodedTransactionWithStatusMeta, UiTransactionEncoding,
};

/// Bytes of an instruction's discriminator.
const DISCRIMINATOR_BYTES: usize = 8;
/// What an instruction of the compute budget program begins with where it sets the limit.
const SET_COMPUTE_UNIT_LIMIT: u8 = 2;

/// A transaction of a block. It succeeded.
#[derive(Debug)]
pub struct Executed {
    /// Who paid for it.
    pub payer: Pubkey,
    /// Names of the program's instructions in it.
    pub instructions: Vec<String>,
    /// Whether it creates a token account.
    pub creates_token_account: bool,
    /// Whether it write-locks the pool.
    pub locks_pool: bool,
    /// What it cost its payer, in lamports.
    pub fee_lamports: u64,
    /// Compute units that it asked for.
    pub asked_units: u64,
    /// Compute units that it took.
    pub compute_units: u64,
    /// What its block counts it as.
    pub cost_units: u64,
    /// What the program tells of it.
    pub events: Vec<Event>,
}

/// Reads blocks one after another.
pub struct Blocks {
    pool: Pubkey,
    next_slot: u64,
    /// Names of the program's instructions, by their discriminators.
    names: HashMap<Vec<u8>, String>,
}

impl Blocks {
    /// From the first block on; `pool` is whose locks are of interest.
    pub fn of(pool: Pubkey) -> Self {
        let names = instruction_names().into_iter();
        Self {
            pool,
            next_slot: 0,
            names: names
                .map(|name| (instruction_discriminator(&name), name))
                .collect(),
        }
    }

    /// All transactions since the last call, the current block's too once it is complete.
    ///
    /// # Errors
    ///
    /// If one of them failed, or the node has forgotten one.
    pub fn read(&mut self, rpc: &RpcClient) -> Result<Vec<Executed>> {
        let current = rpc.get_slot()?;
        let mut slots = rpc.get_blocks(self.next_slot, Some(current))?;
        if slots.last() != Some(&current) {
            slots.push(current);
        }
        let mut executed = Vec::new();
        for slot in slots {
            let config = RpcBlockConfig {
                encoding: Some(UiTransactionEncoding::Base64),
                commitment: Some(rpc.commitment()),
                rewards: Some(false),
                max_supported_transaction_version: Some(0),
                ..RpcBlockConfig::default()
            };
            let block = rpc.get_block_with_config(slot, config)?;
            for transaction in block.transactions.unwrap_or_default() {
                executed.push(self.executed(&transaction)?);
            }
        }
        self.next_slot = current + 1;
        Ok(executed)
    }

    fn executed(&self, transaction: &EncodedTransactionWithStatusMeta) -> Result<Executed> {
        let decoded = transaction.transaction.decode();
        let message = decoded.context("the transaction does not decode")?.message;
        let meta = transaction.meta.as_ref().context("it has no outcome")?;
        let logs: Option<Vec<String>> = meta.log_messages.clone().into();
        let logs = logs.context("it has no logs")?;
        ensure!(
            meta.err.is_none(),
            "a transaction failed: {:?}: {logs:#?}",
            meta.err
        );
        let units: Option<u64> = meta.compute_units_consumed.clone().into();
        let cost: Option<u64> = meta.cost_units.clone().into();
        let keys = message.static_account_keys();
        let calls = |program| calls(&message, program);
        Ok(Executed {
            payer: keys[0],
            instructions: calls(&sluice::ID)
                .filter_map(|data| self.names.get(data.get(..DISCRIMINATOR_BYTES)?).cloned())
                .collect(),
            creates_token_account: calls(&spl_associated_token_account_interface::program::ID)
                .next()
                .is_some(),
            locks_pool: self.is_locked_by(&message),
            fee_lamports: meta.fee,
            asked_units: calls(&compute_budget::ID)
                .find_map(asked_units)
                .unwrap_or_default(),
            compute_units: units.context("the node does not say what it took")?,
            cost_units: cost.context("the node does not say what it counts")?,
            events: sluice_events(&logs),
        })
    }

    /// Whether a message without lookup tables write-locks the pool.
    fn is_locked_by(&self, message: &VersionedMessage) -> bool {
        const NONE_IS_RESERVED: Option<&HashSet<Pubkey>> = None;
        let writable =
            |index| message.is_maybe_writable_with_reserved_addresses(index, NONE_IS_RESERVED);
        let mut keys = (0..).zip(message.static_account_keys());
        keys.any(|(index, key)| *key == self.pool && writable(index))
    }
}

/// The data of a message's instructions for one program.
fn calls<'a>(
    message: &'a VersionedMessage,
    program: &'a Pubkey,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let keys = message.static_account_keys();
    let instructions = message.instructions().iter();
    instructions
        .filter(move |instruction| instruction.program_id(keys) == program)
        .map(|instruction| instruction.data.as_slice())
}

fn asked_units(data: &[u8]) -> Option<u64> {
    let (SET_COMPUTE_UNIT_LIMIT, units) = data.split_first().map(|(kind, rest)| (*kind, rest))?
    else {
        return None;
    };
    Some(u32::from_le_bytes(units.try_into().ok()?).into())
}
