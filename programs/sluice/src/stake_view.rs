//! What a stake account says, read by offset: cheap enough to read dozens in one transaction.
//!
//! Layout of the stake program's `StakeStateV2` (bincode, 200 bytes): tag u32 at 0, staker at 12,
//! withdrawer at 44, vote account at 124, delegated lamports at 156, activation epoch at 164,
//! deactivation epoch at 172. The field `rent_exempt_reserve` at 4 is ignored: it is a constant
//! since version 5 of the program, whatever rent really is.

use anchor_lang::prelude::*;
use sluice_math::Lamports;
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM,
    stake_history::StakeHistoryGetEntry,
    state::{Delegation, StakeActivationStatus},
    sysvar::stake_history::StakeHistorySysvar,
};

const STAKE_SPACE: usize = crate::cpi::stake::SPACE;
const TAG_UNINITIALIZED: u32 = 0;
pub(crate) const TAG_INITIALIZED: u32 = 1;
pub(crate) const TAG_STAKE: u32 = 2;
const STAKER_AT: usize = 12;
const WITHDRAWER_AT: usize = 44;
const VOTE_AT: usize = 124;
const STAKE_AT: usize = 156;
const ACTIVATION_AT: usize = 164;
const DEACTIVATION_AT: usize = 172;

/// The epoch from which the 9% warm-up and cool-down rate holds: before every epoch that a pool
/// can see.
const WARMUP_RATE_EPOCH: Option<u64> = Some(0);

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

impl StakeView {
    /// Reads an account; `authority` must be its staker and its withdrawer.
    pub fn read(account: &AccountInfo<'_>, authority: &Pubkey) -> Result<Self> {
        Self::parse(account.owner, &account.try_borrow_data()?, authority)
    }

    /// Reads an account's owner and data, also outside the chain.
    pub fn parse(owner: &Pubkey, data: &[u8], authority: &Pubkey) -> Result<Self> {
        if owner != &STAKE_PROGRAM {
            return Ok(Self::Foreign);
        }
        if data.len() != STAKE_SPACE {
            return Ok(Self::Unknown);
        }
        let tag = u32::from_le_bytes(bytes(data, 0)?);
        if tag == TAG_UNINITIALIZED {
            return Ok(Self::Uninitialized);
        }
        if tag != TAG_INITIALIZED && tag != TAG_STAKE {
            return Ok(Self::Unknown);
        }
        let ours = authority.as_ref();
        if data[STAKER_AT..STAKER_AT + 32] != *ours
            || data[WITHDRAWER_AT..WITHDRAWER_AT + 32] != *ours
        {
            return Ok(Self::Foreign);
        }
        Ok(StakeDelegation::parse(data)?.map_or(Self::Initialized, Self::Delegated))
    }

    /// The state of the stake in `epoch`, by the stake history: a failed call into the stake
    /// program could not be caught, so what it would say is known before.
    pub fn status(&self, epoch: u64) -> StakeStatus {
        self.status_by(epoch, &StakeHistorySysvar(epoch))
    }

    /// [`Self::status`] by a stake history read elsewhere.
    pub fn status_by(&self, epoch: u64, history: &impl StakeHistoryGetEntry) -> StakeStatus {
        match self {
            Self::Delegated(delegation) => delegation.status(epoch, history),
            _ => StakeStatus::Inactive,
        }
    }

    /// Lamports that the stake program holds back as staked in `epoch`.
    pub fn staked(&self, epoch: u64) -> Lamports {
        self.staked_by(epoch, &StakeHistorySysvar(epoch))
    }

    /// [`Self::staked`] by a stake history read elsewhere.
    pub fn staked_by(&self, epoch: u64, history: &impl StakeHistoryGetEntry) -> Lamports {
        match self {
            Self::Delegated(delegation) => delegation.staked(epoch, history),
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

    /// Lamports that were effective stake in `epoch`, by the stake history as of epoch `now`.
    pub fn effective(&self, epoch: u64, now: u64) -> Lamports {
        match self {
            Self::Delegated(delegation) => Lamports::new(
                delegation
                    .amounts(epoch, &StakeHistorySysvar(now))
                    .effective,
            ),
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

    /// Reads the data of an initialized stake account; `None` where it was never delegated.
    pub fn parse(data: &[u8]) -> Result<Option<Self>> {
        if u32::from_le_bytes(bytes(data, 0)?) != TAG_STAKE {
            return Ok(None);
        }
        Ok(Some(Self {
            vote: Pubkey::new_from_array(bytes(data, VOTE_AT)?),
            lamports: Lamports::new(u64::from_le_bytes(bytes(data, STAKE_AT)?)),
            activation_epoch: u64::from_le_bytes(bytes(data, ACTIVATION_AT)?),
            deactivation_epoch: u64::from_le_bytes(bytes(data, DEACTIVATION_AT)?),
        }))
    }

    /// The state of the stake in `epoch`, by a stake history.
    pub fn status(&self, epoch: u64, history: &impl StakeHistoryGetEntry) -> StakeStatus {
        let amounts = self.amounts(epoch, history);
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
    fn staked(&self, epoch: u64, history: &impl StakeHistoryGetEntry) -> Lamports {
        if epoch >= self.deactivation_epoch {
            Lamports::new(self.amounts(epoch, history).effective)
        } else {
            self.lamports
        }
    }

    fn amounts(&self, epoch: u64, history: &impl StakeHistoryGetEntry) -> StakeActivationStatus {
        let delegation = Delegation {
            voter_pubkey: self.vote,
            stake: self.lamports.get(),
            activation_epoch: self.activation_epoch,
            deactivation_epoch: self.deactivation_epoch,
            ..Delegation::default()
        };
        delegation.stake_activating_and_deactivating_v2(epoch, history, WARMUP_RATE_EPOCH)
    }
}

/// `N` bytes at an offset.
fn bytes<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N]> {
    data.get(at..at + N)
        .and_then(|slice| slice.try_into().ok())
        .ok_or_else(|| ProgramError::InvalidAccountData.into())
}
