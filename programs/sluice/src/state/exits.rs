//! What exits at once pay: from the reserve, and with stake.

use anchor_lang::prelude::*;
use sluice_math::{Bps, InstantFee, Lamports, Ledger, Lst, MathError, RewardRate, StakeExit};

use super::{Pool, Slot};
use crate::{
    ensure,
    error::{Checked, SluiceError},
    moment::Moment,
    sums::Tally,
};

/// What an instant exit pays.
#[derive(Clone, Copy, Debug)]
pub struct InstantExit {
    /// Lamports for the owner.
    pub lamports: Lamports,
    /// The fee that stays.
    pub fee: Lamports,
    /// The ledger after it.
    pub ledger: Ledger,
}

/// How stake leaves main.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeExitWay {
    /// A part, beside which main keeps the minimum delegation.
    Part,
    /// All of a validator's that leaves the pool.
    Whole,
}

impl Pool {
    /// What `withdraw_sol` pays at this moment. Fails as it does.
    pub fn instant_exit_at(&self, lst: Lst, moment: &Moment) -> Result<InstantExit> {
        ensure!(!lst.is_zero(), SluiceError::ZeroAmount);
        self.require_instant_exits_open(&moment.clock)?;
        let mut rolled = *self;
        rolled.roll_queue(moment.clock.slot)?;
        rolled.quote_instant_exit(lst, moment)
    }

    /// Quotes an instant exit of `lst`, from what the queue does not need.
    pub fn quote_instant_exit(&self, lst: Lst, moment: &Moment) -> Result<InstantExit> {
        let redeemed = self.ledger().redeem(lst, moment.clock.slot).checked()?;
        let buffer = self.instant_buffer(moment)?;
        ensure!(
            redeemed.lamports <= buffer,
            SluiceError::InsufficientReserve
        );
        let fee = self
            .instant_fee()?
            .charge(redeemed.lamports, buffer)
            .checked()?;
        let lamports = redeemed.lamports.sub(fee).checked()?;
        ensure!(!lamports.is_zero(), SluiceError::AmountTooSmall);
        Ok(InstantExit {
            lamports,
            fee,
            ledger: Ledger {
                reserve: redeemed.ledger.reserve.sub(lamports).checked()?,
                pending: redeemed.ledger.pending.add(fee).checked()?,
                ..redeemed.ledger
            },
        })
    }

    /// Books an instant exit.
    pub(crate) fn book_instant_exit(&mut self, exit: &InstantExit) -> Result<()> {
        self.book(&exit.ledger);
        self.instant_fee_lamports.increase(exit.fee.get())?;
        self.instant_paid_lamports.increase(exit.lamports.get())
    }

    /// Lamports that instant exits may take now: what is spendable, less the queue's needs and
    /// less the fees of earlier instant exits, which drip to the holders first.
    pub fn instant_buffer(&self, moment: &Moment) -> Result<Lamports> {
        Ok(self
            .spendable(moment.reserve_rent()?)
            .saturating_sub(self.queue_lamports()?)
            .saturating_sub(Lamports::new(self.instant_fee_lamports)))
    }

    /// The fee schedule of instant exits. Its target counts what the epoch's instant exits were
    /// paid as if it were still there: a target that shrank with every exit would make an exit
    /// cheaper in parts.
    pub fn instant_fee(&self) -> Result<InstantFee> {
        let paid = Lamports::new(self.instant_paid_lamports);
        let full = self.ledger().full().and_then(|full| full.add(paid));
        Ok(InstantFee {
            max: Bps::new(self.config.instant_fee_max_bps).checked()?,
            min: Bps::new(self.config.instant_fee_min_bps).checked()?,
            target: self.reserve_target_of(full.checked()?)?,
        })
    }

    /// Lamports that the reserve should keep for instant exits.
    pub fn reserve_target(&self) -> Result<Lamports> {
        self.reserve_target_of(self.ledger().full().checked()?)
    }

    fn reserve_target_of(&self, full: Lamports) -> Result<Lamports> {
        let share = Bps::new(self.config.reserve_target_bps).checked()?.ratio();
        sluice_math::Floor(share)
            .apply(full.get())
            .map(Lamports::new)
            .checked()
    }
}

impl Pool {
    /// Quotes an exit of `lst` with stake at `slot`; `StakeExitTooLarge` where all stake together
    /// is not worth it.
    pub fn quote_stake_exit(&self, lst: Lst, slot: u64) -> Result<StakeExit> {
        let (configured, rate) = self.stake_exit_fee()?;
        let exit = self.ledger().stake_exit(lst, slot, configured, rate);
        let is_too_large = matches!(exit, Err(MathError::Underflow));
        ensure!(!is_too_large, SluiceError::StakeExitTooLarge);
        exit.checked()
    }

    fn stake_exit_fee(&self) -> Result<(Bps, RewardRate)> {
        let configured = Bps::new(self.config.stake_exit_fee_bps).checked()?;
        Ok((configured, RewardRate::new(self.reward_rate_e12)))
    }

    /// An exit leaves a validator its part of what is delegated, with some latitude. One without
    /// weight has no part: it gives what is wanted, but only while the epoch is young. So nobody
    /// carries off the stake of the one that is known to have earned most.
    pub fn require_balanced(&self, slot: &Slot, taken: Lamports, moment: &Moment) -> Result<()> {
        if slot.weight == 0 {
            ensure!(moment.is_epoch_young()?, SluiceError::StakeExitUnbalanced);
            return Ok(());
        }
        let left = slot.stake(moment.clock.epoch)?.has.saturating_sub(taken);
        let delegated = self.delegated().saturating_sub(taken);
        let tolerance = Bps::new(self.config.tolerance_bps).checked()?;
        let spread = self.spread()?;
        let least = |minimum| {
            spread
                .least_after_exit(slot.weight, delegated, tolerance, minimum)
                .checked()
        };
        // Asked first: the minimum delegation is a call.
        if left >= least(Lamports::ZERO)? {
            return Ok(());
        }
        let least = least(moment.minimum_delegation()?)?;
        ensure!(left >= least, SluiceError::StakeExitUnbalanced);
        Ok(())
    }

    /// Fits an exit to what main has delegated. Both sides keep the minimum delegation. Only where
    /// the validator leaves, main may go as a whole, for LST of its worth or more; LST beyond its
    /// worth and the fee on it is not burned.
    pub fn fit_stake_exit(
        &self,
        exit: StakeExit,
        leaving: bool,
        delegated: Lamports,
        minimum: Lamports,
        at: u64,
    ) -> Result<(StakeExit, StakeExitWay)> {
        if leaving && exit.lamports >= delegated && delegated >= minimum {
            let (configured, rate) = self.stake_exit_fee()?;
            let lst = self
                .ledger()
                .lst_for_stake(delegated, at, configured, rate)
                .checked()?;
            let exit = self.quote_stake_exit(lst.min(exit.lst), at)?;
            return Ok((exit.limited_to(delegated).checked()?, StakeExitWay::Whole));
        }
        ensure!(exit.lamports >= minimum, SluiceError::StakeExitTooSmall);
        let kept = delegated.saturating_sub(exit.lamports);
        ensure!(kept >= minimum, SluiceError::StakeExitTooLarge);
        Ok((exit, StakeExitWay::Part))
    }
}
