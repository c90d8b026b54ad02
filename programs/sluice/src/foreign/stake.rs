//! What a stake account says, read without the stake program's decoder: cheap enough to read
//! dozens in one transaction.

use crate::moment::Moment;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use sluice_math::Lamports;
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM,
    state::{Delegation, StakeActivationStatus},
};

const TAG_UNINITIALIZED: u32 = 0;
const TAG_INITIALIZED: u32 = 1;
const TAG_STAKE: u32 = 2;

/// The epoch from which the 9% warm-up and cool-down rate holds: before every epoch that a pool
/// can see.
const WARMUP_RATE_EPOCH: Option<u64> = Some(0);

/// The stake program's `StakeStateV2` as bincode writes it.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct StakeBytes {
    tag: [u8; 4],
    /// A constant since version 5 of the program, whatever rent really is: ignored.
    rent_exempt_reserve: [u8; 8],
    pub staker: [u8; 32],
    pub withdrawer: [u8; 32],
    pub lockup_timestamp: [u8; 8],
    pub lockup_epoch: [u8; 8],
    pub lockup_custodian: [u8; 32],
    vote: [u8; 32],
    delegated: [u8; 8],
    activation_epoch: [u8; 8],
    deactivation_epoch: [u8; 8],
    /// Rate, credits and flags of the delegation.
    rest: [u8; 20],
}

const _: () = assert!(size_of::<StakeBytes>() == crate::cpi::stake::SPACE);

/// What is at a stake account's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeView {
    /// No account, another owner, or other authorities than the pool's.
    Foreign,
    /// A layout that this version does not know.
    Unknown,
    /// Ours to initialize, and anybody's: reset by a cluster restart.
    Uninitialized,
    /// No delegation.
    Initialized,
    /// A delegation in any state.
    Delegated(StakeDelegation),
}

/// A delegation as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeDelegation {
    /// The vote account.
    pub vote: Pubkey,
    /// Delegated lamports.
    pub lamports: Lamports,
    /// Epoch in which it began to activate.
    pub activation_epoch: u64,
    /// Epoch in which it began to deactivate; `u64::MAX` for not.
    pub deactivation_epoch: u64,
}

/// How much of a delegation is in which state, by the stake history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeStatus {
    /// No delegation, or one that has cooled down entirely.
    Inactive,
    /// Delegated in this epoch: nothing is effective.
    Activating,
    /// Everything is effective and stays so.
    Active,
    /// Partly effective, or deactivating.
    Between,
}

impl StakeBytes {
    /// The data of an account; `None` where it has another length.
    pub fn of(data: &[u8]) -> Option<&Self> {
        bytemuck::try_from_bytes(data).ok()
    }

    fn tag(&self) -> u32 {
        u32::from_le_bytes(self.tag)
    }

    /// Whether the account has authorities.
    pub fn is_initialized(&self) -> bool {
        matches!(self.tag(), TAG_INITIALIZED | TAG_STAKE)
    }

    /// The delegation; `None` where there never was one.
    pub fn delegation(&self) -> Option<StakeDelegation> {
        (self.tag() == TAG_STAKE).then(|| StakeDelegation {
            vote: Pubkey::new_from_array(self.vote),
            lamports: Lamports::new(u64::from_le_bytes(self.delegated)),
            activation_epoch: u64::from_le_bytes(self.activation_epoch),
            deactivation_epoch: u64::from_le_bytes(self.deactivation_epoch),
        })
    }
}

impl StakeView {
    /// Reads an account; `authority` must be its staker and its withdrawer.
    pub fn read(owner: &Pubkey, data: &[u8], authority: &Pubkey) -> Self {
        if owner != &STAKE_PROGRAM {
            return Self::Foreign;
        }
        let Some(stake) = StakeBytes::of(data) else {
            return Self::Unknown;
        };
        if stake.tag() == TAG_UNINITIALIZED {
            return Self::Uninitialized;
        }
        if !stake.is_initialized() {
            return Self::Unknown;
        }
        let ours = authority.as_array();
        if stake.staker != *ours || stake.withdrawer != *ours {
            return Self::Foreign;
        }
        stake
            .delegation()
            .map_or(Self::Initialized, Self::Delegated)
    }

