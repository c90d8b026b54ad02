//! Slots, epochs and leaders.

use std::collections::HashMap;

use jsonrpc_core::Error;
use solana_clock::Slot;
use solana_epoch_info::EpochInfo;
use solana_rpc_client_api::{
    config::{RpcContextConfig, RpcLeaderScheduleConfigWrapper},
    response::{RpcLeaderSchedule, RpcPerfSample},
};
use solana_runtime::leader_schedule_utils::{leader_schedule, leader_schedule_by_identity};

use super::{Methods, RpcResult, Services, parse_pubkey};

/// Of how many seconds the pace of slots and transactions is shown.
const SAMPLE_SECONDS: u16 = 60;

/// How many samples one call may ask for, as on a validator.
const MAX_SAMPLES: usize = 720;

/// How many leaders one call may list.
const MAX_SLOT_LEADERS: u64 = 5_000;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getSlot", 0..=1, get_slot);
    methods.add(
        "getRecentPerformanceSamples",
        0..=1,
        get_recent_performance_samples,
    );
    methods.add("getBlockHeight", 0..=1, get_block_height);
    methods.add("getEpochInfo", 0..=1, get_epoch_info);
    methods.add("getSlotLeader", 0..=1, get_slot_leader);
    methods.add("getSlotLeaders", 2..=2, get_slot_leaders);
    methods.add("getLeaderSchedule", 0..=2, get_leader_schedule);
}

type ContextParams = (Option<RpcContextConfig>,);

fn get_slot(services: &Services, (config,): ContextParams) -> RpcResult<Slot> {
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(bank.slot())
}

/// One sample: the pace of slots never changes, and of transactions only the last are remembered.
fn get_recent_performance_samples(
    services: &Services,
    (limit,): (Option<usize>,),
) -> RpcResult<Vec<RpcPerfSample>> {
    let limit = limit.unwrap_or(MAX_SAMPLES);
    if limit > MAX_SAMPLES {
        return Err(Error::invalid_params(format!(
            "Invalid limit; max {MAX_SAMPLES}"
        )));
    }
    let bank = services.cluster.bank();
    let slot = bank.slot();
    let nanos = u128::from(SAMPLE_SECONDS) * 1_000_000_000;
    let num_slots =
        u64::try_from(nanos / bank.ns_per_slot_at_slot(slot).max(1)).unwrap_or(u64::MAX);
    let ledger = services.cluster.ledger.read();
    let transactions = ledger
        .newest_transactions()
        .take_while(|transaction| transaction.slot.saturating_add(num_slots) > slot)
        .count();
    let num_transactions = u64::try_from(transactions).unwrap_or(u64::MAX);
    let sample = RpcPerfSample {
        slot,
        num_transactions,
        num_non_vote_transactions: Some(num_transactions),
        num_slots,
        sample_period_secs: SAMPLE_SECONDS,
    };
    Ok(vec![sample].into_iter().take(limit).collect())
}

fn get_block_height(services: &Services, (config,): ContextParams) -> RpcResult<u64> {
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(bank.block_height())
}

fn get_epoch_info(services: &Services, (config,): ContextParams) -> RpcResult<EpochInfo> {
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(bank.get_epoch_info())
}

fn get_slot_leader(services: &Services, (config,): ContextParams) -> RpcResult<String> {
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(bank.leader_id().to_string())
}

fn get_slot_leaders(services: &Services, (start, limit): (Slot, u64)) -> RpcResult<Vec<String>> {
    if limit > MAX_SLOT_LEADERS {
        return Err(Error::invalid_params(format!(
            "Invalid limit; max {MAX_SLOT_LEADERS}"
        )));
    }
    let bank = services.cluster.bank();
    let end = start.saturating_add(limit);
    (start..end)
        .map(|slot| {
            let leader = services.cluster.leader(&bank, slot).ok_or_else(|| {
                let epoch = bank.epoch_schedule().get_epoch(slot);
                Error::invalid_params(format!(
                    "Invalid slot range: leader schedule for epoch {epoch} is unavailable"
                ))
            })?;
            Ok(leader.id.to_string())
        })
        .collect()
}

fn get_leader_schedule(
    services: &Services,
    (options, config): (
        Option<RpcLeaderScheduleConfigWrapper>,
        Option<solana_rpc_client_api::config::RpcLeaderScheduleConfig>,
    ),
) -> RpcResult<Option<RpcLeaderSchedule>> {
    let (slot, wrapped) = options.map(|options| options.unzip()).unwrap_or_default();
    let identity = wrapped.or(config).unwrap_or_default().identity;
    if let Some(identity) = &identity {
        parse_pubkey(identity)?;
    }
    let bank = services.cluster.bank();
    let epoch = bank
        .epoch_schedule()
        .get_epoch(slot.unwrap_or_else(|| bank.slot()));
    let schedule = leader_schedule(epoch, &bank).map(|schedule| {
        leader_schedule_by_identity(
            schedule
                .get_slot_leaders()
                .map(|leader| &leader.id)
                .enumerate(),
        )
    });
    Ok(schedule.map(|mut slots: HashMap<String, Vec<usize>>| {
        slots.retain(|leader, _| identity.as_ref().is_none_or(|only| only == leader));
        slots
    }))
}
