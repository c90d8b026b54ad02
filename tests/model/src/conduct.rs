//! Validators that misbehave, and stake that goes missing.

use std::collections::{BTreeMap, BTreeSet};

use sluice::{
    SluiceError::{
        CommissionTooHigh, EjectionBudgetSpent, NoBreach, NotReinstatable, VoteAccountUnknown,
    },
    state::NEVER,
};
use sluice_math::{BPS, Lamports, Spread};

use crate::{
    pool::{Model, Outcome, bps, program_error},
    slots::{Slot, UNJUDGED},
    stake::StakeKind,
};

/// Whole epochs that an ejected validator must keep the rules.
const PROBATION: u64 = 2;
/// The longest wait of a validator that took too much again and again.
const LONGEST_WAIT: u64 = 32;
/// Rewards below this are not judged.
const LEAST_JUDGED: u128 = 10_000;
/// Epochs without a vote after which anybody may deactivate stake.
const DELINQUENT: u64 = 5;

/// What validators, listed or not, have done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// Commission, by validator.
    pub commissions_bps: Vec<u16>,
    /// Commissions at the start of an epoch: they decide the rewards of the next one.
    pub commissions_at_start: BTreeMap<u64, Vec<u16>>,
    /// Validators with whom no stake was effective when an epoch began: of them the cluster then knows no
    /// commission. None are noted where others have stake with all.
    pub unstaked_at_start: BTreeMap<u64, BTreeSet<usize>>,
    /// Validators with whom others than the pool have stake.
    pub staked_elsewhere: BTreeSet<usize>,
    /// Credits by epoch, by validator.
    pub voted: Vec<BTreeMap<u64, u64>>,
    /// Epochs that a validator waited after its last ejection for taking too much, and until when.
    pub waits: BTreeMap<usize, (u64, u64)>,
    /// Epoch of the last ejection, and the weight and booked stake that were ejected in it.
    pub ejected: (u64, u64, u64),
}

impl Conduct {
    /// Validators with these commissions that voted in one epoch so far.
    pub fn of(commissions_bps: Vec<u16>, epoch: u64) -> Self {
        Self {
            voted: vec![BTreeMap::from([(epoch, 1)]); commissions_bps.len()],
            commissions_at_start: BTreeMap::new(),
            unstaked_at_start: BTreeMap::new(),
            staked_elsewhere: BTreeSet::new(),
            waits: BTreeMap::new(),
            commissions_bps,
            ejected: (NEVER, 0, 0),
        }
    }

    /// Whether anybody may deactivate the stake that is delegated to the validator.
    pub fn is_delinquent(&self, validator: usize, epoch: u64) -> bool {
        let last = self.voted[validator].last_key_value();
        last.is_none_or(|(last, _)| last + DELINQUENT <= epoch)
    }

    fn credits(&self, validator: usize, epoch: u64) -> u64 {
        self.voted[validator].get(&epoch).copied().unwrap_or(0)
    }

    fn voted_in(&self, validator: usize, epoch: u64) -> bool {
        self.voted[validator].contains_key(&epoch)
    }
}

impl Model {
    /// Whether a validator's vote account is there and its terms are taken.
    pub fn require_acceptable(&self, validator: usize) -> Outcome {
        if self.closed_votes.contains(&validator) {
            return Err(VoteAccountUnknown.into());
        }
        if self.conduct.commissions_bps[validator] > self.config.max_commission_bps {
            return Err(CommissionTooHigh.into());
        }
        Ok(())
    }

    /// Who took too much is not added before its time.
    pub fn require_waited(&self, validator: usize) -> Outcome {
        match self.conduct.waits.get(&validator) {
            Some((_, until)) if *until > self.now.epoch => Err(NotReinstatable.into()),
            _ => Ok(()),
        }
    }

    /// How the weights share what is stakeable, computed anew.
    pub fn spread_anew(&self) -> Outcome<Spread> {
        let weights = || self.slots.values().map(|slot| slot.weight);
        let most = self.most_validators as u64;
        Spread::of(weights, bps(self.config.share_cap_bps), most).map_err(program_error)
    }

