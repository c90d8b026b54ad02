//! Which validators' stake an exit takes. A validator that leaves the pool gives first, then the one
//! that can give most: so everybody who stays profits.
//!
//! A stake account needs the minimum delegation, and so does the rest of the validator's main
//! account; a validator that stays also keeps about its part of all stake. Where no validator can give
//! the whole amount in one account, several give one each, and then again; what none can give is left to
//! the queue.

use std::cmp::Reverse;

use sluice::{
    moment::Moment,
    state::{Pool, Slot, StakeExitWay},
};
use sluice_math::{Lamports, Lst, StakeExit};

use crate::{PlacedSlot, PoolSnapshot, Result, SlotAddress};

/// Slots for which a plan holds: released rewards raise the price meanwhile, and with it what the
/// same LST takes.
const VALID_SLOTS: u64 = 300;

/// One stake account of an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeExitPart {
    /// The validator that gives it.
    pub place: SlotAddress,
    /// Whether the validator leaves the pool.
    pub leaving: bool,
    /// LST to burn.
    pub lst: Lst,
    /// Lamports of active stake for them, at the price of now.
    pub lamports: Lamports,
    /// The part of their value that stays with the other holders.
    pub fee: Lamports,
}

/// How LST become stake accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StakeExitPlan {
    /// The stake accounts, in the order in which they are to be taken.
    pub parts: Vec<StakeExitPart>,
    /// LST that no validator can give as stake: for the queue.
    pub queued: Lst,
}

/// The LST for which a validator gives one stake account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeExitRange {
    /// The least: it makes the minimum delegation.
    pub least: Lst,
    /// The most: it leaves the minimum delegation.
    pub most: Lst,
}

impl PoolSnapshot {
    /// Plans an exit of `lst` with at most `most_accounts` stake accounts. Fails where exits with
    /// stake are closed. The snapshot must have its stakes.
    pub fn plan_stake_exit(&self, lst: Lst, most_accounts: usize) -> Result<StakeExitPlan> {
        self.pool.require_stake_exits_open(&self.cluster.clock)?;
        Planner::new(self)?.plan(lst, most_accounts)
    }

    /// For how much LST a validator gives one stake account now; `None` where for none. The
    /// snapshot must have its stakes.
    pub fn stake_exit_range(&self, placed: &PlacedSlot<'_>) -> Result<Option<StakeExitRange>> {
        let planner = Planner::new(self)?;
        let Some(giver) = Giver::of(self, placed) else {
            return Ok(None);
        };
        let supply = planner.pool.ledger().supply;
        let most = planner.most(planner.spare(&giver), supply);
        let least = planner.least(planner.minimum, supply);
        let range = least.map(|least| StakeExitRange { least, most });
        Ok(range.filter(|range| range.least <= range.most))
    }
}

/// A validator whose main account can be split.
#[derive(Clone, Copy, Debug)]
struct Giver {
    place: SlotAddress,
    slot: Slot,
    delegated: Lamports,
}

impl Giver {
    fn of(snapshot: &PoolSnapshot, placed: &PlacedSlot<'_>) -> Option<Self> {
        let PlacedSlot { place, slot } = *placed;
        let delegated = snapshot.active_main(&place)?;
        snapshot.can_split(&place, delegated).then_some(Self {
            place,
            slot: *slot,
            delegated,
        })
    }
}

/// The pool's books as the parts planned so far leave them.
struct Planner {
    pool: Pool,
    moment: Moment,
    minimum: Lamports,
    now: u64,
    late: u64,
    givers: Vec<Giver>,
}

impl Planner {
    fn new(snapshot: &PoolSnapshot) -> Result<Self> {
        let now = snapshot.cluster.clock.slot;
        let mut planner = Self {
            pool: snapshot.rolled_pool()?,
            moment: snapshot.cluster.moment(),
            minimum: snapshot.cluster.minimum_delegation,
            now,
            late: now.saturating_add(VALID_SLOTS),
            givers: Vec::new(),
        };
        let givers = snapshot.slots();
        let givers = givers.filter_map(|placed| Giver::of(snapshot, &placed));
        let mut givers: Vec<Giver> = givers.collect();
        givers.sort_by_cached_key(|giver| Reverse((giver.slot.is_leaving(), planner.spare(giver))));
        planner.givers = givers;
        Ok(planner)
    }

    /// What a validator can give: it keeps the minimum delegation and, where it stays, its part.
    fn spare(&self, giver: &Giver) -> Lamports {
        let spare = giver.delegated.saturating_sub(self.minimum);
        let last = last(spare.get(), |taken| {
            let taken = Lamports::new(taken);
            let balanced = self.pool.require_balanced(&giver.slot, taken, &self.moment);
            balanced.is_ok()
        });
        Lamports::new(last)
    }

    fn plan(mut self, lst: Lst, most_accounts: usize) -> Result<StakeExitPlan> {
        let mut plan = StakeExitPlan {
            parts: Vec::new(),
            queued: lst,
        };
        while !plan.queued.is_zero() && plan.parts.len() < most_accounts {
            let Some((index, lst)) = self.next(plan.queued)? else {
                break;
            };
            let part = self.take(index, lst)?;
            plan.queued = plan.queued.sub(part.lst)?;
            plan.parts.push(part);
        }
        Ok(plan)
    }

