//! Validators: who comes, is weighed otherwise, or leaves.

use std::collections::HashSet;

use sluice::state::{MAX_PAGES, Parameter, Parameters, SLOTS_PER_PAGE, SlotState};
use sluice_math::{Bps, Spread};
use solana_pubkey::Pubkey;

use super::{Authority, Kind, Place, Planning, Wanted, WantedValidator};
use crate::{
    PlacedSlot,
    plan::standing::breaches,
    words::amounts::{percent, sol},
};

impl Planning<'_> {
    /// Plans the validators. `parameters` are those to come.
    pub(super) fn validators(&mut self, wanted: &Wanted, parameters: &Parameters) {
        let Some(wishes) = &wanted.validators else {
            return;
        };
        let snapshot = &self.view.snapshot;
        self.require_distinct(wishes);
        let (listed, new): (Vec<_>, Vec<_>) = wishes
            .iter()
            .partition(|wish| snapshot.slot_of(&wish.vote).is_some());
        self.add(&new, parameters);
        self.weigh(&listed);
        let votes: HashSet<Pubkey> = wishes.iter().map(|wish| wish.vote).collect();
        self.retire(&votes);
        self.require_weights(wishes);
        self.note_idle_stake(wishes, parameters);
    }

    fn require_distinct(&mut self, wishes: &[WantedValidator]) {
        let mut seen = HashSet::new();
        for wish in wishes {
            if !seen.insert(wish.vote) {
                self.refuse(Place::Validator(wish.vote), "it is named twice");
            }
        }
    }

    /// Once all others are planned: a validator that must wait has no weight until then.
    fn require_weights(&mut self, wishes: &[WantedValidator]) {
        let had_weight = self
            .view
            .snapshot
            .slots()
            .any(|placed| placed.slot.next_weight > 0);
        let waits = |vote| {
            let mut later = self.plan.later.iter();
            later.any(|later| later.place == Place::Validator(vote))
        };
        let mut wishes = wishes.iter();
        let has_weight = wishes.any(|wish| wish.weight > 0 && !waits(wish.vote));
        if had_weight && !has_weight {
            let why = "no validator would have weight: all stake would come back and earn nothing";
            self.refuse(Place::Validators, why);
        }
    }

    fn add(&mut self, wishes: &[&WantedValidator], parameters: &Parameters) {
        let view = self.view;
        let (snapshot, pool) = (&view.snapshot, &view.snapshot.pool);
        let most = usize::from(MAX_PAGES).saturating_mul(SLOTS_PER_PAGE);
        let slots = snapshot.slots().count();
        if slots.saturating_add(wishes.len()) > most {
            let why = format!("a pool has at most {most} validators, and leaving ones count");
            return self.refuse(Place::Validators, why);
        }
        let epoch = snapshot.cluster.clock.epoch;
        let from_epoch = match pool.has_no_weights_yet() {
            true => None,
            false => Some(epoch.saturating_add(1)),
        };
        let mut places = snapshot.pages_for_new_validators().zip(pool.next_serial..);
        for WantedValidator { vote, weight } in wishes.iter().copied().copied() {
            if !self.is_taken(&vote, parameters) {
                continue;
            }
            let Some((page, serial)) = places.next() else {
                break;
            };
            let add = Kind::Add {
                vote,
                weight,
                page,
                serial,
            };
            self.change(add, Authority::Curator(pool.curator), from_epoch);
        }
    }

    /// Whether the pool takes a new validator now. If only its rules to come do, it is for later.
    fn is_taken(&mut self, vote: &Pubkey, parameters: &Parameters) -> bool {
        let view = self.view;
        let epoch = view.snapshot.cluster.clock.epoch;
        let account = view.votes.get(vote);
        let now = breaches(account, &view.snapshot.pool.config, epoch);
        let place = Place::Validator(*vote);
        let marker = view.markers.get(vote);
        if let Some(marker) = marker.filter(|marker| !marker.admits(epoch)) {
            let from = marker.reinstatable_epoch;
            let what = format!("it was ejected, and can be added again from epoch {from} on");
            self.later(place, what);
            return false;
        }
        if now.is_empty() {
            return true;
        }
        // What does not fit was refused already.
        let to_come = parameters.split().map(|(config, _)| config).ok();
        let to_come = to_come.map(|config| breaches(account, &config, epoch));
        match to_come.filter(Vec::is_empty) {
            Some(_) => self.later(
                place,
                format!(
                    "it can be added once the pool's limits have changed: {}",
                    now.join("; ")
                ),
            ),
            None => self.refuse(
                place,
                format!("the pool does not take it: {}", now.join("; ")),
            ),
        }
        false
    }

    /// Weights that rise come before those that fall.
    fn weigh(&mut self, wishes: &[&WantedValidator]) {
        let snapshot = &self.view.snapshot;
        let mut falling = Vec::new();
        for wish in wishes {
            let Some(placed) = snapshot.slot_of(&wish.vote) else {
                continue;
            };
            if placed.slot.next_weight == wish.weight && !placed.slot.will_leave() {
                continue;
            }
            if wish.weight < placed.slot.next_weight {
                falling.push((placed, wish.weight));
            } else {
                self.weigh_one(&placed, wish.weight);
            }
        }
        for (placed, weight) in falling {
            self.weigh_one(&placed, weight);
        }
    }

    fn weigh_one(&mut self, placed: &PlacedSlot<'_>, weight: u16) {
        let snapshot = &self.view.snapshot;
        let epoch = snapshot.cluster.clock.epoch;
        let is_ejected = placed.slot.state().ok() == Some(SlotState::Ejected);
        let due = u64::from(placed.slot.due_epoch);
        let place = Place::Validator(placed.place.vote);
        if is_ejected && due > epoch {
            return self.later(
                place,
                format!("it was ejected, and can be taken back from epoch {due} on"),
            );
        }
        if placed.slot.will_leave() && !is_ejected {
            return self.later(
                place,
                "it leaves, and can be added anew once its slot is closed",
            );
        }
        let weigh = Kind::Weigh {
            place: placed.place,
            before: placed.slot.next_weight,
            weight,
            reinstates: is_ejected,
        };
        let curator = Authority::Curator(snapshot.pool.curator);
        self.change(weigh, curator, Some(epoch.saturating_add(1)));
    }

    fn retire(&mut self, wanted: &HashSet<Pubkey>) {
        let snapshot = &self.view.snapshot;
        let next_epoch = snapshot.cluster.clock.epoch.saturating_add(1);
        let leaving = snapshot
            .slots()
            .filter(|placed| !wanted.contains(&placed.place.vote) && !placed.slot.will_leave());
        for placed in leaving {
            let retire = Kind::Retire {
                place: placed.place,
                before: placed.slot.next_weight,
            };
            let curator = Authority::Curator(snapshot.pool.curator);
            self.change(retire, curator, Some(next_epoch));
        }
    }

    /// Says how much no validator may have, once all has happened, where that is more than now.
    fn note_idle_stake(&mut self, wishes: &[WantedValidator], parameters: &Parameters) {
        let snapshot = &self.view.snapshot;
        let idle = || {
            let cap = u16::try_from(parameters.get(Parameter::ShareCapBps)).ok()?;
            // Who comes later holds nothing until then.
            let comes_later = |wish: &WantedValidator| {
                let later = self.plan.later.iter();
                later
                    .map(|one| one.place)
                    .any(|place| place == Place::Validator(wish.vote))
            };
            let there = || wishes.iter().filter(|wish| !comes_later(wish));
            let weights = || there().map(|wish| wish.weight);
            let most = u64::from(snapshot.pool.most_validators);
            let spread = Spread::of(weights, Bps::new(cap).ok()?, most).ok()?;
            let flows = snapshot.flows().ok()?;
            let stakeable = flows.stakeable();
            let idle = weights().try_fold(stakeable, |idle, weight| {
                Some(idle.saturating_sub(spread.part(weight, stakeable).ok()?))
            })?;
            let counts =
                idle >= flows.minimum_delegation && idle > snapshot.beyond_share_cap().ok()?;
            counts.then_some((idle, spread.cap.get()))
        };
        if let Some((idle, cap_bps)) = idle() {
            self.plan.notes.push(format!(
                "About {} would lie in the reserve and earn nothing, since no validator may have more than \
                 {} of what can be staked: name more validators",
                sol(idle.get()),
                percent(cap_bps)
            ));
        }
    }
}
