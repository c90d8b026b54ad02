//! What a step meets on the cluster.

use std::sync::Arc;

use solana_epoch_rewards::EpochRewards;
use solana_epoch_schedule::EpochSchedule;
use solana_stake_interface::stake_history::StakeHistory;

/// Values of the cluster on which a step depends.
#[derive(Clone, Debug)]
pub struct Now {
    /// The slot.
    pub slot: u64,
    /// Its epoch.
    pub epoch: u64,
    /// When the epoch began, by the clock.
    pub epoch_start_timestamp: i64,
    /// Whether the rewards of the last epoch are still being paid.
    pub pays_rewards: bool,
    /// The epoch schedule.
    pub schedule: Arc<EpochSchedule>,
    /// What the last boundary shared out.
    pub rewards: EpochRewards,
    /// The stake history.
    pub history: Arc<StakeHistory>,
    /// The stake program's minimum delegation.
    pub minimum_delegation: u64,
}

/// Rent-exempt minimums, in lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rents {
    /// Of a system account.
    pub wallet: u64,
    /// Of a stake account.
    pub stake: u64,
    /// Of a batch.
    pub batch: u64,
    /// Of a ticket.
    pub ticket: u64,
}
