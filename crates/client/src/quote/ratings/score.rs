//! The score: what stake may expect to be paid, in parts of 10,000 of what average stake earns before
//! any commission, less what makes the expectation doubtful.

use std::{cmp::Reverse, collections::BTreeSet};

use solana_pubkey::Pubkey;

use super::{
    Basis, Facts, Take, Thresholds, ValidatorEpoch,
    exclusions::exclusions,
    reasons::{Exclusion, Reason, ScorePart},
    takes::Takes,
    view::{BPS, View},
};

/// What average stake earns before any commission.
pub const WHOLE_SCORE: i64 = 10_000;
/// For each epoch with less than half of the cluster's credits.
const MISSED_POINTS: i64 = 50;
/// For each time that a commission was raised.
const RAISE_POINTS: i64 = 10;
/// For all block revenue: it is of the order of a hundredth of what inflation pays.
const BLOCK_REVENUE_POINTS: i64 = 100;
/// For stake that could halt the cluster, where that does not exclude.
const SUPERMINORITY_POINTS: i64 = 100;
/// Votes below this part of the cluster's credits are a missed epoch.
const MISSED_PARTS: u64 = 2;
/// A take that exceeds what was said by no more than this is rounding.
const ROUNDING_BPS: u16 = 25;
/// What was taken for an epoch was said at the latest so many epochs before: updates act late.
const LATE_EPOCHS: u64 = 2;

/// A validator with its score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The vote account.
    pub vote: Pubkey,
    /// The node that votes with it.
    pub identity: Pubkey,
    /// [`WHOLE_SCORE`] and all parts.
    pub score: i64,
    /// Why it is not [`WHOLE_SCORE`].
    pub parts: Vec<ScorePart>,
    /// Why it is left out; nothing where it is not.
    pub exclusions: Vec<Exclusion>,
    /// What it may be expected to pay for an epoch, in parts of 10^9 of its stake. `None` where nobody
    /// knows what the cluster paid.
    pub net_yield_parts_e9: Option<u64>,
    /// Stake in the current epoch.
    pub stake_lamports: u64,
    /// Its share of all stake, in basis points, rounded down.
    pub stake_share_bps: u16,
    /// Whether it is among the largest that could halt the cluster together.
    pub is_superminority: bool,
    /// The commission on inflation rewards that its vote account says now, in basis points.
    pub commission_bps: Option<u16>,
    /// What the score counts as kept of inflation rewards: the worst that it says or took, or what is
    /// assumed where that is unknown; in basis points.
    pub kept_bps: u16,
    /// The share of block revenue that it keeps, in basis points.
    pub block_revenue_commission_bps: Option<u16>,
    /// The worst that it took in the epochs that count.
    pub worst_take: Option<Take>,
    /// The last that it took.
    pub last_take: Option<Take>,
    /// Its credits in parts of 10,000 of the cluster's, on average.
    pub votes_bps: Option<u64>,
    /// Finished epochs that this average is of.
    pub voted_epochs: u64,
    /// Epochs with less than half of the cluster's credits, or where a node called it delinquent.
    pub delinquent_epochs: u64,
    /// Whether a node calls it delinquent now.
    pub is_delinquent: bool,
    /// Epochs since its first credits, as far as its vote account or a store remembers.
    pub age_epochs: Option<u64>,
    /// The software of its node.
    pub version: Option<String>,
}

impl Rating {
    /// The first reason for which it is left out.
    pub fn excluded(&self) -> Option<&Exclusion> {
        self.exclusions.first()
    }
}

/// All validators that are known in the latest epoch of the facts, the best first: those that are not
/// left out before the others, then by score, then by address.
pub fn rate(facts: &Facts, thresholds: &Thresholds) -> Vec<Rating> {
    let Some(view) = View::of(facts, thresholds.epochs) else {
        return Vec::new();
    };
    let told = view.told_epochs();
    let mut ratings: Vec<Rating> = view
        .current
        .values()
        .map(|row| Judge::new(&view, row, thresholds, &told).rating())
        .collect();
    ratings.sort_by_key(|rating| {
        let is_out = !rating.exclusions.is_empty();
        (is_out, Reverse(rating.score), rating.vote)
    });
    ratings
}

/// One validator before its rules.
struct Judge<'a> {
    view: &'a View<'a>,
    now: &'a ValidatorEpoch,
    finished: &'a [&'a ValidatorEpoch],
    thresholds: &'a Thresholds,
    takes: Takes,
    parts: Vec<ScorePart>,
}

