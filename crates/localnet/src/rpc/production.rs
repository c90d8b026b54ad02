//! Who led which slots, and made a block in them.

use std::{collections::HashMap, ops::RangeInclusive};

use jsonrpc_core::Error;
use solana_clock::Slot;
use solana_rpc_client_api::{
    config::{RpcBlockProductionConfig, RpcBlockProductionConfigRange},
    custom_error::RpcCustomError,
    response::{Response, RpcBlockProduction, RpcBlockProductionRange},
};
use solana_runtime::bank::Bank;
use solana_slot_history::{Check, SlotHistory};

use super::{Methods, RpcResult, Services, parse_pubkey, with_context};

pub(super) fn register(methods: &mut Methods) {
    methods.add("getBlockProduction", 0..=1, get_block_production);
}

/// Counts slots and blocks by leader: of the epoch so far, unless the caller names a range.
fn get_block_production(
    services: &Services,
    (config,): (Option<RpcBlockProductionConfig>,),
) -> RpcResult<Response<RpcBlockProduction>> {
    let config = config.unwrap_or_default();
    let only = config.identity.as_deref().map(parse_pubkey).transpose()?;
    let bank = services.cluster.bank();
    let history = bank
        .get_slot_history()
        .ok_or(RpcCustomError::NoSlotHistory)?;
    let slots = checked(range(&bank, &history, config.range), &history)?;
    let mut by_identity = HashMap::<String, (usize, usize)>::new();
    for slot in slots.clone() {
        let leader = services.cluster.leader(&bank, slot).map(|leader| leader.id);
        let Some(leader) = leader.filter(|leader| only.is_none_or(|only| only == *leader)) else {
            continue;
        };
        let (led, made) = by_identity.entry(leader.to_string()).or_default();
        *led += 1;
        *made += usize::from(history.check(slot) == Check::Found);
    }
    let range = RpcBlockProductionRange {
        first_slot: *slots.start(),
        last_slot: *slots.end(),
    };
    Ok(with_context(
        &bank,
        RpcBlockProduction { by_identity, range },
    ))
}

/// The slots that are asked for. The block of the current slot is not complete, so what is left
/// open ends with the one before, and the epoch is the epoch of that one.
fn range(
    bank: &Bank,
    history: &SlotHistory,
    asked: Option<RpcBlockProductionConfigRange>,
) -> RangeInclusive<Slot> {
    let newest = history.newest();
    let schedule = bank.epoch_schedule();
    let range = asked.unwrap_or_else(|| RpcBlockProductionConfigRange {
        first_slot: schedule.get_first_slot_in_epoch(schedule.get_epoch(newest)),
        last_slot: None,
    });
    range.first_slot..=range.last_slot.unwrap_or(newest)
}

fn checked(range: RangeInclusive<Slot>, history: &SlotHistory) -> RpcResult<RangeInclusive<Slot>> {
    let (first, last) = (*range.start(), *range.end());
    let (oldest, newest) = (history.oldest(), history.newest());
    let refusal = if last < first {
        format!("lastSlot, {last}, cannot be less than firstSlot, {first}")
    } else if first < oldest {
        format!("firstSlot, {first}, is too small; min {oldest}")
    } else if last > newest {
        format!("lastSlot, {last}, is too large; max {newest}")
    } else {
        return Ok(range);
    };
    Err(Error::invalid_params(refusal))
}
