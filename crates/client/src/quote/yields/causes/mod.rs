//! Why the last finished epoch brought holders what it did, and not what staking paid: step by step,
//! from the view alone.
//!
//! Each step has a rate, a part of what the pool owned before it was paid. The first is what the cluster
//! paid for its stake, the last is the growth of the deposit price as [`Yield`] tells it. What lies
//! between two steps has one [`Cause`]; so all effects together are the whole difference.

use rust_decimal::Decimal;
use sluice::{foreign::VoteView, state::EpochRate};
use sluice_math::Lamports;
use solana_stake_interface::stake_history::StakeHistoryGetEntry;

use super::Yield;
use crate::{PlacedSlot, PoolSnapshot, Result};

/// What makes a step differ from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// SOL of the pool that was no effective stake: reserve, activating stake, late deposits.
    Idle,
    /// Votes of the pool's validators, fewer or more than the cluster's average.
    Votes,
    /// What validators kept of the rewards that their votes earned.
    Commission,
    /// Votes and what was kept together, of validators whose votes nobody can count.
    Validators,
    /// What the pool gained otherwise, and all rounding.
    Other,
    /// The treasury's part of the gain.
    RewardFee,
    /// What deposits and exits left to all holders, less losses that were reported between.
    Flows,
}

/// Why an epoch cannot be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unexplained {
    /// Fewer than two epochs with a time are priced.
    Young,
    /// The pool is not priced for the current epoch.
    Stale,
    /// The epoch before was never priced: the gain is that of several epochs.
    Skipped,
    /// There was no gain: a loss was booked, or nothing was earned.
    NoGain,
    /// The cluster does not tell what it paid, or for how much stake.
    NoRewards,
}

/// A step: what the epoch would have brought if nothing that comes after it had an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// As a yield over the same time.
    pub over: Yield,
    /// In lamports, rounded down.
    pub lamports: i64,
}

/// What a cause did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The cause.
    pub cause: Cause,
    /// Without it.
    pub before: Stage,
    /// With it.
    pub after: Stage,
}

/// How the last finished epoch's yield came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What the pool owned before its gain was booked.
    pub owned: Lamports,
    /// The part of that which was effective stake.
    pub earning: Lamports,
    /// What the cluster paid.
    pub cluster: ClusterPay,
    /// What the pool would have earned if all it owned had been average stake without commission.
    pub gross: Stage,
    /// What came between, in order: each begins where the one before ended.
    pub effects: Vec<Effect>,
    /// What holders got.
    pub net: Stage,
}

/// What a cluster paid at the last boundary for an epoch of staking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterPay {
    /// In all, before any commission.
    pub rewards: Lamports,
    /// The stake that was effective in that epoch.
    pub stake: Lamports,
}

/// What validators did to the rewards of their stake, in lamports.
#[derive(Default)]
struct Validators {
    /// Less than the average by votes, where they can be counted.
    missed: Option<Decimal>,
    /// Kept of what the votes earned.
    kept: Decimal,
    /// Both, where votes cannot be counted.
    unsplit: Option<Decimal>,
}

impl PoolSnapshot {
    /// How the yield of the last finished epoch came about. Votes are counted where the view has vote
    /// accounts.
    pub fn explain_yield(&self) -> Result<std::result::Result<Explained, Unexplained>> {
        let (before, after) = match self.last_two_epochs() {
            Ok(entries) => entries,
            Err(unexplained) => return Ok(Err(unexplained)),
        };
        let Some(net) = Yield::between(before, after) else {
            return Ok(Err(Unexplained::Young));
        };
        let cluster = self.cluster_pay(before.epoch)?;
        let Some(rate) = cluster.rate() else {
            return Ok(Err(Unexplained::NoRewards));
        };
        let validators = self.validators_effect(rate)?;
        let steps = self.steps(after, net, cluster, &validators);
        Ok(steps.ok_or(Unexplained::NoGain))
    }

    /// What was paid for `epoch`, the last one that is over.
    fn cluster_pay(&self, epoch: u64) -> Result<ClusterPay> {
        let entry = self.cluster.stake_history.get_entry(epoch);
        Ok(ClusterPay {
            rewards: self.cluster.moment().boundary_rewards()?.lamports,
            stake: Lamports::new(entry.map_or(0, |entry| entry.effective)),
        })
    }

    /// The entries whose growth the current epoch's finalize booked.
    fn last_two_epochs(&self) -> std::result::Result<(&EpochRate, &EpochRate), Unexplained> {
        let mut entries: Vec<&EpochRate> = self.history.iter().collect();
        let after = entries.pop().ok_or(Unexplained::Young)?;
        let before = entries.pop().ok_or(Unexplained::Young)?;
        if !self.is_fresh() || after.epoch != self.cluster.clock.epoch {
            return Err(Unexplained::Stale);
        }
        if before.epoch.saturating_add(1) != after.epoch {
            return Err(Unexplained::Skipped);
        }
        if after.gain_lamports == 0 {
            return Err(Unexplained::NoGain);
        }
        Ok((before, after))
    }

