//! The states of a stake account.

use sluice_tests::{cluster::STAKE_ACCOUNT_BYTES, pool::Pool};
use solana_pubkey::Pubkey;
use solana_stake_interface::{
    stake_flags::StakeFlags,
    state::{Authorized, Delegation, Lockup, Meta, Stake, StakeStateV2},
};

/// The states of a stake account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody's: reset by a cluster restart.
    Uninitialized,
    /// Without a delegation.
    Initialized,
    /// Delegated in this epoch.
    Activating,
    /// Delegated together with more than the cluster lets warm up.
    PartiallyActive,
    Active,
    /// Deactivated in this epoch.
    Deactivating,
    /// Deactivated, and nothing of it is effective.
    Inactive,
    /// No account.
    Closed,
}

pub const STATES: [State; 8] = [
    State::Uninitialized,
    State::Initialized,
    State::Activating,
    State::PartiallyActive,
    State::Active,
    State::Deactivating,
    State::Inactive,
    State::Closed,
];

/// Puts a stake account with all its lamports into a state, past the stake program. `warm` is
/// an epoch in which all that was delegated became active at once, `warming` one in which more
/// was delegated than the cluster lets warm up.
pub async fn put(
    pool: &mut Pool,
    stake: &Pubkey,
    authority: &Pubkey,
    vote: &Pubkey,
    (warm, warming): (u64, u64),
    state: State,
) {
    if state == State::Closed {
        pool.cluster.remove_account(stake).await;
        return;
    }
    let epoch = pool.cluster.epoch().await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let lamports = pool.cluster.lamports(stake).await;
    #[expect(deprecated, reason = "the stake program still writes the field")]
    let meta = Meta {
        rent_exempt_reserve: 2_282_880,
        authorized: Authorized::auto(authority),
        lockup: Lockup::default(),
    };
    let since = |activation_epoch: u64, deactivation_epoch: u64| {
        let delegation = Delegation {
            voter_pubkey: *vote,
            // What holds rent alone has a delegation, too: as small as can be.
            stake: lamports.saturating_sub(rent).max(1),
            activation_epoch,
            deactivation_epoch,
            ..Delegation::default()
        };
        let stake = Stake {
            delegation,
            credits_observed: 0,
        };
        StakeStateV2::Stake(meta, stake, StakeFlags::empty())
    };
    let never = u64::MAX;
    let content = match state {
        State::Uninitialized | State::Closed => StakeStateV2::Uninitialized,
        State::Initialized => StakeStateV2::Initialized(meta),
        State::Activating => since(epoch, never),
        State::PartiallyActive => since(warming, never),
        State::Active => since(warm, never),
        State::Deactivating => since(warm, epoch),
        // Deactivated in the epoch of its delegation.
        State::Inactive => since(warming, warming),
    };
    let write = |account: &mut solana_account::Account| {
        account.data = bincode::serialize(&content).expect("a state");
        account.data.resize(STAKE_ACCOUNT_BYTES, 0);
    };
    pool.cluster.change_account(stake, write).await;
}
