//! What an honest holder of the same capital has after the same time.

use super::{
    market::Position,
    scene::{ELSEWHERE, VALIDATORS},
};
use crate::{now::Now, pool::Model};

/// Parts of a lamport in which a twin counts, so that its own roundings do not matter.
const PARTS: u128 = 1_000;
/// Parts of one in an [`Index`].
const ONE: u128 = 1_000_000_000_000_000;

/// What honest stake becomes from the first epoch of a scene on: what an epoch pays reaches it in the
/// next one, slot by slot, as it reaches the holders of LST.
#[derive(Clone, Debug)]
pub struct Index {
    first_epoch: u64,
    /// At the start of each epoch, and by how much it grows in it, in [`ONE`].
    epochs: Vec<(u128, u128)>,
}

impl Index {
    /// Of epochs whose validators have this luck, after one that was ordinary.
    pub fn of(first_epoch: u64, luck: &[[u64; VALIDATORS]]) -> Self {
        let ordinary = [1; VALIDATORS];
        let (mut start, mut epochs) = (ONE, Vec::new());
        for luck in std::iter::once(&ordinary).chain(luck) {
            let sum: u128 = luck.iter().map(|luck| u128::from(*luck)).sum();
            let whole = u128::from(ELSEWHERE.stake) * VALIDATORS as u128;
            let gain = start * u128::from(ELSEWHERE.rewards) / whole * sum + sum;
            epochs.push((start, gain));
            start += gain;
        }
        Self {
            first_epoch,
            epochs,
        }
    }

    /// At a moment: rounded up, in the twin's favour.
    fn at(&self, now: &Now) -> u128 {
        let number = usize::try_from(now.epoch - self.first_epoch).unwrap_or(usize::MAX);
        let (start, gain) = self.epochs.get(number).copied().unwrap_or_default();
        let passed = now.slot - now.schedule.get_first_slot_in_epoch(now.epoch);
        let length = u128::from(now.schedule.get_slots_in_epoch(now.epoch));
        start + (gain * u128::from(passed)).div_ceil(length)
    }

    /// At the end of the epoch: what it has been paid for, all of it.
    fn at_end(&self, now: &Now) -> u128 {
        let number = usize::try_from(now.epoch - self.first_epoch).unwrap_or(usize::MAX);
        let (start, gain) = self.epochs.get(number).copied().unwrap_or_default();
        start + gain
    }
}

/// Somebody honest, who always has her capital in the same hands as she has. All amounts are in
/// [`PARTS`] of a lamport.
#[derive(Clone, Debug)]
pub struct Twin {
    /// What earns nothing; negative where she owes.
    cash: i128,
    /// What LST were worth at the start of the scene.
    lst: u128,
    stakes: [u128; VALIDATORS],
    /// What stake has earned in this epoch so far.
    earned: [u128; VALIDATORS],
    /// Until when stake has earned.
    earned_until: u64,
}

impl Twin {
    /// With all that she has in the first morning of a scene.
    pub fn of(position: &Position, model: &Model, index: &Index) -> Self {
        let now = &model.now;
        let supply = u128::from(model.ledger.supply.get());
        let worth = u128::from(position.lst) * u128::from(model.value()) / supply;
        Self {
            cash: position.cash * PARTS as i128,
            lst: worth * PARTS * ONE / index.at(now),
            stakes: position.stakes.map(|stake| u128::from(stake) * PARTS),
            earned: [0; VALIDATORS],
            earned_until: now.schedule.get_first_slot_in_epoch(now.epoch),
        }
    }

    /// Time passes within an epoch whose validators have this luck: stake earns its share of what the
    /// epoch pays.
    pub fn earn(&mut self, luck: &[u64; VALIDATORS], slots_per_epoch: u64, slot: u64) {
        let passed = u128::from(slot.saturating_sub(self.earned_until));
        self.earned_until = slot;
        let whole = u128::from(ELSEWHERE.stake) * u128::from(slots_per_epoch);
        for (number, luck) in luck.iter().enumerate() {
            let share = u128::from(ELSEWHERE.rewards) * u128::from(*luck) * passed;
            self.earned[number] += self.stakes[number] * share / whole;
        }
    }

    /// The epoch is over: what stake has earned earns, too.
    pub fn end_epoch(&mut self) {
        for (stake, earned) in self.stakes.iter_mut().zip(&mut self.earned) {
            *stake += std::mem::take(earned);
        }
    }

    /// Follows her from one position to another.
    pub fn follow(&mut self, before: &Position, after: &Position, index: &Index, now: &Now) {
        let index = index.at(now);
        if after.lst > before.lst {
            let bought = self.take_for_lst(before, after);
            self.lst += bought * ONE / index;
        } else if after.lst < before.lst {
            let sold = u128::from(before.lst - after.lst);
            let share = self.lst * sold / u128::from(before.lst);
            self.lst -= share;
            let worth = share * index / ONE;
            match grown(before, after) {
                Some(validator) => self.stakes[validator] += worth,
                None => self.cash += worth as i128,
            }
        }
    }

    /// What she gave for LST, from wallet and stake.
    fn take_for_lst(&mut self, before: &Position, after: &Position) -> u128 {
        let cash = (before.cash - after.cash).max(0) * PARTS as i128;
        self.cash -= cash;
        let mut given = cash as u128;
        for number in 0..VALIDATORS {
            let (had, has) = (before.stakes[number], after.stakes[number]);
            if has >= had {
                continue;
            }
            // The same part of what the twin has there.
            for part in [&mut self.stakes[number], &mut self.earned[number]] {
                let gone = *part * u128::from(had - has) / u128::from(had);
                *part -= gone;
                given += gone;
            }
        }
        given
    }

    /// Holders of so many LST out of all share an amount, in lamports.
    pub fn receive(&mut self, lamports: u64, lst: u64, supply: u64) {
        let share = u128::from(lamports) * PARTS * u128::from(lst) / u128::from(supply);
        self.cash += share as i128;
    }

    /// What it has, in lamports, rounded up. LST have what drips in this epoch, too.
    pub fn worth(&self, index: &Index, now: &Now) -> i128 {
        let lst = self.lst * index.at_end(now) / ONE;
        let stakes: u128 = self.stakes.iter().chain(&self.earned).sum();
        let parts = self.cash + (lst + stakes) as i128;
        -(-parts).div_euclid(PARTS as i128)
    }
}

/// The validator with which she has more stake than before.
fn grown(before: &Position, after: &Position) -> Option<usize> {
    (0..VALIDATORS).find(|number| after.stakes[*number] > before.stakes[*number])
}
