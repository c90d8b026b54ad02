//! What is open now: the price's freshness, the breaker, the pause.

use anchor_lang::prelude::*;
use sluice_math::{Bps, Lamports, RewardRate};

use super::{NEVER, Pool};
use crate::{
    ensure,
    error::{Checked, SluiceError},
    sums::Tally,
};

/// Epochs after which a tripped breaker ends by itself.
pub const BREAKER_EPOCHS: u64 = 10;
/// Epochs for which a tripped breaker holds back settlement.
pub const SETTLEMENT_WAIT_EPOCHS: u64 = 2;

impl Pool {
    /// Prices hold for the epoch that was finalized, and only after its rewards were paid.
    pub fn require_fresh(&self, clock: &Clock) -> Result<()> {
        ensure!(self.is_fresh(clock.epoch), SluiceError::PoolStale);
        Ok(())
    }

    /// Whether the pool is finalized for `epoch`.
    pub fn is_fresh(&self, epoch: u64) -> bool {
        self.finalized_epoch == epoch
    }

    /// Deposits need a fresh price, no tripped breaker and no pause.
    pub fn require_deposits_open(&self, clock: &Clock) -> Result<()> {
        self.require_instant_exits_open(clock)?;
        ensure!(!self.is_paused(clock.epoch), SluiceError::Paused);
        Ok(())
    }

    /// Instant exits need a fresh price and no tripped breaker.
    pub fn require_instant_exits_open(&self, clock: &Clock) -> Result<()> {
        self.require_fresh(clock)?;
        ensure!(!self.is_tripped(), SluiceError::BreakerTripped);
        Ok(())
    }

    /// Settlement needs a fresh price, and waits a bounded time for a tripped breaker.
    pub fn require_settlement_open(&self, clock: &Clock) -> Result<()> {
        self.require_fresh(clock)?;
        let waited = clock.epoch.saturating_sub(self.breaker_epoch);
        ensure!(
            !self.is_tripped() || waited >= SETTLEMENT_WAIT_EPOCHS,
            SluiceError::BreakerTripped
        );
        Ok(())
    }

    /// Exits with stake need a fresh price, no tripped breaker, and a fee that covers the reward
    /// of the running epoch: a rate that is known, and not above what may drip in an epoch.
    pub fn require_stake_exits_open(&self, clock: &Clock) -> Result<()> {
        self.require_instant_exits_open(clock)?;
        let rate = RewardRate::new(self.reward_rate_e12);
        ensure!(!rate.is_unknown(), SluiceError::NoRewardYet);
        let bound = Bps::new(self.config.drip_bound_bps).checked()?;
        ensure!(!rate.exceeds(bound), SluiceError::RewardRateTooHigh);
        Ok(())
    }

    /// Whether an abnormal loss has tripped the breaker.
    pub fn is_tripped(&self) -> bool {
        self.breaker_epoch != NEVER
    }

    /// Whether a tripped breaker ends by itself with the finalize of `epoch`.
    pub fn breaker_ends(&self, epoch: u64) -> bool {
        self.is_tripped() && epoch.saturating_sub(self.breaker_epoch) >= BREAKER_EPOCHS
    }

    /// Books a fall of the value from `value_before`; what falls in one epoch counts together.
    /// A breaker that is tripped already is not armed again, but what falls joins its loss.
    pub fn book_fall(&mut self, fall: Lamports, value_before: Lamports, epoch: u64) -> Result<()> {
        let earlier = Lamports::new(self.fallen_lamports);
        let bound = Bps::new(self.config.breaker_bound_bps).checked()?;
        let value = value_before.add(earlier).checked()?;
        self.fallen_lamports.increase(fall.get())?;
        if self.is_tripped() {
            return self.unrestored_lamports.increase(fall.get());
        }
        let fallen = Lamports::new(self.fallen_lamports);
        if sluice_math::is_abnormal(fallen, value, bound) {
            self.breaker_epoch = epoch;
            self.unrestored_lamports = fallen.get();
        }
        Ok(())
    }

    /// Ends the breaker, and with it the restoring of the loss.
    pub fn end_breaker(&mut self) {
        self.breaker_epoch = NEVER;
        self.unrestored_lamports = 0;
    }

    /// Whether the guardian's pause is on in `epoch`.
    pub fn is_paused(&self, epoch: u64) -> bool {
        epoch < self.paused_until_epoch
    }
}
