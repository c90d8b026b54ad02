//! The moment at which a rule is applied: what the cluster says then.

use std::{cell::OnceCell, sync::Arc};

use anchor_lang::prelude::*;
use sluice_math::{BoundaryRewards, Lamports};
use solana_epoch_rewards::EpochRewards;
use solana_stake_interface::{
    stake_history::{StakeHistory, StakeHistoryEntry, StakeHistoryGetEntry},
    sysvar::stake_history::StakeHistorySysvar,
};

use crate::{calls::stake, ensure, error::SluiceError};

/// What the runtime counts for an account beside its data, in bytes.
const ACCOUNT_OVERHEAD_BYTES: u64 = 128;

/// Clock, rent, schedule, stake history, minimum delegation and rewards of a cluster.
///
/// On chain each of them costs compute: beside the clock, which every price needs, each is read
/// on first use. Off chain all of them are given.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Slot, epoch and time.
    pub clock: Clock,
    stake_rent: OnceCell<Lamports>,
    reserve_rent: OnceCell<Lamports>,
    schedule: OnceCell<EpochSchedule>,
    minimum_delegation: OnceCell<Lamports>,
    rewards: OnceCell<EpochRewards>,
    /// Where it is given: on chain it is too long to be read as a whole.
    history: Option<Arc<StakeHistory>>,
}

impl Moment {
    /// The moment of the running instruction.
    #[inline(always)]
    pub fn now() -> Result<Self> {
        Ok(Self {
            clock: Clock::get()?,
            stake_rent: OnceCell::new(),
            reserve_rent: OnceCell::new(),
            schedule: OnceCell::new(),
            minimum_delegation: OnceCell::new(),
            rewards: OnceCell::new(),
            history: None,
        })
    }

    /// A moment as a client has read it.
    pub fn given(
        clock: Clock,
        rent: &Rent,
        schedule: EpochSchedule,
        history: Arc<StakeHistory>,
        minimum_delegation: Lamports,
        rewards: EpochRewards,
    ) -> Self {
        Self {
            clock,
            stake_rent: OnceCell::from(minimum_balance(rent, stake::SPACE)),
            reserve_rent: OnceCell::from(minimum_balance(rent, 0)),
            schedule: OnceCell::from(schedule),
            minimum_delegation: OnceCell::from(minimum_delegation),
            rewards: OnceCell::from(rewards),
            history: Some(history),
        }
    }

    /// Rent of a stake account.
    pub fn stake_rent(&self) -> Result<Lamports> {
        once(&self.stake_rent, || rent_of(stake::SPACE)).copied()
    }

    /// Rent of an account without data, as the reserve is.
    pub fn reserve_rent(&self) -> Result<Lamports> {
        once(&self.reserve_rent, || rent_of(0)).copied()
    }

    /// First and last slots of epochs.
    pub fn schedule(&self) -> Result<&EpochSchedule> {
        once(&self.schedule, || Ok(EpochSchedule::get()?))
    }

    /// Whether no more than a tenth of the epoch is past.
    pub fn is_epoch_young(&self) -> Result<bool> {
        let (schedule, clock) = (self.schedule()?, &self.clock);
        let first = schedule.get_first_slot_in_epoch(clock.epoch);
        let past = clock.slot.saturating_sub(first);
        Ok(past.saturating_mul(10) <= schedule.get_slots_in_epoch(clock.epoch))
    }

    /// The stake program's minimum delegation.
    pub fn minimum_delegation(&self) -> Result<Lamports> {
        once(&self.minimum_delegation, stake::minimum_delegation).copied()
    }

    /// Fails while the runtime still pays the rewards of the last epoch.
    pub fn require_rewards_paid(&self) -> Result<()> {
        ensure!(!self.rewards()?.active, SluiceError::RewardsBeingPaid);
        Ok(())
    }

    /// What the last boundary shared out: the sysvar keeps it until the next one.
    pub fn boundary_rewards(&self) -> Result<BoundaryRewards> {
        let rewards = self.rewards()?;
        Ok(BoundaryRewards {
            points: rewards.total_points,
            lamports: Lamports::new(rewards.total_rewards),
        })
    }

    fn rewards(&self) -> Result<&EpochRewards> {
        once(&self.rewards, || Ok(EpochRewards::get()?))
    }
}

impl StakeHistoryGetEntry for Moment {
    fn get_entry(&self, epoch: u64) -> Option<StakeHistoryEntry> {
        match &self.history {
            Some(history) => history.get_entry(epoch),
            None => StakeHistorySysvar(self.clock.epoch).get_entry(epoch),
        }
    }
}

/// What a cell holds, read on first use.
fn once<T>(cell: &OnceCell<T>, read: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = read()?;
    Ok(cell.get_or_init(|| value))
}

/// Rent of an account of `space` bytes, for instructions that need nothing else of their moment.
#[inline(always)]
pub fn rent_of(space: usize) -> Result<Lamports> {
    Ok(minimum_balance(&Rent::get()?, space))
}

/// Rent of an account of `space` bytes, as the sysvar computes it.
///
/// The threshold was 2 until SIMD-0194 made it 1. Both are whole: to go round the floating point, which
/// is emulated on chain, saves 150 compute units.
#[expect(
    deprecated,
    reason = "the sysvar still has the fields, and the runtime's formula reads them"
)]
fn minimum_balance(rent: &Rent, space: usize) -> Lamports {
    const ONE: u64 = 1_f64.to_bits();
    const TWO: u64 = 2_f64.to_bits();
    let years = match rent.exemption_threshold.to_bits() {
        ONE => Some(1_u64),
        TWO => Some(2),
        _ => None,
    };
    let whole = || {
        let bytes = ACCOUNT_OVERHEAD_BYTES.checked_add(u64::try_from(space).ok()?)?;
        let lamports = bytes.checked_mul(rent.lamports_per_byte_year)?;
        lamports.checked_mul(years?)
    };
    Lamports::new(whole().unwrap_or_else(|| rent.minimum_balance(space)))
}

#[cfg(test)]
#[expect(deprecated, reason = "the sysvar still has the fields")]
mod tests {
    use super::*;

    #[test]
    fn rent_is_what_the_sysvar_says_at_every_threshold() {
        for exemption_threshold in [0.0, 0.5, 1.0, 1.5, 2.0, 3.0] {
            for lamports_per_byte_year in [0, 1, 348, 2_540, 3_480, 6_960] {
                let rent = Rent {
                    lamports_per_byte_year,
                    exemption_threshold,
                    ..Rent::default()
                };
                for space in [0, 1, stake::SPACE, 10_240, 10 << 20] {
                    let expected = Lamports::new(rent.minimum_balance(space));
                    assert_eq!(minimum_balance(&rent, space), expected, "{rent:?} {space}");
                }
            }
        }
    }
}