impl<'a> Judge<'a> {
    fn new(
        view: &'a View<'a>,
        now: &'a ValidatorEpoch,
        thresholds: &'a Thresholds,
        told: &BTreeSet<u64>,
    ) -> Self {
        let finished = view.finished.get(&now.vote).map_or(&[][..], Vec::as_slice);
        Self {
            view,
            now,
            finished,
            thresholds,
            takes: view.takes(finished, |epoch| told.contains(&epoch)),
            parts: Vec::new(),
        }
    }

    fn rating(mut self) -> Rating {
        let (votes_bps, voted_epochs) = self.votes();
        let earned = i64::try_from(votes_bps.unwrap_or(0)).unwrap_or(i64::MAX);
        self.add(
            earned.saturating_sub(WHOLE_SCORE),
            Reason::Votes {
                votes_bps,
                epochs: voted_epochs,
            },
        );
        let kept_bps = self.add_commission(earned);
        self.add_broken_word();
        self.add_raises();
        self.add_block_revenue();
        let delinquent_epochs = self.add_missed_epochs();
        let is_superminority = self.view.superminority.contains(&self.now.vote);
        if is_superminority && !self.thresholds.exclude_superminority {
            self.add(-SUPERMINORITY_POINTS, Reason::Superminority);
        }
        let mut rating = Rating {
            vote: self.now.vote,
            identity: self.now.identity,
            score: 0,
            parts: Vec::new(),
            exclusions: Vec::new(),
            net_yield_parts_e9: self.net_yield(net_of(earned, kept_bps)),
            stake_lamports: self.now.activated_stake_lamports.unwrap_or(0),
            stake_share_bps: self.share_bps(),
            is_superminority,
            commission_bps: self.now.commission_bps,
            kept_bps,
            block_revenue_commission_bps: self.now.block_revenue_commission_bps,
            worst_take: self.worst_take(),
            last_take: self.takes.known.first().copied(),
            votes_bps,
            voted_epochs,
            delinquent_epochs,
            is_delinquent: self.now.delinquent.unwrap_or(true),
            age_epochs: self.age_epochs(),
            version: self.now.version.clone(),
        };
        let certain = self
            .certain_takes()
            .max_by_key(|take| (take.bps, take.epoch));
        rating.exclusions = exclusions(&rating, certain, self.now, self.thresholds);
        rating.parts = self.parts;
        let points = rating.parts.iter().map(|part| part.points);
        rating.score = points.fold(WHOLE_SCORE, i64::saturating_add);
        rating
    }

    fn add(&mut self, points: i64, reason: Reason) {
        self.parts.push(ScorePart { points, reason });
    }

    /// The average of the finished epochs, and how many they are.
    fn votes(&self) -> (Option<u64>, u64) {
        let of_epoch = |row: &&ValidatorEpoch| {
            let mean = self.view.mean_credits.get(&row.epoch)?;
            let credits = u128::from(row.credits.unwrap_or(0));
            let bps = credits
                .saturating_mul(BPS.into())
                .checked_div((*mean).into())?;
            u64::try_from(bps).ok()
        };
        let all: Vec<u64> = self.finished.iter().filter_map(of_epoch).collect();
        let epochs = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let sum = all.into_iter().fold(0, u64::saturating_add);
        (sum.checked_div(epochs), epochs)
    }

    /// Takes off what it is expected to keep, which it returns in basis points.
    fn add_commission(&mut self, earned: i64) -> u16 {
        let says = self.now.commission_bps;
        let worst = self.worst_take();
        let assumed = self.assumed_bps();
        let epoch = self.takes.unknown_epochs.first().copied();
        let is_unknown = says.is_none() || epoch.is_some() || worst.is_none();
        let known = says.into_iter().chain(worst.map(|take| take.bps)).max();
        let (bps, reason) = match known {
            Some(known) if !is_unknown || known >= assumed => match worst {
                Some(take) if Some(take.bps) > says => (known, Reason::Took { take, says }),
                _ => (known, Reason::Says { bps: known }),
            },
            _ => (
                assumed,
                Reason::Unknown {
                    epoch,
                    says,
                    assumed_bps: assumed,
                },
            ),
        };
        self.add(net_of(earned, bps).saturating_sub(earned), reason);
        bps
    }

    /// What is assumed that it keeps where nobody knows.
    fn assumed_bps(&self) -> u16 {
        let most = self.thresholds.max_commission_bps;
        self.now.commission_bps.unwrap_or(most).max(most)
    }

    fn worst_take(&self) -> Option<Take> {
        let known = self.takes.known.iter().copied();
        known.max_by_key(|take| (take.bps, take.epoch))
    }

    /// What it took without doubt.
    fn certain_takes(&self) -> impl Iterator<Item = Take> {
        let known = self.takes.known.iter().copied();
        known.filter(|take| take.basis != Basis::Estimated)
    }

