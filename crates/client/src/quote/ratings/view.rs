//! The cluster behind the facts: its stake, what its votes earned on average, and what a credit was
//! worth.

use std::collections::{BTreeMap, HashSet};

use solana_pubkey::Pubkey;

use super::{Facts, ValidatorEpoch};
use crate::quote::verify::superminority;

/// Parts of a whole.
pub(super) const BPS: u64 = 10_000;
/// The digits to which a credit's worth is computed from what validators took.
const FINE: u128 = 1_000_000_000_000_000_000;
/// From so many validators' words the worth of a credit is computed, where the chain has forgotten it.
const LEAST_WITNESSES: usize = 5;

/// What stake times credits was paid, before any commission: a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Worth {
    lamports: u128,
    points: u128,
    /// Whether it is the chain's own figure.
    pub is_exact: bool,
}

/// Facts with what follows from all of them together.
pub(super) struct View<'a> {
    pub facts: &'a Facts,
    /// The current row of each validator.
    pub current: BTreeMap<Pubkey, &'a ValidatorEpoch>,
    /// Rows of the finished epochs that count, by validator, the latest first.
    pub finished: BTreeMap<Pubkey, Vec<&'a ValidatorEpoch>>,
    /// Credits of the average stake, by epoch.
    pub mean_credits: BTreeMap<u64, u64>,
    worths: BTreeMap<u64, Worth>,
    pub total_stake: u64,
    pub superminority: HashSet<Pubkey>,
    /// What the last epoch that is known paid for stake, in parts of 10^9.
    pub rate_parts_e9: Option<u64>,
}

impl Worth {
    /// What this stake earned with these credits.
    pub fn gross(&self, stake_lamports: u64, credits: u64) -> Option<u64> {
        let points = u128::from(stake_lamports).checked_mul(credits.into())?;
        let gross = points
            .checked_mul(self.lamports)?
            .checked_div(self.points)?;
        u64::try_from(gross).ok()
    }
}

impl<'a> View<'a> {
    /// The facts of the current epoch and of `epochs` before. `None` where there are none.
    pub fn of(facts: &'a Facts, epochs: u64) -> Option<Self> {
        let now = facts.latest_epoch()?;
        let oldest = now.saturating_sub(epochs);
        let mut current = BTreeMap::new();
        let mut finished: BTreeMap<Pubkey, Vec<&ValidatorEpoch>> = BTreeMap::new();
        for row in facts.validators() {
            if row.epoch == now {
                current.insert(row.vote, row);
            } else if row.epoch >= oldest {
                finished.entry(row.vote).or_default().insert(0, row);
            }
        }
        let stakes = current.values().filter_map(|row| {
            let stake = row.activated_stake_lamports.filter(|stake| *stake > 0)?;
            Some((row.vote, stake))
        });
        let mut view = Self {
            facts,
            total_stake: current.values().fold(0, |sum, row| {
                sum.saturating_add(row.activated_stake_lamports.unwrap_or(0))
            }),
            superminority: superminority(stakes),
            rate_parts_e9: rate(facts),
            current,
            finished,
            mean_credits: BTreeMap::new(),
            worths: BTreeMap::new(),
        };
        for epoch in oldest..now {
            view.add_epoch(epoch);
        }
        Some(view)
    }

    /// What is known of the worth of a credit in an epoch.
    pub fn worth(&self, epoch: u64) -> Option<Worth> {
        self.worths.get(&epoch).copied()
    }

    /// The stake of a row, and whether it was seen in that epoch; else it is that of today.
    pub fn stake_of(&self, row: &ValidatorEpoch) -> (u64, bool) {
        if let Some(stake) = row.activated_stake_lamports {
            return (stake, true);
        }
        let current = self.current.get(&row.vote);
        let stake = current.and_then(|row| row.activated_stake_lamports);
        (stake.unwrap_or(0), false)
    }

    fn add_epoch(&mut self, epoch: u64) {
        let rows: Vec<_> = self
            .finished
            .values()
            .filter_map(|rows| rows.iter().find(|row| row.epoch == epoch).copied())
            .collect();
        let (mut points, mut stakes) = (0_u128, 0_u128);
        for row in &rows {
            let (stake, credits) = (self.stake_of(row).0, row.credits.unwrap_or(0));
            points = points.saturating_add(u128::from(stake).saturating_mul(credits.into()));
            stakes = stakes.saturating_add(stake.into());
        }
        let mean = points.checked_div(stakes);
        if let Some(mean) = mean.and_then(|mean| u64::try_from(mean).ok())
            && mean > 0
        {
            self.mean_credits.insert(epoch, mean);
        }
        let worth = self.paid(epoch, points).or_else(|| self.told(&rows));
        worth.and_then(|worth| self.worths.insert(epoch, worth));
    }

    /// The worth of a credit by what the cluster paid. Where no points are told, as under Alpenglow,
    /// those of all rows stand for them.
    fn paid(&self, epoch: u64, points: u128) -> Option<Worth> {
        let cluster = self.facts.cluster_in(epoch)?;
        let told = cluster.points.filter(|points| *points > 0);
        Some(Worth {
            lamports: u128::from(cluster.rewards_lamports?),
            points: told.or(Some(points)).filter(|points| *points > 0)?,
            is_exact: told.is_some(),
        })
    }

    /// The worth of a credit by what validators took and what they say that they take: the median over
    /// their stake, so that no minority decides it.
    fn told(&self, rows: &[&ValidatorEpoch]) -> Option<Worth> {
        let mut witnesses: Vec<(u128, u64)> =
            rows.iter().filter_map(|row| self.witness(row)).collect();
        if witnesses.len() < LEAST_WITNESSES {
            return None;
        }
        witnesses.sort_unstable();
        let all: u128 = witnesses.iter().map(|(_, stake)| u128::from(*stake)).sum();
        let mut below = 0_u128;
        let median = witnesses.iter().find(|(_, stake)| {
            below = below.saturating_add(u128::from(*stake).saturating_mul(2));
            below >= all
        });
        median.map(|(lamports, _)| Worth {
            lamports: *lamports,
            points: FINE,
            is_exact: false,
        })
    }

    /// What a validator's take says of the worth of [`FINE`] credits, and its stake.
    fn witness(&self, row: &ValidatorEpoch) -> Option<(u128, u64)> {
        let stake = self.stake_of(row).0;
        let current = self.current.get(&row.vote)?;
        let says = row.commission_bps.or(current.commission_bps)?;
        let says = row.noted_commission_bps.unwrap_or(says);
        let points = u128::from(stake)
            .checked_mul(row.credits?.into())?
            .checked_mul(says.into())?;
        let collected = row
            .collected_lamports
            .filter(|_| !row.collector_is_shared)?;
        let worth = u128::from(collected)
            .checked_mul(u128::from(BPS))?
            .checked_mul(FINE)?
            .checked_div(points)?;
        Some((worth, stake))
    }
}

/// What the last epoch whose rewards are known paid for its stake.
fn rate(facts: &Facts) -> Option<u64> {
    let rates = facts.cluster().filter_map(|epoch| {
        let rewards = u128::from(epoch.rewards_lamports?).checked_mul(1_000_000_000)?;
        u64::try_from(rewards.checked_div(epoch.stake_lamports.into())?).ok()
    });
    rates.last()
}
