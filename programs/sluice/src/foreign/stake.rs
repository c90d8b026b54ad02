//! What a stake account says, read without the stake program's decoder: cheap enough to read
//! dozens in one transaction.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use sluice_math::{Holding, Lamports, StakeKind, StakeNow, StakeStatus};
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM,
    state::{Delegation, StakeActivationStatus},
};

use crate::moment::Moment;

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
    /// A constant since the warm-up rate is the cluster's: ignored.
    warmup_rate: [u8; 8],
    credits_observed: [u8; 8],
    /// Flags, and padding.
    rest: [u8; 4],
}

const _: () = assert!(size_of::<StakeBytes>() == crate::calls::stake::SPACE);

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
    /// Credits of the vote account for which it was paid.
    pub credits_observed: u64,
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
            credits_observed: u64::from_le_bytes(self.credits_observed),
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

    /// The account, which has `lamports` and by the books `booked`, as the slot moves see it, by
    /// the stake history: a failed call into the stake program could not be caught, so what it
    /// would say is known before.
    pub fn now(&self, lamports: Lamports, booked: Lamports, moment: &Moment) -> StakeNow {
        let (status, staked) = self.status_and_staked(moment);
        StakeNow {
            holding: Holding {
                kind: self.kind(),
                lamports,
                booked,
            },
            status,
            staked,
        }
    }

    /// The state of the stake, by the stake history.
    pub fn status(&self, moment: &Moment) -> StakeStatus {
        self.status_and_staked(moment).0
    }

    /// The state of the stake, and the lamports that the stake program holds back as staked.
    pub fn status_and_staked(&self, moment: &Moment) -> (StakeStatus, Lamports) {
        match self {
            Self::Delegated(delegation) => delegation.status_and_staked(moment),
            _ => (StakeStatus::Inactive, Lamports::ZERO),
        }
    }

    /// Whose the account is, and whether its stake is meant to stay.
    pub fn kind(&self) -> StakeKind {
        match self {
            Self::Foreign => StakeKind::Foreign,
            Self::Unknown => StakeKind::Unknown,
            Self::Uninitialized => StakeKind::Reset,
            Self::Delegated(_) if self.staying().is_some() => StakeKind::Staying,
            Self::Initialized | Self::Delegated(_) => StakeKind::Returning,
        }
    }

    /// Whether the pool can act on the account.
    pub fn is_ours(&self) -> bool {
        self.kind().is_ours()
    }

    /// The delegation, where it is meant to stay.
    pub fn staying(&self) -> Option<&StakeDelegation> {
        match self {
            Self::Delegated(delegation) if delegation.deactivation_epoch == u64::MAX => {
                Some(delegation)
            }
            _ => None,
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
        self.status_and_staked(moment).0
    }

    /// The state of the stake, and the lamports that the stake program's Withdraw holds back: the
    /// whole delegation until it deactivates, then what has not cooled down yet.
    fn status_and_staked(&self, moment: &Moment) -> (StakeStatus, Lamports) {
        let amounts = self.amounts(moment.clock.epoch, moment);
        let effective = Lamports::new(amounts.effective);
        let staked = if moment.clock.epoch >= self.deactivation_epoch {
            effective
        } else {
            self.lamports
        };
        let status = if amounts.effective == 0 && amounts.activating == 0 {
            StakeStatus::Inactive
        } else if self.deactivation_epoch != u64::MAX {
            StakeStatus::Between
        } else if effective == self.lamports {
            StakeStatus::Active
        } else if effective.is_zero() {
            StakeStatus::Activating
        } else {
            StakeStatus::Between
        };
        (status, staked)
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
