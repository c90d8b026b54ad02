//! The validators of a pool on the page.

use std::cmp::Reverse;

use maud::{Markup, html};
use sluice::state::SlotState;
use sluice_client::{
    PlacedSlot,
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;

use super::links::Links;
use crate::facts::Facts;

/// All of them: those that leave first, then by their stake.
pub fn section(facts: &Facts<'_>, links: Links<'_>) -> Markup {
    let mut slots: Vec<_> = facts.snapshot.slots().collect();
    let stake = |placed: &PlacedSlot<'_>| placed.slot.stake(facts.epoch()).ok();
    slots.sort_by_key(|placed| {
        let is_active = placed.slot.state().ok() == Some(SlotState::Active);
        (is_active, Reverse(stake(placed).map(|stake| stake.has)))
    });
    html! {
        h3 { "Validators" }
        p { (states(facts)) }
        table class="cards" {
            tr { th { "vote account" } th { "state" } th class="number" { "weight" } th class="number" { "stake" } th class="number" { "target" } }
            @for placed in &slots { (line(facts, placed, links)) }
        }
    }
}

/// `22 validators: 20 active, 1 retiring, 1 ejected.`
fn states(facts: &Facts<'_>) -> String {
    let all = u64::try_from(facts.snapshot.slots().count()).unwrap_or(u64::MAX);
    let [active, retiring, ejected] = [SlotState::Active, SlotState::Retiring, SlotState::Ejected]
        .map(|state| facts.validators(state));
    let all = counted(all, "validator");
    format!("{all}: {active} active, {retiring} retiring, {ejected} ejected.")
}

fn line(facts: &Facts<'_>, placed: &PlacedSlot<'_>, links: Links<'_>) -> Markup {
    let state = match placed.slot.state() {
        Ok(SlotState::Active) => "active",
        Ok(SlotState::Retiring) => "retiring",
        Ok(SlotState::Ejected) => "ejected",
        Ok(SlotState::Empty) | Err(_) => "unknown",
    };
    let stake = placed.slot.stake(facts.epoch()).ok();
    let target = facts.snapshot.target_of(placed).ok();
    let shown =
        |lamports: Option<Lamports>| lamports.map_or_else(String::new, |one| sol(one.get()));
    html! {
        tr {
            td data-label="vote account" { (links.account(placed.place.vote)) }
            td data-label="state" class=(if state == "active" { "good" } else { "bad" }) { (state) }
            td data-label="weight" class="number" { (placed.slot.weight) }
            td data-label="stake" class="number" { (shown(stake.map(|stake| stake.has))) }
            td data-label="target" class="number" { (shown(target)) }
        }
    }
}
