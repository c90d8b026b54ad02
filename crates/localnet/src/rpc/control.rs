//! The cluster's own methods: epochs and validators at the user's command.

use solana_epoch_info::EpochInfo;

use super::{Methods, RpcResult, Services, params::NoParams, parse_pubkey};
use crate::{ADVANCE_EPOCH_METHOD, ADVANCE_TO_SLOT_METHOD, SET_DELINQUENT_METHOD};

pub(super) fn register(methods: &mut Methods) {
    methods.add(ADVANCE_EPOCH_METHOD, 0..=0, advance_epoch);
    methods.add(ADVANCE_TO_SLOT_METHOD, 1..=1, advance_to_slot);
    methods.add(SET_DELINQUENT_METHOD, 2..=2, set_delinquent);
}

fn advance_epoch(services: &Services, _: NoParams) -> RpcResult<EpochInfo> {
    Ok(services.cluster.advance_epoch())
}

fn advance_to_slot(services: &Services, (slot,): (u64,)) -> RpcResult<EpochInfo> {
    services
        .cluster
        .advance_to_slot(slot)
        .map_err(|error| jsonrpc_core::Error::invalid_params(error.to_string()))
}

/// Answers with the new state.
fn set_delinquent(services: &Services, (vote, delinquent): (String, bool)) -> RpcResult<bool> {
    let vote = parse_pubkey(&vote)?;
    services
        .cluster
        .set_delinquent(&vote, delinquent)
        .map_err(|error| jsonrpc_core::Error::invalid_params(error.to_string()))?;
    Ok(delinquent)
}
