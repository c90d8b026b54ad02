//! Inflation and what it paid.

use jsonrpc_core::Error;
use solana_rpc_client_api::{
    config::{CommitmentConfig, RpcEpochConfig},
    custom_error::RpcCustomError,
    response::{RpcInflationGovernor, RpcInflationRate, RpcInflationReward},
};

use super::{Methods, RpcResult, Services, params::NoParams, parse_pubkey};
use crate::cluster::rewards_are_being_paid;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getInflationGovernor", 0..=1, get_inflation_governor);
    methods.add("getInflationRate", 0..=0, get_inflation_rate);
    methods.add("getInflationReward", 1..=2, get_inflation_reward);
}

fn get_inflation_governor(
    services: &Services,
    (_,): (Option<CommitmentConfig>,),
) -> RpcResult<RpcInflationGovernor> {
    Ok(services.cluster.bank().inflation().into())
}

fn get_inflation_rate(services: &Services, _: NoParams) -> RpcResult<RpcInflationRate> {
    let bank = services.cluster.bank();
    let inflation = bank.inflation();
    let year = bank.slot_in_year_for_inflation();
    Ok(RpcInflationRate {
        total: inflation.total(year),
        validator: inflation.validator(year),
        foundation: inflation.foundation(year),
        epoch: bank.epoch(),
    })
}

/// What accounts were paid for an epoch, the last complete one unless the caller names another.
fn get_inflation_reward(
    services: &Services,
    (addresses, config): (Vec<String>, Option<RpcEpochConfig>),
) -> RpcResult<Vec<Option<RpcInflationReward>>> {
    let config = config.unwrap_or_default();
    let addresses = addresses
        .iter()
        .map(|address| parse_pubkey(address))
        .collect::<RpcResult<Vec<_>>>()?;
    let bank = services.bank_at(config.min_context_slot)?;
    let epoch = match config.epoch {
        Some(epoch) => epoch,
        None => bank
            .epoch()
            .checked_sub(1)
            .ok_or_else(|| Error::invalid_params("No epoch has been completed yet".to_string()))?,
    };
    let payment_epoch = epoch.saturating_add(1);
    if payment_epoch > bank.epoch() {
        let slot = bank.epoch_schedule().get_first_slot_in_epoch(payment_epoch);
        return Err(RpcCustomError::BlockNotAvailable { slot }.into());
    }
    if payment_epoch == bank.epoch() && rewards_are_being_paid(&bank) {
        return Err(RpcCustomError::EpochRewardsPeriodActive {
            slot: bank.slot(),
            current_block_height: bank.block_height(),
            rewards_complete_block_height: bank.block_height().saturating_add(1),
        }
        .into());
    }
    let ledger = services.cluster.ledger.read();
    Ok(addresses
        .iter()
        .map(|address| ledger.reward(epoch, address).cloned())
        .collect())
}
