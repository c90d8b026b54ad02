//! What validators took of the rewards of their stake.

use std::{cmp::Reverse, collections::BTreeSet};

use solana_pubkey::Pubkey;

use super::{
    ValidatorEpoch,
    view::{BPS, View},
};

/// Stake that was not seen in its epoch may have been larger or smaller by a tenth: so much of what was
/// taken may be no more than that.
const DRIFT_PARTS: u64 = 10;

/// Where a figure of what was taken comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Basis {
    /// The chain notes the commission beside the payment.
    Noted,
    /// The payment, the stake of that epoch and what the cluster paid.
    Computed,
    /// The reward of a stake account.
    Sampled,
    /// The payment, and stake or rewards that are not those of that epoch. Of a collector of several
    /// validators the whole payment.
    Estimated,
}

/// What was taken in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// The epoch.
    pub epoch: u64,
    /// The part of what the stake earned, in basis points.
    pub bps: u16,
    /// How that is known.
    pub basis: Basis,
}

impl Basis {
    /// Where it comes from in one word, for scripts.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// All that is known of what a validator took.
pub(super) struct Takes {
    /// What is known, the latest epoch first.
    pub known: Vec<Take>,
    /// The epochs of which nobody knows this validator's, though that of others is known, the latest
    /// first.
    pub unknown_epochs: Vec<u64>,
}

impl View<'_> {
    /// What a validator took in an epoch, as far as that can be known.
    pub fn take(&self, row: &ValidatorEpoch) -> Option<Take> {
        let found = self
            .noted(row)
            .or_else(|| self.by_payment(row, Basis::Computed))
            .or_else(|| self.sampled(row))
            .or_else(|| self.by_payment(row, Basis::Estimated));
        let (bps, basis) = found?;
        Some(Take {
            epoch: row.epoch,
            bps,
            basis,
        })
    }

    /// Everything that the validator of these rows took. Where `is_told` says that nobody's is known of
    /// an epoch, it counts for nobody.
    pub fn takes(&self, rows: &[&ValidatorEpoch], is_told: impl Fn(u64) -> bool) -> Takes {
        let earned = rows.iter().filter(|row| row.credits != Some(0));
        let mut takes = Takes {
            known: Vec::new(),
            unknown_epochs: Vec::new(),
        };
        for row in earned {
            match self.take(row) {
                Some(take) => takes.known.push(take),
                None if is_told(row.epoch) => takes.unknown_epochs.push(row.epoch),
                None => {}
            }
        }
        takes
    }

    /// The epochs of which somebody's take is known.
    pub fn told_epochs(&self) -> BTreeSet<u64> {
        let rows = self.finished.values().flatten();
        rows.filter_map(|row| self.take(row))
            .map(|take| take.epoch)
            .collect()
    }

    /// The validators whose payments do not fit what they say, so that a stake account should be looked
    /// at, the worst first: with the epochs.
    pub fn doubtful(&self) -> Vec<(Pubkey, Vec<u64>)> {
        let told = self.told_epochs();
        let mut doubtful: Vec<(u16, Pubkey, Vec<u64>)> = self
            .finished
            .iter()
            .filter_map(|(vote, rows)| {
                let rows = rows.iter().filter(|row| told.contains(&row.epoch));
                let excess = rows.filter_map(|row| Some((row.epoch, self.excess(row)?)));
                let (epochs, excesses): (Vec<u64>, Vec<u16>) = excess.unzip();
                Some((excesses.into_iter().max()?, *vote, epochs))
            })
            .collect();
        doubtful.sort_by_key(|(excess, vote, _)| (Reverse(*excess), *vote));
        let of_validators = doubtful.into_iter();
        of_validators
            .map(|(_, vote, epochs)| (vote, epochs))
            .collect()
    }

    /// By how much a take that is only estimated, or unknown, exceeds what the vote account says.
    fn excess(&self, row: &ValidatorEpoch) -> Option<u16> {
        let says = self.current.get(&row.vote)?.commission_bps?;
        let earned = row.credits.is_some_and(|credits| credits > 0);
        match self.take(row) {
            Some(take) if take.basis == Basis::Estimated => {
                take.bps.checked_sub(says).filter(|excess| *excess > 0)
            }
            None if earned && self.stake_of(row).0 > 0 => Some(u16::MAX),
            _ => None,
        }
    }

    fn noted(&self, row: &ValidatorEpoch) -> Option<(u16, Basis)> {
        let noted = row
            .noted_commission_bps
            .filter(|_| !row.collector_is_shared);
        noted.map(|bps| (capped(bps.into()), Basis::Noted))
    }

    fn by_payment(&self, row: &ValidatorEpoch, basis: Basis) -> Option<(u16, Basis)> {
        let worth = self.worth(row.epoch)?;
        let (stake, is_seen) = self.stake_of(row);
        let gross = worth
            .gross(stake, row.credits?)
            .filter(|gross| *gross > 0)?;
        let collected = u128::from(row.collected_lamports?);
        let parts = collected.checked_mul(u128::from(BPS))?;
        let bps = u64::try_from(parts.checked_div(gross.into())?).unwrap_or(u64::MAX);
        let is_computed = is_seen && worth.is_exact && !row.collector_is_shared;
        match (basis, is_computed) {
            (Basis::Computed, true) => Some((capped(bps), basis)),
            (Basis::Estimated, false) => {
                let at_least = bps.saturating_sub(bps / DRIFT_PARTS);
                Some((capped(at_least), basis))
            }
            _ => None,
        }
    }

    fn sampled(&self, row: &ValidatorEpoch) -> Option<(u16, Basis)> {
        let (worth, sample) = (self.worth(row.epoch)?, row.sample?);
        let gross = worth.gross(sample.balance_lamports, row.credits?);
        let gross = u128::from(gross.filter(|gross| *gross > 0)?);
        let kept = gross.saturating_sub(sample.reward_lamports.into());
        let bps = kept.checked_mul(u128::from(BPS))?.checked_div(gross)?;
        Some((capped(u64::try_from(bps).ok()?), Basis::Sampled))
    }
}

/// Nobody can take more than all.
fn capped(bps: u64) -> u16 {
    u16::try_from(bps.min(BPS)).unwrap_or(u16::MAX)
}
