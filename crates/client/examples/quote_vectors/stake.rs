//! A random stake account, in a cluster whose stake warms up and cools down at random.

use sluice::foreign::{OfferedStake, StakeDelegation};
use sluice_client::{Cluster, HeldStake, plan::stake_in::HeldState};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;
use solana_stake_interface::stake_history::{StakeHistory, StakeHistoryEntry};

use crate::draw::Draw;

/// The names of a past epoch's stake: effective, activating, deactivating.
const PAST: [[&str; 3]; 5] = [
    [
        "past.1.effective",
        "past.1.activating",
        "past.1.deactivating",
    ],
    [
        "past.2.effective",
        "past.2.activating",
        "past.2.deactivating",
    ],
    [
        "past.3.effective",
        "past.3.activating",
        "past.3.deactivating",
    ],
    [
        "past.4.effective",
        "past.4.activating",
        "past.4.deactivating",
    ],
    [
        "past.5.effective",
        "past.5.activating",
        "past.5.deactivating",
    ],
];

/// Draws what became of all stake in the epochs before `epoch`, the latest first.
pub fn history(draw: &mut Draw, epoch: u64) -> StakeHistory {
    let mut history = StakeHistory::default();
    let epochs = (1..).map(|back| epoch.checked_sub(back));
    for (names, past) in PAST.iter().zip(epochs) {
        let [effective, activating, deactivating] = names;
        let entry = StakeHistoryEntry {
            effective: draw.amount(effective, 1 << 40),
            activating: draw.amount(activating, 1 << 38),
            deactivating: draw.amount(deactivating, 1 << 38),
        };
        if let Some(past) = past {
            history.add(past, entry);
        }
    }
    history
}

/// Draws a stake account.
pub fn held(draw: &mut Draw, epoch: u64) -> HeldStake {
    let earlier = |draw: &mut Draw, name| {
        let back = draw.between(name, 0, 7);
        epoch.saturating_sub(back)
    };
    let began = earlier(draw, "delegation.epochsActive");
    let activation_epoch = draw.mostly("delegation.activationEpoch", began, u64::MAX);
    let ends = draw.between("delegation.ends", 0, 1) == 1;
    let ended = earlier(draw, "delegation.epochsInactive").max(began);
    let deactivation_epoch = if ends { ended } else { u64::MAX };
    draw.given("delegation.deactivationEpoch", deactivation_epoch);
    let lamports = Lamports::new(draw.amount("delegation.lamports", 1 << 38));
    let delegation = StakeDelegation {
        vote: Pubkey::default(),
        lamports,
        activation_epoch,
        deactivation_epoch,
        credits_observed: 0,
    };
    HeldStake {
        address: Pubkey::default(),
        stake: OfferedStake {
            staker: Pubkey::default(),
            withdrawer: Pubkey::default(),
            locked_until: 0,
            locked_until_epoch: 0,
            custodian: Pubkey::default(),
            delegation: Some(delegation),
            lamports,
        },
    }
}

/// What its stake does, as a number.
pub fn state(held: &HeldStake, cluster: &Cluster) -> i128 {
    match held.state(cluster) {
        HeldState::Inactive => 0,
        HeldState::Activating => 1,
        HeldState::PartlyActive => 2,
        HeldState::Active => 3,
        HeldState::Deactivating => 4,
    }
}
