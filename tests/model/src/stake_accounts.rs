//! Stake accounts in and out: which are taken, and which can be had.

use sluice::SluiceError::{
    AmountTooSmall, InsufficientReserve, MainNotActive, MathUnderflow, NoRewardYet,
    RewardRateTooHigh, ShareCapReached, SlotNotActive, StakeExitTooLarge, StakeExitTooSmall,
    StakeExitUnbalanced, ValidatorNotVoting, ZeroAmount,
};
use sluice_math::{Lamports, Lst, MathError, StakeExit};

use crate::{
    action::Refusal,
    pool::{Model, Outcome, bps, program_error},
    slots::Slot,
    stake::{Phase, StakeKind},
};

/// Minimum delegations below which the share cap binds no deposit.
const SMALL_POOL: u64 = 1_000;
/// One part of all delegated stake in this many may always leave a validator.
const SHARE: u64 = 1_000;

impl Model {
    /// What a slot holds beside rent and what is on its way back.
    pub fn has(slot: &Slot) -> u64 {
        let held = slot.booked().saturating_sub(slot.rent);
        held.saturating_sub(slot.deactivating)
    }

    /// Whether a validator has credits in this epoch or, in its first tenth, in the last.
    fn is_voting(&self, validator: usize) -> bool {
        let (epoch, voted) = (self.now.epoch, &self.conduct.voted[validator]);
        let earned = |epoch| voted.contains_key(&epoch);
        earned(epoch) || (self.is_epoch_young() && epoch > 0 && earned(epoch - 1))
    }

    /// Whether no more than a tenth of the epoch is past.
    fn is_epoch_young(&self) -> bool {
        let (epoch, schedule) = (self.now.epoch, &self.now.schedule);
        let first = schedule.get_first_slot_in_epoch(epoch);
        (self.now.slot - first) * 10 <= schedule.get_slots_in_epoch(epoch)
    }

    fn require_room(&self, slot: &Slot, offered: u64, full: Lamports) -> Outcome {
        let tolerance = u128::from(self.config.tolerance_bps);
        let capped = u128::from(full.get()) * u128::from(self.spread.cap.get()) / 10_000;
        let most = capped * (10_000 + tolerance) / 10_000;
        let small = self.delegated() < SMALL_POOL * self.now.minimum_delegation;
        if !small && u128::from(Self::has(slot) + offered) > most {
            return Err(ShareCapReached.into());
        }
        Ok(())
    }

    /// A deposit of a stake account with this delegation and its rent.
    pub fn deposit_stake(&mut self, user: usize, index: u8, lamports: u64) -> Outcome {
        let mut slot = self.slot(index)?.clone();
        self.require_calm()?;
        if slot.leaving || slot.retires {
            return Err(SlotNotActive.into());
        }
        let main = slot.stakes[0].account;
        if main.phase(self.now.epoch, &self.now.history) != Phase::Active {
            return Err(MainNotActive.into());
        }
        self.require_acceptable(slot.validator)?;
        if !self.is_voting(slot.validator) {
            return Err(ValidatorNotVoting.into());
        }
        let offered = lamports + self.rents.stake;
        let fee = bps(self.config.deposit_fee_bps);
        let quote = self
            .ledger
            .deposit_stake(Lamports::new(offered), fee, self.now.slot)
            .map_err(program_error)?;
        if quote.minted.is_zero() {
            return Err(AmountTooSmall.into());
        }
        let full = quote.ledger.full().map_err(program_error)?;
        self.require_room(&slot, offered, full)?;
        self.ledger = quote.ledger;
        self.holders[user].lst += quote.minted.get();
        self.mint_supply += quote.minted.get();
        slot.stakes[0].booked += offered;
        slot.stakes[0].account.lamports += offered;
        if let StakeKind::Delegated(delegation) = &mut slot.stakes[0].account.kind {
            delegation.stake += lamports;
        }
        slot.delegated = slot.staying();
        self.keep(index, slot, false);
        Ok(())
    }

    fn quote_stake_exit(&self, lst: Lst) -> Outcome<StakeExit> {
        let configured = bps(self.config.stake_exit_fee_bps);
        let rate = self.last_gain.rate;
        match self.ledger.stake_exit(lst, self.now.slot, configured, rate) {
            Err(MathError::Underflow) => Err(StakeExitTooLarge.into()),
            exit => exit.map_err(program_error),
        }
    }