    pub fn eject(&mut self, index: u8) -> Outcome {
        let slot = self.slot(index)?.clone();
        let gone = self.closed_votes.contains(&slot.validator);
        let shows_too_much = !gone && self.require_acceptable(slot.validator).is_err();
        let delinquent = self.conduct.is_delinquent(slot.validator, self.now.epoch);
        // The rules are tried in this order.
        let kept_too_much = !gone && !delinquent && self.kept_too_much(&slot);
        if !(gone || shows_too_much || delinquent || kept_too_much || self.is_idle(&slot)) {
            return Err(NoBreach.into());
        }
        if !slot.ejected {
            self.book_ejection(&slot, gone)?;
        }
        let took_too_much = shows_too_much || kept_too_much;
        let back = self.back_after(slot.validator, took_too_much, slot.ejected);
        let slot = self.slot(index)?;
        slot.leaving = true;
        slot.ejected = true;
        slot.retires = false;
        slot.weight = 0;
        slot.next_weight = 0;
        slot.due_epoch = Some(back);
        Ok(())
    }

    /// The epoch from which a validator that is ejected now can come back.
    fn back_after(&mut self, validator: usize, took_too_much: bool, drains: bool) -> u64 {
        let (waited, until) = self
            .conduct
            .waits
            .get(&validator)
            .copied()
            .unwrap_or((0, 0));
        if !took_too_much {
            return until.max(self.now.epoch + PROBATION + 1);
        }
        let wait = if drains && waited > 0 {
            waited
        } else {
            (2 * waited).clamp(PROBATION, LONGEST_WAIT)
        };
        let back = self.now.epoch + wait + 1;
        self.conduct.waits.insert(validator, (wait, back));
        back
    }

    /// Whether the last boundary paid main by a commission above the highest, of which the
    /// validators' own record tells: what was paid is not looked at.
    fn kept_too_much(&self, slot: &Slot) -> bool {
        let (epoch, rewards) = (self.now.epoch, &self.now.rewards);
        let observed = slot.observed_epoch == epoch && slot.unjudged == 0;
        let (Some(rewarded), Some(fixed)) = (slot.rewarded, self.deciding_epoch(slot.validator))
        else {
            return false;
        };
        let credits = self.conduct.credits(slot.validator, epoch - 1);
        let points = u128::from(rewarded) * u128::from(credits);
        let gross = (points * u128::from(rewards.total_rewards)).checked_div(rewards.total_points);
        let at_start = self.conduct.commissions_at_start.get(&fixed);
        let hidden = at_start.is_some_and(|commissions| {
            commissions[slot.validator] > self.config.max_commission_bps
        });
        observed
            && gross.is_some_and(|gross| {
                let most = BPS - self.config.max_commission_bps;
                let least = gross * u128::from(most) / u128::from(BPS);
                let cut = slot.was_slashed && u128::from(slot.paid) < least;
                gross >= LEAST_JUDGED && (hidden || cut)
            })
    }

    /// Whether it earned far fewer credits in the last epoch than the cluster's mean.
    fn is_idle(&self, slot: &Slot) -> bool {
        let Some(last) = self.now.epoch.checked_sub(1) else {
            return false;
        };
        let Some(cluster) = self.now.history.get(last) else {
            return false;
        };
        let was_active = slot.stakes[0].account.earns(last) > 0;
        let credits = self.conduct.credits(slot.validator, last);
        let own = u128::from(credits) * u128::from(cluster.effective) * u128::from(BPS);
        let share = u128::from(self.config.least_credits_bps);
        was_active && own < self.now.rewards.total_points * share
    }

    fn book_ejection(&mut self, slot: &Slot, gone: bool) -> Outcome {
        let (before, weight) = (self.weight, u64::from(slot.weight));
        // Between observing and finalizing, a slot can have more weight than the pool counts.
        self.weight = before.saturating_sub(weight);
        if self.spread.cut_count == 0 {
            self.spread.weight = self.spread.weight.saturating_sub(weight);
        }
        if gone {
            return Ok(());
        }
        let (weights, stakes) = match self.conduct.ejected {
            (epoch, weights, stakes) if epoch == self.now.epoch => (weights, stakes),
            _ => (0, 0),
        };
        let ejected = (weights + weight, stakes + Self::has(slot));
        let all = self.ledger.staked.saturating_sub(self.ledger.locked).get();
        let is_much =
            ejected.0 * 10 > before + weights || u128::from(ejected.1) * 10 > u128::from(all);
        if (weights, stakes) != (0, 0) && is_much {
            return Err(EjectionBudgetSpent.into());
        }
        self.conduct.ejected = (self.now.epoch, ejected.0, ejected.1);
        Ok(())
    }

    /// Takes an ejected validator back, if it may come.
    pub fn reinstate(&mut self, index: u8) -> Outcome {
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
        slot.unjudged = UNJUDGED;
        Ok(())
    }

    pub fn report_loss(&mut self, index: u8) -> Outcome {
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
        let delegated = slot.delegated;
        self.keep(index, slot, true);
        self.slot(index)?.delegated = delegated;
        Ok(())
    }
}