    /// The epoch in which it took most beyond what it had said, or may have. What is above the
    /// thresholds leaves it out anyway.
    fn add_broken_word(&mut self) {
        let most = self.thresholds.max_commission_bps;
        let certain = self.certain_takes().filter_map(|take| {
            let said = self.said_before(take.epoch)?;
            let excess = take.bps.min(most).saturating_sub(said);
            Some((excess, take.epoch, Reason::BrokeWord { take, said }))
        });
        let unknown = self.takes.unknown_epochs.iter().filter_map(|epoch| {
            let said = self.said_before(*epoch)?;
            let reason = Reason::MayHaveBrokenWord {
                epoch: *epoch,
                assumed_bps: most,
                said,
            };
            Some((most.saturating_sub(said), *epoch, reason))
        });
        let all = unknown.chain(certain);
        let worst = all.max_by_key(|(excess, epoch, _)| (*excess, *epoch));
        if let Some((excess, _, reason)) = worst.filter(|(excess, ..)| *excess > ROUNDING_BPS) {
            self.add(-i64::from(excess), reason);
        }
    }

    /// The most that it said while what was taken for an epoch was decided.
    fn said_before(&self, epoch: u64) -> Option<u16> {
        let since = epoch.saturating_sub(LATE_EPOCHS);
        let rows = self.finished.iter();
        rows.filter(|row| (since..=epoch).contains(&row.epoch))
            .filter_map(|row| row.commission_bps)
            .max()
    }

    /// Each time that the vote account said more than before. That it says nothing now counts as more.
    fn add_raises(&mut self) {
        let rows = self.finished.iter().rev();
        let mut said: Vec<(u64, Option<u16>)> = rows
            .filter(|row| row.commission_bps.is_some())
            .map(|row| (row.epoch, row.commission_bps))
            .collect();
        said.push((self.now.epoch, self.now.commission_bps));
        for pair in said.windows(2) {
            if let [(_, Some(from)), (epoch, to)] = pair
                && to.is_none_or(|to| to > *from)
            {
                self.add(
                    -RAISE_POINTS,
                    Reason::Raised {
                        epoch: *epoch,
                        from_bps: *from,
                        to_bps: *to,
                    },
                );
            }
        }
    }

    fn add_block_revenue(&mut self) {
        let told = self.now.block_revenue_commission_bps;
        let bps = i64::from(told.unwrap_or(u16::MAX)).min(WHOLE_SCORE);
        let points = BLOCK_REVENUE_POINTS.saturating_mul(bps) / WHOLE_SCORE;
        self.add(-points, Reason::BlockRevenue { bps: told });
    }

    /// Epochs in which it hardly voted.
    fn add_missed_epochs(&mut self) -> u64 {
        let is_missed = |row: &&&ValidatorEpoch| {
            let mean = self.view.mean_credits.get(&row.epoch);
            let least = mean.map(|mean| mean / MISSED_PARTS);
            let few = least.is_some_and(|least| row.credits.unwrap_or(0) < least);
            few || row.delinquent == Some(true)
        };
        let missed = self.finished.iter().filter(is_missed).count();
        let missed = u64::try_from(missed).unwrap_or(u64::MAX);
        if missed > 0 {
            let points = MISSED_POINTS.saturating_mul(i64::try_from(missed).unwrap_or(i64::MAX));
            self.add(points.saturating_neg(), Reason::Missed { epochs: missed });
        }
        missed
    }

    fn net_yield(&self, net: i64) -> Option<u64> {
        let net = u128::try_from(net.max(0)).ok()?;
        let rate = u128::from(self.view.rate_parts_e9?);
        u64::try_from(rate.checked_mul(net)?.checked_div(BPS.into())?).ok()
    }

    fn share_bps(&self) -> u16 {
        let stake = u128::from(self.now.activated_stake_lamports.unwrap_or(0));
        let bps = stake.saturating_mul(BPS.into());
        let share = bps.checked_div(self.view.total_stake.into());
        share.map_or(0, |bps| u16::try_from(bps).unwrap_or(u16::MAX))
    }

    fn age_epochs(&self) -> Option<u64> {
        let rows = std::iter::once(&self.now).chain(self.finished);
        let first = rows.filter_map(|row| row.first_credits_epoch).min()?;
        self.now.epoch.checked_sub(first)
    }
}

/// What commission leaves of what votes earn.
fn net_of(earned: i64, kept_bps: u16) -> i64 {
    let left = WHOLE_SCORE.saturating_sub(i64::from(kept_bps).min(WHOLE_SCORE));
    earned.saturating_mul(left).div_euclid(WHOLE_SCORE)
}
