//! What the boundary of two epochs does to stake, as the runtime does it.

use std::sync::Arc;

use solana_epoch_rewards::EpochRewards;
use solana_stake_interface::stake_history::{StakeHistory, StakeHistoryEntry};

use crate::{
    now::Now,
    pool::Model,
    stake::{StakeAccount, StakeKind},
};

const BPS: u128 = 10_000;
/// Slots from the first of an epoch until the rewards of the last one are paid.
pub const SLOTS_OF_REWARDS: u64 = 1;

/// The rest of the cluster.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere {
    /// Stake that is active all the time, in lamports.
    pub stake: u64,
    /// Credits that its validators earn in every epoch.
    pub credits: u64,
    /// What a boundary pays for that stake, in lamports; what it pays for the pool's comes on top.
    pub rewards: u64,
}

impl Model {
    /// A validator's credits of an epoch.
    pub fn credits(&self, validator: usize, epoch: u64) -> u64 {
        let voted = &self.conduct.voted[validator];
        voted.get(&epoch).copied().unwrap_or(0)
    }

    /// A validator earns credits in this epoch, unless it has no vote account.
    pub fn votes(&mut self, validator: usize, credits: u64) {
        if !self.closed_votes.contains(&validator) {
            let voted = &mut self.conduct.voted[validator];
            *voted.entry(self.now.epoch).or_default() += credits;
        }
    }

    /// The epoch at whose start the commission was shown by which the boundary into this epoch pays: the
    /// one before the epoch that is paid, or that one itself where nobody had stake with the validator then.
    pub(crate) fn deciding_epoch(&self, validator: usize) -> Option<u64> {
        let before = self.now.epoch.checked_sub(2)?;
        let unstaked = self.conduct.unstaked_at_start.get(&before);
        let is_unknown = unstaked.is_some_and(|unstaked| unstaked.contains(&validator));
        Some(before + u64::from(is_unknown))
    }

    /// The commission by which the boundary into this epoch pays: what the validator showed at the
    /// boundary before, or shows now where nobody knows.
    pub fn paid_commission_bps(&self, validator: usize) -> u16 {
        let fixed = self.deciding_epoch(validator);
        let known = fixed.and_then(|epoch| self.conduct.commissions_at_start.get(&epoch));
        known.unwrap_or(&self.conduct.commissions_bps)[validator]
    }

    /// Notes with whom no stake is effective as this epoch begins.
    pub fn note_unstaked(&mut self) {
        let (epoch, history) = (self.now.epoch, &self.now.history);
        let has_stake = |validator: &usize| {
            let mut own = self
                .slots
                .values()
                .filter(|slot| slot.validator == *validator);
            own.any(|slot| {
                let mut stakes = slot.stakes.iter();
                stakes.any(|held| held.account.effective(epoch, history) > 0)
            })
        };
        let all = 0..self.conduct.voted.len();
        let unstaked = all
            .filter(|validator| !self.conduct.staked_elsewhere.contains(validator))
            .filter(|validator| !has_stake(validator))
            .collect();
        self.conduct.unstaked_at_start.insert(epoch, unstaked);
    }

    /// What the boundary into this epoch pays for a delegation, in lamports: the whole reward, less
    /// the commission, rounded down.
    pub fn reward(&self, delegated: u64, validator: usize) -> u64 {
        let (rewards, last) = (&self.now.rewards, self.now.epoch.saturating_sub(1));
        if self.closed_votes.contains(&validator) || rewards.total_points == 0 {
            return 0;
        }
        let points = u128::from(delegated) * u128::from(self.credits(validator, last));
        let gross = points * u128::from(rewards.total_rewards) / rewards.total_points;
        let kept = BPS - u128::from(self.paid_commission_bps(validator));
        u64::try_from(gross * kept / BPS).unwrap_or(u64::MAX)
    }

    /// The stake account after the boundary into this epoch has paid. A delegation that the boundary
    /// looks at never exceeds what is there beyond rent.
    pub fn paid(&self, account: &StakeAccount, validator: usize) -> StakeAccount {
        let mut paid = *account;
        let (last, history) = (self.now.epoch.saturating_sub(1), &self.now.history);
        let StakeKind::Delegated(delegation) = &mut paid.kind else {
            return paid;
        };
        let status = delegation.stake_activating_and_deactivating_v2(last, &**history, Some(0));
        let reward = self.reward(status.effective, validator);
        paid.lamports += reward;
        let began = delegation.activation_epoch == last && !self.closed_votes.contains(&validator);
        if began || status.effective > 0 || status.activating > 0 {
            let most = paid.lamports.saturating_sub(self.rents.stake);
            delegation.stake = (delegation.stake + reward).min(most);
        }
        paid
    }

    /// Pays the rewards of the last epoch to all stake accounts.
    pub fn finish_rewards(&mut self) {
        let mut slots = std::mem::take(&mut self.slots);
        for slot in slots.values_mut() {
            for held in &mut slot.stakes {
                held.account = self.paid(&held.account, slot.validator);
            }
        }
        self.slots = slots;
        self.now.slot += SLOTS_OF_REWARDS;
        self.now.pays_rewards = false;
    }

    /// The first slot of the next epoch: the runtime notes what stake was effective, and what it will
    /// pay. Commissions of this moment decide a later boundary.
    pub fn begin_epoch(&mut self, elsewhere: &Elsewhere) {
        let ended = self.now.epoch;
        let (entry, points) = self.sum_stakes(elsewhere);
        let own = u128::from(elsewhere.stake) * u128::from(elsewhere.credits);
        let rewards = points * u128::from(elsewhere.rewards) / own.max(1);
        let mut history = StakeHistory::clone(&self.now.history);
        history.add(ended, entry);
        let epoch = ended + 1;
        self.now = Now {
            slot: self.now.schedule.get_first_slot_in_epoch(epoch),
            epoch,
            pays_rewards: true,
            history: Arc::new(history),
            rewards: EpochRewards {
                total_points: points,
                total_rewards: u64::try_from(rewards).unwrap_or(u64::MAX),
                ..EpochRewards::default()
            },
            ..self.now.clone()
        };
        let commissions = self.conduct.commissions_bps.clone();
        self.conduct.commissions_at_start.insert(epoch, commissions);
    }

    /// The cluster's stake in the running epoch, and the points that it earns.
    fn sum_stakes(&self, elsewhere: &Elsewhere) -> (StakeHistoryEntry, u128) {
        let (epoch, history) = (self.now.epoch, &self.now.history);
        let mut sum = StakeHistoryEntry::with_effective(elsewhere.stake);
        let mut points = u128::from(elsewhere.stake) * u128::from(elsewhere.credits);
        for slot in self.slots.values() {
            let closed = self.closed_votes.contains(&slot.validator);
            for held in &slot.stakes {
                let Some(delegation) = held.account.delegation() else {
                    continue;
                };
                let status =
                    delegation.stake_activating_and_deactivating_v2(epoch, &**history, Some(0));
                sum.effective += status.effective;
                sum.activating += status.activating;
                sum.deactivating += status.deactivating;
                if !closed {
                    let credits = self.credits(slot.validator, epoch);
                    points += u128::from(status.effective) * u128::from(credits);
                }
            }
        }
        (sum, points)
    }
}
