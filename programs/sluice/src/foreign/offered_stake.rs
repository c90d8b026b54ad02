//! What a holder's stake account says before the pool takes it in.

use anchor_lang::prelude::*;
use sluice_math::{Lamports, StakeStatus};
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use super::{StakeDelegation, stake::StakeBytes};
use crate::{
    ensure,
    error::{SluiceError, refuse},
    moment::Moment,
};

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
    /// Reads an account; `None` where it is no stake account that was initialized.
    pub fn read(owner: &Pubkey, data: &[u8], lamports: Lamports) -> Option<Self> {
        let stake = StakeBytes::of(data)?;
        if owner != &STAKE_PROGRAM || !stake.is_initialized() {
            return None;
        }
        Some(Self {
            staker: Pubkey::new_from_array(stake.staker),
            withdrawer: Pubkey::new_from_array(stake.withdrawer),
            locked_until: i64::from_le_bytes(stake.lockup_timestamp),
            locked_until_epoch: u64::from_le_bytes(stake.lockup_epoch),
            custodian: Pubkey::new_from_array(stake.lockup_custodian),
            delegation: stake.delegation(),
            lamports,
        })
    }

    /// The delegation, if the pool can take the account in for the validator `vote`: fully active
    /// with that validator, neither locked up nor with a custodian who could lock it up again, and
    /// with no more idle lamports than another rent.
    pub fn require_depositable(&self, vote: &Pubkey, moment: &Moment) -> Result<StakeDelegation> {
        let clock = &moment.clock;
        ensure!(!self.is_locked_up(clock), SluiceError::StakeLockedUp);
        ensure!(
            self.custodian == Pubkey::default(),
            SluiceError::StakeHasCustodian
        );
        let delegation = self
            .delegation
            .ok_or_else(|| refuse(SluiceError::StakeNotDelegated))?;
        match delegation.status(moment) {
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
        let rent = moment.stake_rent()?;
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
