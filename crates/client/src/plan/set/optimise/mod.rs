//! The weights that are expected to earn most, under caps.
//!
//! Weights are whole numbers that sum to [`WHOLE`], so that a weight is a share in basis points. What is
//! made as large as it can be is the sum of weight times yield. Caps hold for each validator and for the
//! superminority together, and a number of validators have a least share. The answer is exact:
//!
//! - Who has the least share: with so many of them in the superminority and the rest outside of it, the
//!   best of each side. Of two validators on one side, moving the least share from the worse one to the
//!   better one that has not got it breaks no cap and loses nothing. Every split between the two sides
//!   is tried.
//! - The rest: caps of each validator, of one group of them and of all are a laminar family. Their
//!   polytope is a polymatroid, on which giving as much as possible to the best first is optimal, in
//!   whole numbers too.
//!
//! The yield of a validator is taken as constant: that more stake dilutes its own is not modelled.

#[cfg(test)]
mod tests;

use solana_pubkey::Pubkey;
use thiserror::Error;

use crate::words::amounts::percent;

/// What the weights sum to.
pub const WHOLE: u16 = 10_000;
/// What a cap rises by for its price: a percentage point.
const POINT_BPS: u16 = 100;

/// A validator that may have weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its vote account.
    pub vote: Pubkey,
    /// What its stake is expected to earn in a year after all commissions, in parts of 10^9.
    pub yield_parts_e9: u64,
    /// Its own largest share, in basis points.
    pub max_share_bps: u16,
    /// Whether it is of the few that together could stop the cluster.
    pub is_superminority: bool,
}

/// What the weights may not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// The largest share of a validator, in basis points.
    pub max_share_bps: u16,
    /// The largest share of the superminority together, in basis points.
    pub max_superminority_bps: u16,
    /// How many validators have the least share or more.
    pub min_validators: u16,
    /// That least share, in basis points.
    pub least_share_bps: u16,
}

/// Weights that earn most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Optimum {
    /// The weight of each candidate, in their order. They sum to [`WHOLE`].
    pub weights: Vec<u16>,
    /// Sum of weight times yield.
    weighted: u128,
}

/// By how much the yield of the whole would rise if one cap were looser, in parts of 10^9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// If each validator might have a percentage point more.
    pub share_parts_e9: u64,
    /// If the superminority together might have a percentage point more.
    pub superminority_parts_e9: u64,
    /// If one validator fewer had to have the least share.
    pub count_parts_e9: u64,
}

/// Why no weights keep the caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Infeasible {
    /// The validators may not have everything.
    #[error(
        "with at most {} for each and {} for the superminority together, these {candidates} validators can \
         have only {} of the stake: raise a cap, or name more",
        percent(*.share_bps), percent(*.superminority_bps), percent(*.reached_bps)
    )]
    TooTight {
        /// How many there are.
        candidates: usize,
        /// The cap of each.
        share_bps: u16,
        /// The cap of the superminority.
        superminority_bps: u16,
        /// What they can have together.
        reached_bps: u16,
    },
    /// Not so many can have the least share.
    #[error(
        "{min_validators} validators cannot have {} each, as the caps are and with these {candidates} \
         validators: ask for fewer, or for less of each",
        percent(*.least_bps)
    )]
    TooMany {
        /// How many should have it.
        min_validators: u16,
        /// The least share.
        least_bps: u16,
        /// How many there are.
        candidates: usize,
    },
}

impl Optimum {
    /// What the whole is expected to earn in a year, in parts of 10^9, rounded down.
    pub fn yield_parts_e9(&self) -> u64 {
        parts(self.weighted, WHOLE)
    }
}

/// The weights that earn most. Of equal ones, those that give less to the superminority, then more to
/// the smaller address.
///
/// # Errors
///
/// Where no weights keep the caps.
pub fn optimise(candidates: &[Candidate], caps: &Caps) -> Result<Optimum, Infeasible> {
    Problem::new(candidates, caps, WHOLE).solve()
}

/// What each cap costs.
///
/// # Errors
///
/// Where no weights keep the caps.
pub fn prices(candidates: &[Candidate], caps: &Caps) -> Result<Prices, Infeasible> {
    let now = optimise(candidates, caps)?.weighted;
    let gain = |caps: Caps| {
        let looser = optimise(candidates, &caps)?.weighted;
        Ok(parts(looser.saturating_sub(now), WHOLE))
    };
    let more = |bps: u16| bps.saturating_add(POINT_BPS).min(WHOLE);
    Ok(Prices {
        share_parts_e9: gain(Caps {
            max_share_bps: more(caps.max_share_bps),
            ..*caps
        })?,
        superminority_parts_e9: gain(Caps {
            max_superminority_bps: more(caps.max_superminority_bps),
            ..*caps
        })?,
        count_parts_e9: gain(Caps {
            min_validators: caps.min_validators.saturating_sub(1),
            ..*caps
        })?,
    })
}

