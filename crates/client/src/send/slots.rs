//! Waiting for slots.

use std::{thread, time::Duration};

use solana_rpc_client::rpc_client::RpcClient;

use crate::{ClientError, Result};

/// How often, and how many times, the node is asked whether the next slot has come.
const SLOT_STEP: Duration = Duration::from_millis(200);
const SLOT_STEPS: u32 = 50;

/// Waits for the slot after this one: from there on what it made can be used, as what was appended to
/// a lookup table, or a program that was deployed.
///
/// Fails with [`ClientError::SlotStands`] where none comes for ten seconds.
pub fn wait_beyond(rpc: &RpcClient, slot: u64) -> Result<()> {
    for _ in 0..SLOT_STEPS {
        if rpc.get_slot().map_err(ClientError::from)? > slot {
            return Ok(());
        }
        thread::sleep(SLOT_STEP);
    }
    let seconds = (SLOT_STEP * SLOT_STEPS).as_secs();
    Err(ClientError::SlotStands { slot, seconds })
}
