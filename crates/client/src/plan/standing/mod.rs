//! How a validator stands with a pool: listed or why not, what it should have, what comes next.

mod terms;

use sluice::{
    foreign::VoteTerms,
    state::{Breach, SlotState, TransientUse},
};
use sluice_math::{Lamports, Rewarded};
use solana_pubkey::Pubkey;
pub(crate) use terms::breaches;

use crate::{
    AccountSource, PlacedSlot, PoolSnapshot, Result, Step,
    plan::{
        crank::{self, Conduct, breach_of},
        stake_out::StakeExitRange,
    },
};

/// What is to be said about a vote account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The vote account.
    pub vote: Pubkey,
    /// What it says; `None` where it is gone or of an unknown version.
    pub terms: Option<VoteTerms>,
    /// Why the pool would not take it, or ejects it: sentences without their full stops.
    pub breaches: Vec<String>,
    /// Its place in the pool, if it has one.
    pub listed: Option<Listed>,
}

/// A validator's place in a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its state.
    pub state: SlotState,
    /// Its weight, and the sum of all.
    pub weight: u16,
    /// The sum of all weights.
    pub total_weight: u64,
    /// Another weight that it will have, and from which epoch on. Zero where it retires.
    pub next_weight: Option<(u16, u64)>,
    /// Its stake that stays.
    pub staked: Lamports,
    /// What it should have.
    pub target: Lamports,
    /// What it would have without the share cap, where that is more.
    pub uncut_target: Option<Lamports>,
    /// Its rank by target, from 1.
    pub rank: usize,
    /// Validators of the pool.
    pub validators: usize,
    /// What is activating or deactivating.
    pub transient: TransientUse,
    /// What the last boundary paid for its stake, where that is known.
    pub rewarded: Option<Rewarded>,
    /// What that stake earned, before any commission; unknown where the cluster counts no points.
    pub gross_reward: Option<Lamports>,
    /// For how much LST it gives a stake account now.
    pub exit: Option<StakeExitRange>,
    /// Whether stake of it can be deposited now.
    pub takes_stake: bool,
    /// Where it was ejected: the epoch from which the curator may take it back.
    pub reinstatable_epoch: Option<u64>,
    /// What cranks do about it now.
    pub due: Vec<Step>,
    /// What they will do once the rebalance window opens, and the slot of that; while it is open,
    /// that is due already.
    pub in_window: Option<(u64, Vec<Step>)>,
}

impl PoolSnapshot {
    /// How a validator stands. The snapshot must have its stakes.
    pub fn standing(&self, source: &impl AccountSource, vote: &Pubkey) -> Result<Standing> {
        let account = source.accounts(&[*vote], Some(self.slot))?.accounts;
        let account = account.into_iter().next().flatten();
        let epoch = self.cluster.clock.epoch;
        let terms = account.as_ref().and_then(terms::read);
        let mut breaches = breaches(account.as_ref(), &self.pool.config, epoch);
        let listed = match self.slot_of(vote) {
            Some(placed) => Some(self.listed(&placed)?),
            None => None,
        };
        if let Some(placed) = self.slot_of(vote)
            && let Conduct::Breach(breach, _) = crank::conduct(self, &placed)?
            && matches!(breach, Breach::LowYield | Breach::LowCredits)
        {
            breaches.push(breach_of(breach).to_owned());
        }
        Ok(Standing {
            vote: *vote,
            terms,
            breaches,
            listed,
        })
    }

    fn listed(&self, placed: &PlacedSlot<'_>) -> Result<Listed> {
        let slot = placed.slot;
        let (state, epoch) = (slot.state()?, self.cluster.clock.epoch);
        let target = self.target_of(placed)?;
        let due_epoch = u64::from(slot.due_epoch);
        let ejected = state == SlotState::Ejected;
        Ok(Listed {
            state,
            weight: slot.weight,
            total_weight: self.pool.total_weight,
            next_weight: (due_epoch > 0 && !ejected).then_some(if slot.will_leave() {
                (0, due_epoch)
            } else {
                (slot.next_weight, due_epoch)
            }),
            staked: slot.stake(epoch)?.has,
            target,
            uncut_target: self.uncut_target(placed)?.filter(|uncut| *uncut > target),
            rank: self.rank(placed, target)?,
            validators: self.slots().count(),
            transient: slot.transient_use(),
            rewarded: slot.rewarded(),
            gross_reward: self.gross_reward(placed)?,
            exit: self.stake_exit_range(placed)?,
            takes_stake: slot.require_takes_stake().is_ok()
                && self.active_main(&placed.place).is_some(),
            reinstatable_epoch: ejected.then_some(due_epoch),
            due: about(crank::plan(self)?.steps, placed),
            in_window: self.in_window(placed)?,
        })
    }

    /// Its part of what is stakeable by weight alone, where the share cap cuts it.
    fn uncut_target(&self, placed: &PlacedSlot<'_>) -> Result<Option<Lamports>> {
        let flows = self.flows()?;
        let weight = placed.slot.weight;
        if placed.slot.is_leaving() || !flows.spread.cuts(weight) {
            return Ok(None);
        }
        let uncut = sluice_math::Spread::of(
            || self.slots().map(|placed| placed.slot.weight),
            sluice_math::Bps::ALL,
            0,
        )?;
        Ok(Some(uncut.part(weight, flows.stakeable())?))
    }

    /// One more than how many should have more.
    fn rank(&self, placed: &PlacedSlot<'_>, target: Lamports) -> Result<usize> {
        let mut before = 0;
        for other in self.slots() {
            let theirs = self.target_of(&other)?;
            if other.place != placed.place && theirs > target {
                before += 1;
            }
        }
        Ok(before + 1)
    }

    fn in_window(&self, placed: &PlacedSlot<'_>) -> Result<Option<(u64, Vec<Step>)>> {
        let window = self.window_start()?;
        if self.cluster.clock.slot >= window || !self.is_fresh() {
            return Ok(None);
        }
        let steps = about(crank::plan_window(self)?.steps, placed);
        Ok(Some((window, steps)))
    }
}

fn about(steps: Vec<Step>, placed: &PlacedSlot<'_>) -> Vec<Step> {
    steps
        .into_iter()
        .filter(|step| step.validator == Some(placed.place.vote))
        .collect()
}

#[cfg(test)]
mod tests;
