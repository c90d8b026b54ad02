//! What a holder's stake account says before the pool takes it in, read by offset.
//!
//! Beside the fields that [`crate::stake_view`] knows: the lockup's unix timestamp at 76, its epoch
//! at 84, its custodian at 92.

use crate::{
    cpi::stake::SPACE,
    ensure,
    error::{SluiceError, refuse},
    stake_view::{StakeDelegation, StakeStatus, TAG_INITIALIZED, TAG_STAKE},
};
use anchor_lang::prelude::*;
use sluice_math::Lamports;
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM, stake_history::StakeHistoryGetEntry,
    sysvar::stake_history::StakeHistorySysvar,
};
use std::ops::Range;

const STAKER: Range<usize> = 12..44;
const WITHDRAWER: Range<usize> = 44..76;
const LOCKUP_TIMESTAMP: Range<usize> = 76..84;
const LOCKUP_EPOCH: Range<usize> = 84..92;
const LOCKUP_CUSTODIAN: Range<usize> = 92..124;

/// A stake account that a holder offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferedStake {
    /// Who may delegate it.
    pub staker: Pubkey,
    /// Who may withdraw it.
    pub withdrawer: Pubkey,
    /// Until when it is locked up, as a unix timestamp in seconds.
    pub locked_until: i64,
    /// Until which epoch it is locked up.
    pub locked_until_epoch: u64,
    /// Who may change the lockup; zero for nobody.
    pub custodian: Pubkey,
    /// Its delegation, if it has one.
    pub delegation: Option<StakeDelegation>,
    /// Everything it holds.
    pub lamports: Lamports,
}

impl OfferedStake {
    /// Reads an account; whatever is no initialized stake account is an error.
    pub fn read(account: &AccountInfo<'_>) -> Result<Self> {
        let lamports = Lamports::new(account.lamports());
        Self::parse(account.owner, &account.try_borrow_data()?, lamports)
            .ok_or_else(|| refuse(SluiceError::NotStakeAccount))
    }

    /// Reads an account's owner and data, also outside the chain.
    pub fn parse(owner: &Pubkey, data: &[u8], lamports: Lamports) -> Option<Self> {
        let tag = u32::from_le_bytes(data.get(..4)?.try_into().ok()?);
        let initialized = tag == TAG_INITIALIZED || tag == TAG_STAKE;
        if owner != &STAKE_PROGRAM || data.len() != SPACE || !initialized {
            return None;
        }
        let staker = key(data, STAKER)?;
        let withdrawer = key(data, WITHDRAWER)?;
        Some(Self {
            staker,
            withdrawer,
            locked_until: i64::from_le_bytes(data.get(LOCKUP_TIMESTAMP)?.try_into().ok()?),
            locked_until_epoch: u64::from_le_bytes(data.get(LOCKUP_EPOCH)?.try_into().ok()?),
            custodian: key(data, LOCKUP_CUSTODIAN)?,
            delegation: StakeDelegation::parse(data).ok()?,
            lamports,
        })
    }

    /// The delegation, if the pool can take the account in for the validator `vote` at `clock`:
    /// fully active with that validator, neither locked up nor with a custodian who could lock it
    /// up again, and with no more idle lamports than another `rent`.
    pub fn require_depositable(
        &self,
        vote: &Pubkey,
        clock: &Clock,
        rent: Lamports,
    ) -> Result<StakeDelegation> {
        self.require_depositable_by(vote, clock, rent, &StakeHistorySysvar(clock.epoch))
    }

    /// [`Self::require_depositable`] by a stake history read elsewhere.
    pub fn require_depositable_by(
        &self,
        vote: &Pubkey,
        clock: &Clock,
        rent: Lamports,
        history: &impl StakeHistoryGetEntry,
    ) -> Result<StakeDelegation> {
        ensure!(!self.is_locked_up(clock), SluiceError::StakeLockedUp);
        ensure!(
            self.custodian == Pubkey::default(),
            SluiceError::StakeHasCustodian
        );
        let delegation = self
            .delegation
            .ok_or_else(|| refuse(SluiceError::StakeNotDelegated))?;
        match delegation.status(clock.epoch, history) {
            StakeStatus::Active => {}
            StakeStatus::Inactive => return Err(refuse(SluiceError::StakeNotDelegated)),
            StakeStatus::Between if delegation.deactivation_epoch != u64::MAX => {
                return Err(refuse(SluiceError::StakeDeactivating));
            }
            StakeStatus::Activating | StakeStatus::Between => {
                return Err(refuse(SluiceError::StakeActivating));
            }
        }
        ensure!(delegation.vote == *vote, SluiceError::StakeOfOtherValidator);
        ensure!(
            self.idle(&delegation, rent) <= rent,
            SluiceError::IdleLamportsTooLarge
        );
        Ok(delegation)
    }

    /// Whether the lockup still forbids to withdraw.
    pub fn is_locked_up(&self, clock: &Clock) -> bool {
        self.locked_until > clock.unix_timestamp || self.locked_until_epoch > clock.epoch
    }

    /// Lamports that are neither delegated nor rent.
    pub fn idle(&self, delegation: &StakeDelegation, rent: Lamports) -> Lamports {
        self.lamports
            .saturating_sub(delegation.lamports)
            .saturating_sub(rent)
    }
}

fn key(data: &[u8], range: Range<usize>) -> Option<Pubkey> {
    data.get(range)?.try_into().ok().map(Pubkey::new_from_array)
}
