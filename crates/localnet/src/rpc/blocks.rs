//! Blocks of the recent past.

use std::{
    thread,
    time::{Duration, Instant},
};

use jsonrpc_core::Error;
use solana_clock::{Slot, UnixTimestamp};
use solana_rpc_client_api::{
    config::{
        RpcBlockConfig, RpcBlocksConfigWrapper, RpcContextConfig, RpcEncodingConfigWrapper,
        UiTransactionEncoding,
    },
    custom_error::RpcCustomError,
};
use solana_transaction_status::{BlockEncodingOptions, ConfirmedBlock, UiConfirmedBlock};

use super::{Methods, RpcResult, Services, params::NoParams};
use crate::ledger::{Block, Ledger};

/// How many blocks one call may list.
const MAX_BLOCKS: usize = 500_000;

/// How long a call waits for the block of the current slot: longer than any slot lasts.
const COMPLETION_TIMEOUT: Duration = Duration::from_secs(2);

/// How often it looks.
const COMPLETION_STEP: Duration = Duration::from_millis(5);

pub(super) fn register(methods: &mut Methods) {
    methods.add("getBlock", 1..=2, get_block);
    methods.add("getBlockTime", 1..=1, get_block_time);
    methods.add("getBlocks", 1..=3, get_blocks);
    methods.add("getBlocksWithLimit", 2..=3, get_blocks_with_limit);
    methods.add("getFirstAvailableBlock", 0..=0, get_first_available_block);
    methods.add("minimumLedgerSlot", 0..=0, get_first_available_block);
}

/// A block with its transactions. `getSlot` names the slot that still takes transactions, so a
/// call for that one is answered once its block is complete.
fn get_block(
    services: &Services,
    (slot, config): (Slot, Option<RpcEncodingConfigWrapper<RpcBlockConfig>>),
) -> RpcResult<UiConfirmedBlock> {
    let config = config
        .map(|config| config.convert_to_current())
        .unwrap_or_default();
    if config
        .commitment
        .is_some_and(|commitment| !commitment.is_at_least_confirmed())
    {
        return Err(Error::invalid_params(
            "Method does not support commitment below `confirmed`",
        ));
    }
    await_completion(services, slot)?;
    let block = {
        let ledger = services.cluster.ledger.read();
        whole(&ledger, find(&ledger, slot)?)
    };
    let options = BlockEncodingOptions {
        transaction_details: config.transaction_details.unwrap_or_default(),
        show_rewards: config.rewards.unwrap_or(true),
        max_supported_transaction_version: config.max_supported_transaction_version,
    };
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Json);
    block
        .encode_with_options(encoding, options)
        .map_err(|error| RpcCustomError::from(error).into())
}

/// Waits until the block of the current slot is complete. Later ones are not available.
fn await_completion(services: &Services, slot: Slot) -> RpcResult<()> {
    let begin = Instant::now();
    loop {
        let current = services.cluster.bank().slot();
        if slot < current {
            return Ok(());
        }
        if slot > current || begin.elapsed() > COMPLETION_TIMEOUT {
            return Err(RpcCustomError::BlockNotAvailable { slot }.into());
        }
        thread::sleep(COMPLETION_STEP);
    }
}

/// The block of a slot that has passed.
fn find(ledger: &Ledger, slot: Slot) -> RpcResult<&Block> {
    let first_available_block = ledger.blocks().next().map_or(0, |block| block.slot);
    if slot < first_available_block {
        return Err(RpcCustomError::BlockCleanedUp {
            slot,
            first_available_block,
        }
        .into());
    }
    ledger
        .block(slot)
        .ok_or_else(|| RpcCustomError::SlotSkipped { slot }.into())
}

fn whole(ledger: &Ledger, block: &Block) -> ConfirmedBlock {
    ConfirmedBlock {
        previous_blockhash: block.parent_hash.to_string(),
        blockhash: block.hash.to_string(),
        parent_slot: block.parent,
        transactions: ledger
            .transactions_of(block.slot)
            .map(|transaction| transaction.tx_with_meta.clone())
            .collect(),
        rewards: block.rewards.clone(),
        num_partitions: block.reward_partitions,
        block_time: Some(block.time),
        block_height: Some(block.height),
    }
}

/// The time of a slot; a slot without a block has none.
fn get_block_time(services: &Services, (slot,): (Slot,)) -> RpcResult<Option<UnixTimestamp>> {
    let bank = services.cluster.bank();
    if slot == bank.slot() {
        return Ok(Some(bank.clock().unix_timestamp));
    }
    if slot > bank.slot() {
        return Err(RpcCustomError::BlockNotAvailable { slot }.into());
    }
    let ledger = services.cluster.ledger.read();
    find(&ledger, slot).map(|block| Some(block.time))
}

fn get_blocks(
    services: &Services,
    (start, end, _): (
        Slot,
        Option<RpcBlocksConfigWrapper>,
        Option<RpcContextConfig>,
    ),
) -> RpcResult<Vec<Slot>> {
    let end = end.and_then(|end| end.unzip().0).unwrap_or(Slot::MAX);
    let length = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
    if end != Slot::MAX && length > MAX_BLOCKS {
        return Err(Error::invalid_params(format!(
            "Slot range too large; max {MAX_BLOCKS}"
        )));
    }
    Ok(block_slots(services, start, end, MAX_BLOCKS))
}

fn get_blocks_with_limit(
    services: &Services,
    (start, limit, _): (Slot, usize, Option<RpcContextConfig>),
) -> RpcResult<Vec<Slot>> {
    if limit > MAX_BLOCKS {
        return Err(Error::invalid_params(format!(
            "Limit too large; max {MAX_BLOCKS}"
        )));
    }
    Ok(block_slots(services, start, Slot::MAX, limit))
}

fn block_slots(services: &Services, start: Slot, end: Slot, limit: usize) -> Vec<Slot> {
    let ledger = services.cluster.ledger.read();
    ledger
        .blocks()
        .map(|block| block.slot)
        .filter(|slot| (start..=end).contains(slot))
        .take(limit)
        .collect()
}

fn get_first_available_block(services: &Services, _: NoParams) -> RpcResult<Slot> {
    let ledger = services.cluster.ledger.read();
    Ok(ledger.blocks().next().map_or(0, |block| block.slot))
}