/// Rounded down. It fits: weights sum to the whole, so that this is a mean of yields.
fn parts(weighted: u128, whole: u16) -> u64 {
    let mean = weighted.checked_div(u128::from(whole)).unwrap_or_default();
    u64::try_from(mean).unwrap_or(u64::MAX)
}

/// Candidates in the order in which they are given weight.
struct Problem<'a> {
    candidates: &'a [Candidate],
    caps: &'a Caps,
    /// What the weights sum to.
    whole: u16,
    best_first: Vec<usize>,
}

impl<'a> Problem<'a> {
    fn new(candidates: &'a [Candidate], caps: &'a Caps, whole: u16) -> Self {
        let mut best_first: Vec<usize> = (0..candidates.len()).collect();
        best_first.sort_by_key(|index| {
            let one = &candidates[*index];
            (
                std::cmp::Reverse(one.yield_parts_e9),
                one.is_superminority,
                one.vote,
            )
        });
        Self {
            candidates,
            caps,
            whole,
            best_first,
        }
    }

    fn solve(&self) -> Result<Optimum, Infeasible> {
        self.require_room()?;
        let count = usize::from(self.caps.min_validators);
        let mut best: Option<Optimum> = None;
        for inside in 0..=count {
            let Some(base) = self.base(inside, count.saturating_sub(inside)) else {
                continue;
            };
            let Some(filled) = self.fill(base) else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|best| filled.weighted > best.weighted)
            {
                best = Some(filled);
            }
        }
        best.ok_or(Infeasible::TooMany {
            min_validators: self.caps.min_validators,
            least_bps: self.caps.least_share_bps,
            candidates: self.candidates.len(),
        })
    }

    fn cap(&self, index: usize) -> u16 {
        let own = self.candidates[index].max_share_bps;
        own.min(self.caps.max_share_bps)
    }

    /// Fails where the caps leave no place for the whole.
    fn require_room(&self) -> Result<(), Infeasible> {
        let sum = |inside: bool| {
            let side = (0..self.candidates.len()).filter(|at| self.is_inside(*at) == inside);
            side.fold(0_u32, |sum, at| sum.saturating_add(u32::from(self.cap(at))))
        };
        let superminority = sum(true).min(u32::from(self.caps.max_superminority_bps));
        let reached = sum(false).saturating_add(superminority);
        match u16::try_from(reached) {
            Ok(reached_bps) if reached_bps < self.whole => Err(Infeasible::TooTight {
                candidates: self.candidates.len(),
                share_bps: self.caps.max_share_bps,
                superminority_bps: self.caps.max_superminority_bps,
                reached_bps,
            }),
            _ => Ok(()),
        }
    }

    fn is_inside(&self, index: usize) -> bool {
        self.candidates[index].is_superminority
    }

    /// The least share for the best of each side, where there are so many that may have it.
    fn base(&self, inside: usize, outside: usize) -> Option<Vec<u16>> {
        let least = self.caps.least_share_bps;
        let mut weights = vec![0; self.candidates.len()];
        for (is_inside, count) in [(true, inside), (false, outside)] {
            let able = self
                .best_first
                .iter()
                .filter(|at| self.is_inside(**at) == is_inside && self.cap(**at) >= least);
            let chosen: Vec<usize> = able.copied().take(count).collect();
            if chosen.len() < count {
                return None;
            }
            chosen.into_iter().for_each(|at| weights[at] = least);
        }
        Some(weights)
    }

    /// Gives what is left to the best first. None where the base alone is too much, or the caps keep
    /// something from being given.
    fn fill(&self, mut weights: Vec<u16>) -> Option<Optimum> {
        let given = |inside: bool| {
            let side = (0..weights.len()).filter(|at| !inside || self.is_inside(*at));
            side.fold(0_u32, |sum, at| sum.saturating_add(u32::from(weights[at])))
        };
        let mut left = room(self.whole, given(false))?;
        let mut superminority = room(self.caps.max_superminority_bps, given(true))?;
        for at in self.best_first.iter().copied() {
            let own = self.cap(at).saturating_sub(weights[at]);
            let group = match self.is_inside(at) {
                true => superminority,
                false => u16::MAX,
            };
            let more = own.min(left).min(group);
            weights[at] = weights[at].saturating_add(more);
            left = left.saturating_sub(more);
            if self.is_inside(at) {
                superminority = superminority.saturating_sub(more);
            }
        }
        let earned = |sum: u128, (weight, one): (&u16, &Candidate)| {
            // It fits: 16 bits times 64.
            sum.saturating_add(u128::from(*weight).saturating_mul(u128::from(one.yield_parts_e9)))
        };
        let weighted = weights.iter().zip(self.candidates).fold(0, earned);
        (left == 0).then_some(Optimum { weights, weighted })
    }
}

/// What is left of a cap, if not too much was given.
fn room(cap: u16, given: u32) -> Option<u16> {
    let left = u32::from(cap).checked_sub(given)?;
    u16::try_from(left).ok()
}
