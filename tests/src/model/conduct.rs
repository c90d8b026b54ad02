//! Validators that misbehave, and stake that goes missing.

use std::collections::BTreeSet;

use sluice::{
    SluiceError::{
        CommissionTooHigh, EjectionBudgetSpent, NoBreach, NotReinstatable, SlotLeaving,
        VoteAccountUnknown, WrongReference,
    },
    state::NEVER,
};
use sluice_math::{BPS, Lamports, Spread};

use super::{
    pool::{Model, Outcome, bps, program_error},
    slots::Slot,
    stake::StakeKind,
};

/// Whole epochs that an ejected validator must keep the rules.
const PROBATION: u64 = 2;
/// Epochs without a vote after which anybody may deactivate stake.
const DELINQUENT: u64 = 5;

/// What validators, listed or not, have done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// Commission, by validator.
    pub commissions_bps: Vec<u16>,
    /// Epochs with credits, by validator.
    pub voted: Vec<BTreeSet<u64>>,
    /// Epoch of the last ejection, and the weight that was ejected in it.
    pub ejected: (u64, u64),
}

impl Conduct {
    /// Validators with these commissions that voted in one epoch so far.
    pub fn of(commissions_bps: Vec<u16>, epoch: u64) -> Self {
        Self {
            voted: vec![BTreeSet::from([epoch]); commissions_bps.len()],
            commissions_bps,
            ejected: (NEVER, 0),
        }
    }

    /// Whether anybody may deactivate the stake that is delegated to the validator.
    pub fn is_delinquent(&self, validator: usize, epoch: u64) -> bool {
        let last = self.voted[validator].last();
        last.is_none_or(|last| last + DELINQUENT <= epoch)
    }

    fn voted_in(&self, validator: usize, epoch: u64) -> bool {
        self.voted[validator].contains(&epoch)
    }
}

impl Model {
    /// Whether a validator's vote account is there and its terms are taken.
    pub(super) fn require_acceptable(&self, validator: usize) -> Outcome {
        if self.closed_votes.contains(&validator) {
            return Err(VoteAccountUnknown.into());
        }
        if self.conduct.commissions_bps[validator] > self.config.max_commission_bps {
            return Err(CommissionTooHigh.into());
        }
        Ok(())
    }

    /// How the weights share what is stakeable, computed anew.
    pub(super) fn spread_anew(&self) -> Outcome<Spread> {
        let weights = || self.slots.values().map(|slot| slot.weight);
        Spread::of(weights, bps(self.config.share_cap_bps)).map_err(program_error)
    }

    /// `reference` is the index of another slot.
    pub(super) fn eject(&mut self, index: u8, reference: Option<u8>) -> Outcome {
        let slot = self.slot(index)?.clone();
        self.require_fresh()?;
        if slot.leaving && !slot.ejected {
            return Err(SlotLeaving.into());
        }
        let gone = self.closed_votes.contains(&slot.validator);
        let takes_too_much = !gone && self.require_acceptable(slot.validator).is_err();
        let delinquent = self.conduct.is_delinquent(slot.validator, self.now.epoch);
        let breaks_a_rule = gone || takes_too_much || delinquent;
        if !breaks_a_rule && !self.earned_nothing(&slot, reference)? {
            return Err(NoBreach.into());
        }
        if !slot.ejected {
            self.book_ejection(slot.weight, gone)?;
        }
        let probation = self.now.epoch + PROBATION + 1;
        let slot = self.slot(index)?;
        slot.leaving = true;
        slot.ejected = true;
        slot.retires = false;
        slot.weight = 0;
        slot.next_weight = 0;
        slot.due_epoch = Some(probation);
        Ok(())
    }

    fn earned_nothing(&self, slot: &Slot, reference: Option<u8>) -> Outcome<bool> {
        let Some(reference) = reference.and_then(|index| self.slots.get(&index)) else {
            return Ok(false);
        };
        if reference.vote == slot.vote {
            return Err(WrongReference.into());
        }
        let Some(last) = self.now.epoch.checked_sub(1) else {
            return Ok(false);
        };
        let was_active = slot.stakes[0].account.earns(last) > 0;
        if !was_active || self.conduct.voted_in(slot.validator, last) {
            return Ok(false);
        }
        if self.closed_votes.contains(&reference.validator) {
            return Err(VoteAccountUnknown.into());
        }
        Ok(self.conduct.voted_in(reference.validator, last))
    }

    fn book_ejection(&mut self, weight: u16, gone: bool) -> Outcome {
        let (before, weight) = (self.weight, u64::from(weight));
        self.weight -= weight;
        if self.spread.cut_count == 0 {
            self.spread.weight -= weight;
        }
        if gone {
            return Ok(());
        }
        let earlier = match self.conduct.ejected {
            (epoch, earlier) if epoch == self.now.epoch => earlier,
            _ => 0,
        };
        if earlier > 0 && (earlier + weight) * 10 > before + earlier {
            return Err(EjectionBudgetSpent.into());
        }
        self.conduct.ejected = (self.now.epoch, earlier + weight);
        Ok(())
    }

    /// Takes an ejected validator back, if it may come.
    pub(super) fn reinstate(&mut self, index: u8) -> Outcome {
        let slot = self.slot(index)?.clone();
        if !slot.ejected {
            return Ok(());
        }
        self.require_acceptable(slot.validator)?;
        let now = self.now.epoch;
        let waited = slot.due_epoch.is_none_or(|due| due <= now);
        let voted = (1..=PROBATION).all(|ago| {
            let epoch = now.checked_sub(ago);
            epoch.is_some_and(|epoch| self.conduct.voted_in(slot.validator, epoch))
        });
        if !waited || !voted {
            return Err(NotReinstatable.into());
        }
        let slot = self.slot(index)?;
        slot.ejected = false;
        slot.leaving = false;
        Ok(())
    }

    pub(super) fn report_loss(&mut self, index: u8) -> Outcome {
        let mut slot = self.slot(index)?.clone();
        self.require_fresh()?;
        let rent = self.rents.stake;
        let mut lost = 0;
        for held in &mut slot.stakes {
            let account = &held.account;
            let is_reset = account.kind == StakeKind::Uninitialized && account.lamports >= rent;
            if !is_reset && account.lamports < held.booked {
                lost += held.booked - account.lamports;
                held.booked = account.lamports;
            }
        }
        if lost == 0 {
            return Ok(());
        }
        let value = self.value();
        let loss = self.ledger.lose(Lamports::new(lost), self.now.slot);
        let loss = loss.map_err(program_error)?;
        self.ledger = loss.ledger;
        let earlier = self.fallen;
        self.fallen += loss.fall.get();
        let whole = value + earlier;
        let most = u128::from(whole) * u128::from(self.config.breaker_bound_bps);
        if self.tripped.is_some() {
            self.unrestored += loss.fall.get();
        } else if u128::from(self.fallen) * u128::from(BPS) > most {
            self.tripped = Some(self.now.epoch);
            self.unrestored = self.fallen;
        }
        self.keep(index, slot, true);
        Ok(())
    }
}