    /// All steps. `None` where figures contradict each other or are too large.
    fn steps(
        &self,
        booked: &EpochRate,
        net: Yield,
        cluster: ClusterPay,
        validators: &Validators,
    ) -> Option<Explained> {
        let owned = booked.full_lamports.checked_sub(booked.gain_lamports)?;
        let earning = self.earning_lamports().min(owned);
        let rate = cluster.rate()?;
        let mut steps = Steps::begin(net, Lamports::new(owned), rate)?;
        let gross = steps.last;
        steps.by(
            Cause::Idle,
            rate.checked_mul(owned.checked_sub(earning)?.into())?,
        )?;
        if let Some(missed) = validators.missed {
            steps.by(Cause::Votes, missed)?;
            steps.by(Cause::Commission, validators.kept)?;
        }
        if let Some(unsplit) = validators.unsplit {
            steps.by(Cause::Validators, unsplit)?;
        }
        steps.to(Cause::Other, ratio(booked.gain_lamports, owned)?)?;
        steps.by(Cause::RewardFee, booked.fee_lamports.into())?;
        steps.to(Cause::Flows, net.growth.checked_sub(Decimal::ONE)?)?;
        Some(Explained {
            owned: Lamports::new(owned),
            earning: Lamports::new(earning),
            cluster,
            gross,
            net: steps.last,
            effects: steps.effects,
        })
    }

    /// Effective stake of the finished epoch, without what it was paid then.
    fn earning_lamports(&self) -> u64 {
        let epoch = self.cluster.clock.epoch;
        self.pages.iter().fold(0, |sum: u64, page| {
            let (paid, _) = page.paid_and_rewarded_in(epoch);
            let earning = page.earning_lamports_in(epoch).saturating_sub(paid);
            sum.saturating_add(earning)
        })
    }

    /// By how much validators lowered what their stake would have earned at `rate`.
    fn validators_effect(&self, rate: Decimal) -> Result<Validators> {
        let mut all = Validators::default();
        for placed in self.slots() {
            let observed = placed.slot.is_observed(self.cluster.clock.epoch);
            let Some(rewarded) = placed.slot.rewarded().filter(|_| observed) else {
                continue;
            };
            let average = rate.saturating_mul(rewarded.delegated.get().into());
            let paid = Decimal::from(rewarded.paid.get());
            match self.gross_reward(&placed)? {
                Some(gross) => {
                    let gross = Decimal::from(gross.get());
                    add(&mut all.missed, average.saturating_sub(gross));
                    all.kept = all.kept.saturating_add(gross.saturating_sub(paid));
                }
                None => add(&mut all.unsplit, average.saturating_sub(paid)),
            }
        }
        Ok(all)
    }

    /// What a validator's stake earned for the last boundary, by its credits and the cluster's points:
    /// before any commission. `None` where that cannot be known.
    pub(crate) fn gross_reward(&self, placed: &PlacedSlot<'_>) -> Result<Option<Lamports>> {
        let rewards = self.cluster.moment().boundary_rewards()?;
        let vote = self.votes.get(&placed.place.vote);
        let vote = vote.map(|account| VoteView::read(&account.owner, &account.data));
        let last_epoch = self.cluster.clock.epoch.checked_sub(1);
        let (Some(rewarded), Some(VoteView::Known(vote)), Some(last_epoch)) =
            (placed.slot.rewarded(), vote, last_epoch)
        else {
            return Ok(None);
        };
        if !rewards.has_points() || !placed.slot.is_observed(self.cluster.clock.epoch) {
            return Ok(None);
        }
        Ok(Some(
            rewards.gross(rewarded.delegated, vote.credits(last_epoch))?,
        ))
    }
}

impl ClusterPay {
    /// What a lamport of stake earned on average; `None` where nothing was paid, or for nothing.
    fn rate(self) -> Option<Decimal> {
        ratio(self.rewards.get(), self.stake.get()).filter(|rate| !rate.is_zero())
    }
}

/// Steps on the way from gross to net.
struct Steps {
    net: Yield,
    owned: Lamports,
    rate: Decimal,
    last: Stage,
    effects: Vec<Effect>,
}

impl Steps {
    fn begin(net: Yield, owned: Lamports, rate: Decimal) -> Option<Self> {
        Some(Self {
            net,
            owned,
            rate,
            last: Stage::at(net, owned, rate)?,
            effects: Vec::new(),
        })
    }

    /// A step by which so many lamports less are left.
    fn by(&mut self, cause: Cause, lamports: Decimal) -> Option<()> {
        let part = lamports.checked_div(self.owned.get().into())?;
        self.to(cause, self.rate.checked_sub(part)?)
    }

    /// A step to this rate.
    fn to(&mut self, cause: Cause, rate: Decimal) -> Option<()> {
        let after = Stage::at(self.net, self.owned, rate)?;
        self.effects.push(Effect {
            cause,
            before: self.last,
            after,
        });
        (self.rate, self.last) = (rate, after);
        Some(())
    }
}

impl Stage {
    fn at(net: Yield, owned: Lamports, rate: Decimal) -> Option<Self> {
        let lamports = rate.checked_mul(owned.get().into())?.floor();
        Some(Self {
            over: net.with_rate(rate)?,
            lamports: lamports.try_into().ok()?,
        })
    }
}

fn ratio(part: u64, whole: u64) -> Option<Decimal> {
    Decimal::from(part).checked_div(whole.into())
}

fn add(sum: &mut Option<Decimal>, more: Decimal) {
    *sum = Some(sum.unwrap_or_default().saturating_add(more));
}

#[cfg(test)]
mod tests;
