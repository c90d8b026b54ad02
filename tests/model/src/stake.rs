//! The rules of the stake program that a pool meets.

use anyhow::{Result, bail, ensure};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM,
    stake_history::StakeHistory,
    state::{Authorized, Delegation, Lockup, StakeStateV2},
};

/// What a stake account holds, without its authorities: they never change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StakeKind {
    /// Reset: anybody can initialize it.
    Uninitialized,
    /// Not delegated.
    Initialized,
    /// Delegated, in whatever phase.
    Delegated(Delegation),
}

/// A stake account of the pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StakeAccount {
    /// Real lamports.
    pub lamports: u64,
    /// Its state.
    pub kind: StakeKind,
}

/// What a delegation is in at an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is or becomes effective.
    Inactive,
    /// Nothing is effective yet.
    Activating,
    /// All of it is effective, and stays so.
    Active,
    /// Anything else.
    Between,
}

impl StakeAccount {
    /// A new account of the pool.
    pub fn initialized(lamports: u64) -> Self {
        Self {
            lamports,
            kind: StakeKind::Initialized,
        }
    }

    /// Decodes an account and checks that nobody but the pool has power over it.
    pub fn read(account: &Account, authority: &Pubkey) -> Result<Self> {
        ensure!(account.owner == STAKE_PROGRAM, "no stake account");
        let (meta, kind) = match bincode::deserialize(&account.data)? {
            StakeStateV2::Uninitialized => (None, StakeKind::Uninitialized),
            StakeStateV2::Initialized(meta) => (Some(meta), StakeKind::Initialized),
            StakeStateV2::Stake(meta, stake, _) => {
                (Some(meta), StakeKind::Delegated(stake.delegation))
            }
            StakeStateV2::RewardsPool => bail!("a rewards pool"),
        };
        if let Some(meta) = meta {
            ensure!(meta.authorized == Authorized::auto(authority), "hijacked");
            ensure!(meta.lockup == Lockup::default(), "locked up");
        }
        Ok(Self {
            lamports: account.lamports,
            kind,
        })
    }

    /// The delegation, stale or not.
    pub fn delegation(&self) -> Option<&Delegation> {
        match &self.kind {
            StakeKind::Delegated(delegation) => Some(delegation),
            _ => None,
        }
    }

    /// Whether the pool can act on it.
    pub fn is_ours(&self) -> bool {
        self.kind != StakeKind::Uninitialized
    }

    /// The phase of its delegation.
    pub fn phase(&self, epoch: u64, history: &StakeHistory) -> Phase {
        let Some(delegation) = self.delegation() else {
            return Phase::Inactive;
        };
        let status = delegation.stake_activating_and_deactivating_v2(epoch, history, Some(0));
        match (status.effective, status.activating) {
            (0, 0) => Phase::Inactive,
            _ if delegation.deactivation_epoch != u64::MAX => Phase::Between,
            (0, _) => Phase::Activating,
            (effective, _) if effective == delegation.stake => Phase::Active,
            _ => Phase::Between,
        }
    }

    /// Lamports that Withdraw holds back as staked.
    pub fn held_back(&self, epoch: u64, history: &StakeHistory) -> u64 {
        match self.delegation() {
            None => 0,
            Some(delegation) if epoch < delegation.deactivation_epoch => delegation.stake,
            Some(delegation) => {
                delegation
                    .stake_activating_and_deactivating_v2(epoch, history, Some(0))
                    .effective
            }
        }
    }

    /// Whether all above rent is meant to come back.
    pub fn returns(&self) -> bool {
        match &self.kind {
            StakeKind::Uninitialized => false,
            StakeKind::Initialized => true,
            StakeKind::Delegated(delegation) => delegation.deactivation_epoch != u64::MAX,
        }
    }

    /// Lamports that could earn in an epoch.
    pub fn earns(&self, epoch: u64) -> u64 {
        match self.delegation() {
            Some(delegation)
                if delegation.activation_epoch < epoch
                    && delegation.deactivation_epoch >= epoch =>
            {
                delegation.stake
            }
            _ => 0,
        }
    }

    /// Lamports that are effective stake in an epoch.
    pub fn effective(&self, epoch: u64, history: &StakeHistory) -> u64 {
        self.delegation().map_or(0, |delegation| {
            delegation
                .stake_activating_and_deactivating_v2(epoch, history, Some(0))
                .effective
        })
    }

    /// DelegateStake: all above rent.
    pub fn delegate(&mut self, vote: Pubkey, rent: u64, epoch: u64) {
        self.kind = StakeKind::Delegated(Delegation::new(&vote, self.lamports - rent, epoch));
    }

    /// Deactivate.
    pub fn deactivate(&mut self, epoch: u64) {
        if let StakeKind::Delegated(delegation) = &mut self.kind {
            delegation.deactivation_epoch = epoch;
        }
    }

    /// MoveStake: `self` is active; `to` is active or inactive.
    pub fn move_to(&mut self, to: &mut Self, lamports: u64, to_is_active: bool) {
        let StakeKind::Delegated(delegation) = &mut self.kind else {
            return;
        };
        match &mut to.kind {
            StakeKind::Delegated(other) if to_is_active => other.stake += lamports,
            kind => {
                *kind = StakeKind::Delegated(Delegation {
                    stake: lamports,
                    ..*delegation
                });
            }
        }
        delegation.stake -= lamports;
        if delegation.stake == 0 {
            self.kind = StakeKind::Initialized;
        }
        self.lamports -= lamports;
        to.lamports += lamports;
    }
}
