//! When something can be due that was not: what a keeper asks before it reads a pool's stake.

use crate::{PoolSnapshot, Result};

/// The slot at which something can next become due: the rebalance window, or the next epoch.
pub fn next_due_slot(snapshot: &PoolSnapshot) -> Result<u64> {
    let window = snapshot.window_start()?;
    if snapshot.cluster.clock.slot < window {
        return Ok(window);
    }
    Ok(snapshot.next_epoch_start())
}

/// Whether something can be due now that was not due in `seen`; neither needs stakes. What the pool
/// itself does not tell, such as a commission that a validator raised, is not seen.
pub fn can_be_due(seen: &PoolSnapshot, now: &PoolSnapshot) -> Result<bool> {
    let slot = now.cluster.clock.slot;
    if !now.is_fresh() || slot >= next_due_slot(seen)? {
        return Ok(true);
    }
    let has_changed =
        now.pool != seen.pool || now.pages != seen.pages || now.reserve != seen.reserve;
    let epoch = now.cluster.clock.epoch;
    let is_owed = now
        .batches
        .iter()
        .any(|batch| now.pool.require_due(batch, epoch).is_ok());
    Ok(has_changed && (is_owed || slot >= now.window_start()?))
}