    /// What main gives for LST, and whether that is all it has.
    fn fitted_exit(&self, slot: &Slot, delegated: u64, lst: Lst) -> Outcome<(StakeExit, bool)> {
        let (exit, minimum) = (self.quote_stake_exit(lst)?, self.now.minimum_delegation);
        let lamports = exit.lamports.get();
        if slot.leaving && lamports >= delegated && delegated >= minimum {
            let configured = bps(self.config.stake_exit_fee_bps);
            let (slot, rate) = (self.now.slot, self.last_gain.rate);
            let whole = Lamports::new(delegated);
            let worth = self.ledger.lst_for_stake(whole, slot, configured, rate);
            let exit = self.quote_stake_exit(worth.map_err(program_error)?.min(lst))?;
            return Ok((exit.limited_to(whole).map_err(program_error)?, true));
        }
        if lamports < minimum {
            return Err(StakeExitTooSmall.into());
        }
        if delegated.saturating_sub(lamports) < minimum {
            return Err(StakeExitTooLarge.into());
        }
        Ok((exit, false))
    }

    /// A validator keeps its part of what is left, less some latitude; one without weight gives all
    /// in the first tenth of an epoch, and nothing later.
    fn require_balanced(&self, slot: &Slot, taken: u64) -> Outcome {
        if slot.weight == 0 {
            return if self.is_epoch_young() {
                Ok(())
            } else {
                Err(StakeExitUnbalanced.into())
            };
        }
        let delegated = self.delegated().saturating_sub(taken);
        let part = self.spread.part(slot.weight, Lamports::new(delegated));
        let part = u128::from(part.map_err(program_error)?.get());
        let below = [
            part * u128::from(self.config.tolerance_bps) / 10_000,
            u128::from(delegated / SHARE),
            u128::from(2 * self.now.minimum_delegation),
        ];
        let most = below.into_iter().max().unwrap_or_default();
        let left = u128::from(Self::has(slot).saturating_sub(taken));
        if left + most < part {
            return Err(StakeExitUnbalanced.into());
        }
        Ok(())
    }

    /// An exit with stake, whose new account's rent the user pays.
    pub fn withdraw_stake(&mut self, user: usize, index: u8, lst: u64) -> Outcome {
        if lst == 0 {
            return Err(ZeroAmount.into());
        }
        let mut slot = self.slot(index)?.clone();
        self.require_calm()?;
        let rate = self.last_gain.rate;
        if rate.is_unknown() {
            return Err(NoRewardYet.into());
        }
        if rate.exceeds(bps(self.config.drip_bound_bps)) {
            return Err(RewardRateTooHigh.into());
        }
        let epoch = self.now.epoch;
        let delegation = slot.stakes[0].account.delegation().copied();
        let settled = delegation
            .filter(|one| one.activation_epoch < epoch && one.deactivation_epoch == u64::MAX);
        let delegated = settled.ok_or(Refusal::from(MainNotActive))?.stake;
        let needed = delegated + self.rents.stake;
        let missing = needed.saturating_sub(slot.stakes[0].account.lamports);
        if missing > self.spendable() {
            return Err(InsufficientReserve.into());
        }
        self.shift(&mut slot.stakes[0], missing, 0);
        self.keep(index, slot.clone(), false);
        let (exit, whole) = self.fitted_exit(&slot, delegated, Lst::new(lst))?;
        let lamports = exit.lamports.get();
        if lamports == 0 {
            return Err(AmountTooSmall.into());
        }
        self.require_balanced(&slot, lamports)?;
        let burned = exit.lst.get();
        let rest = self.holders[user].lst.checked_sub(burned);
        self.holders[user].lst = rest.ok_or(Refusal::Elsewhere)?;
        self.pay(user, self.rents.stake)?;
        self.mint_supply -= burned;
        self.ledger = exit.ledger;
        let main = &mut slot.stakes[0];
        // Stake that strangers gave is not booked before the next epoch.
        let rest = main.booked.checked_sub(lamports);
        main.booked = rest.ok_or(Refusal::from(MathUnderflow))?;
        main.account.lamports -= lamports;
        match &mut main.account.kind {
            StakeKind::Delegated(delegation) if !whole => delegation.stake -= lamports,
            kind => *kind = StakeKind::Initialized,
        }
        slot.delegated = slot.staying();
        self.keep(index, slot, false);
        Ok(())
    }
}