    /// The state of the stake, by the stake history: a failed call into the stake program could
    /// not be caught, so what it would say is known before.
    pub fn status(&self, moment: &Moment) -> StakeStatus {
        match self {
            Self::Delegated(delegation) => delegation.status(moment),
            _ => StakeStatus::Inactive,
        }
    }

    /// Lamports that the stake program holds back as staked.
    pub fn staked(&self, moment: &Moment) -> Lamports {
        match self {
            Self::Delegated(delegation) => delegation.staked(moment),
            _ => Lamports::ZERO,
        }
    }

    /// What an account of `lamports`, of which `booked` are in the books, is worth to the pool:
    /// whole where it is the pool's, whatever its state; nothing where it is not; never more than
    /// booked where its layout is unknown. `None` where it was reset and can be reclaimed.
    pub fn worth(&self, lamports: Lamports, booked: Lamports, rent: Lamports) -> Option<Lamports> {
        match self {
            Self::Uninitialized if lamports >= rent => None,
            Self::Uninitialized | Self::Unknown => Some(lamports.min(booked)),
            Self::Foreign => Some(Lamports::ZERO),
            Self::Initialized | Self::Delegated(_) => Some(lamports),
        }
    }

    /// What of an account's lamports is on its way back to the reserve: all above rent, once
    /// nothing of it is meant to stay staked.
    pub fn returning(&self, lamports: Lamports, rent: Lamports) -> Lamports {
        if self.is_returning() {
            lamports.saturating_sub(rent)
        } else {
            Lamports::ZERO
        }
    }

    /// Whether the pool can act on the account.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Initialized | Self::Delegated(_))
    }

    /// Whether whatever is above rent is on its way back to the reserve.
    pub fn is_returning(&self) -> bool {
        match self {
            Self::Initialized => true,
            Self::Delegated(delegation) => delegation.deactivation_epoch != u64::MAX,
            _ => false,
        }
    }

    /// Lamports that were effective stake in `epoch`, by the stake history of the moment.
    pub fn effective(&self, epoch: u64, moment: &Moment) -> Lamports {
        match self {
            Self::Delegated(delegation) => {
                Lamports::new(delegation.amounts(epoch, moment).effective)
            }
            _ => Lamports::ZERO,
        }
    }

    /// Delegated lamports that could earn in `epoch`, by the epochs alone: cheaper, and the same
    /// for a delegation that warmed up within one epoch.
    pub fn earning(&self, epoch: u64) -> Lamports {
        match self {
            Self::Delegated(delegation)
                if delegation.activation_epoch < epoch
                    && epoch <= delegation.deactivation_epoch =>
            {
                delegation.lamports
            }
            _ => Lamports::ZERO,
        }
    }
}

impl StakeDelegation {
    /// Whether it began to activate before `epoch` and does not deactivate: by the epochs alone,
    /// which tell nothing about a warm-up of several epochs.
    pub fn is_settled(&self, epoch: u64) -> bool {
        self.activation_epoch < epoch && self.deactivation_epoch == u64::MAX
    }

    /// The state of the stake, by the stake history.
    pub fn status(&self, moment: &Moment) -> StakeStatus {
        let amounts = self.amounts(moment.clock.epoch, moment);
        let lamports = self.lamports.get();
        if amounts.effective == 0 && amounts.activating == 0 {
            StakeStatus::Inactive
        } else if self.deactivation_epoch != u64::MAX {
            StakeStatus::Between
        } else if amounts.effective == lamports {
            StakeStatus::Active
        } else if amounts.effective == 0 {
            StakeStatus::Activating
        } else {
            StakeStatus::Between
        }
    }

    /// The rule of the stake program's Withdraw: the whole delegation until it deactivates, then
    /// what has not cooled down yet.
    fn staked(&self, moment: &Moment) -> Lamports {
        let epoch = moment.clock.epoch;
        if epoch >= self.deactivation_epoch {
            Lamports::new(self.amounts(epoch, moment).effective)
        } else {
            self.lamports
        }
    }

    fn amounts(&self, epoch: u64, moment: &Moment) -> StakeActivationStatus {
        let delegation = Delegation {
            voter_pubkey: self.vote,
            stake: self.lamports.get(),
            activation_epoch: self.activation_epoch,
            deactivation_epoch: self.deactivation_epoch,
            ..Delegation::default()
        };
        delegation.stake_activating_and_deactivating_v2(epoch, moment, WARMUP_RATE_EPOCH)
    }
}