    /// Who gives next, and for how much: everything that is left where one can, else as much as
    /// the first one can.
    fn next(&self, left: Lst) -> Result<Option<(usize, Lst)>> {
        for (index, giver) in self.givers.iter().enumerate() {
            if self.serves(giver, left) {
                return Ok(Some((index, left)));
            }
        }
        for (index, giver) in self.givers.iter().enumerate() {
            if let Some(lst) = self.part_of(index, giver, left)? {
                return Ok(Some((index, lst)));
            }
        }
        Ok(None)
    }

    /// The most that a validator gives. A little less where the rest would otherwise be too small
    /// for another account, which another validator could give.
    fn part_of(&self, index: usize, giver: &Giver, left: Lst) -> Result<Option<Lst>> {
        if let Some(whole) = self.whole(giver, left) {
            return Ok(Some(whole));
        }
        let most = self.most(self.spare(giver), left);
        if !self.serves(giver, most) {
            return Ok(None);
        }
        let Some(least) = self.least(self.minimum, left) else {
            return Ok(Some(most));
        };
        let rest = left.sub(most)?;
        let spared = left.saturating_sub(least);
        let others = self.givers.iter().enumerate();
        let somebody_gives = others
            .filter(|(other, _)| *other != index)
            .any(|(_, other)| self.serves(other, least));
        let shared = !rest.is_zero() && rest < least && somebody_gives;
        Ok(Some(if shared && self.serves(giver, spared) {
            spared
        } else {
            most
        }))
    }

    /// The LST that take all that a leaving validator has, where there is that much to give.
    fn whole(&self, giver: &Giver, left: Lst) -> Option<Lst> {
        let (exit, way) = self.fit(giver, left, self.now).ok()?;
        (way == StakeExitWay::Whole).then_some(exit.lst)
    }

    /// Books what a validator gives. It may give once more, when all others have given.
    fn take(&mut self, index: usize, lst: Lst) -> Result<StakeExitPart> {
        let mut giver = self.givers.remove(index);
        let (exit, _) = self.fit(&giver, lst, self.now)?;
        self.pool.book(&exit.ledger);
        let part = StakeExitPart {
            place: giver.place,
            leaving: giver.slot.is_leaving(),
            lst: exit.lst,
            lamports: exit.lamports,
            fee: exit.fee,
        };
        giver.delegated = giver.delegated.saturating_sub(exit.lamports);
        let main = &mut giver.slot.main_lamports;
        *main = main.saturating_sub(exit.lamports.get());
        self.givers.push(giver);
        Ok(part)
    }

    /// Whether the validator gives one account for all of `lst`, as long as the plan holds.
    fn serves(&self, giver: &Giver, lst: Lst) -> bool {
        let takes_all = |(exit, _): (StakeExit, StakeExitWay)| exit.lst == lst;
        !lst.is_zero()
            && self.fit(giver, lst, self.now).is_ok_and(takes_all)
            && self.fit(giver, lst, self.late).is_ok()
    }

    fn fit(&self, giver: &Giver, lst: Lst, slot: u64) -> Result<(StakeExit, StakeExitWay)> {
        let exit = self.pool.quote_stake_exit(lst, slot)?;
        let (leaving, delegated) = (giver.slot.is_leaving(), giver.delegated);
        let fitted = self
            .pool
            .fit_stake_exit(exit, leaving, delegated, self.minimum, slot)?;
        self.pool
            .require_balanced(&giver.slot, fitted.0.lamports, &self.moment)?;
        Ok(fitted)
    }

    /// The most LST, up to `limit`, that take no more than `lamports` however long the plan holds.
    fn most(&self, lamports: Lamports, limit: Lst) -> Lst {
        let most = last(limit.get(), |lst| {
            let exit = self.pool.quote_stake_exit(Lst::new(lst), self.late);
            exit.is_ok_and(|exit| exit.lamports <= lamports)
        });
        Lst::new(most)
    }

    /// The least LST, up to `limit`, that take `lamports` or more; `None` where not even all do.
    fn least(&self, lamports: Lamports, limit: Lst) -> Option<Lst> {
        let short = last(limit.get(), |lst| {
            let exit = self.pool.quote_stake_exit(Lst::new(lst), self.now);
            exit.is_ok_and(|exit| exit.lamports < lamports)
        });
        let short = Lst::new(short);
        let enough = short.add(Lst::new(1)).ok()?;
        (short < limit).then_some(enough)
    }
}

/// The last amount up to `limit` of which `holds` is true, where it is true up to there: by
/// bisection. Zero is taken for true; more than the pool has is an error of the quote, and false.
fn last(limit: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut least, mut most) = (0, limit);
    while least < most {
        let middle = least + (most - least).div_ceil(2);
        if holds(middle) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    least
}

#[cfg(test)]
mod tests;
