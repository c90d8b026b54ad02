//! What a keeper has to do for a pool, and what it did.

use std::time::Instant;

use maud::{Markup, html};
use sluice_cli::moment::{ago, roughly};

use super::links::Links;
use crate::{
    facts::since,
    known::{Action, KnownPool},
    outcome::Outcome,
};

/// Actions that are shown.
const ACTIONS: usize = 20;
/// Steps that are shown of each kind: what is due and what waits.
const STEPS: usize = 20;

/// What is due and since when, and what cannot be done yet; of an outdated pool, as it was last.
pub fn due(pool: &KnownPool, is_outdated: bool, now: Instant) -> Markup {
    let more = |all: usize| all.saturating_sub(STEPS);
    html! {
        h3 { "What the keeper does next" }
        @if is_outdated { p { "Not known: the pool was not read for a while. Then this was due:" } }
        @if pool.due.is_empty() && pool.waiting.is_empty() { p { "Nothing." } }
        ul {
            @for due in pool.due.iter().take(STEPS) {
                li { (due.why) ". " small { "due for " (roughly(since(due.since, now))) } }
            }
            @if more(pool.due.len()) > 0 { li { "And " (more(pool.due.len())) " more." } }
            @for later in pool.waiting.iter().take(STEPS) { li { small { "later: " } (later) "." } }
            @if more(pool.waiting.len()) > 0 { li { "And " (more(pool.waiting.len())) " more later." } }
        }
    }
}

/// The last actions, latest first.
pub fn actions(pool: &KnownPool, links: Links<'_>, now: Instant) -> Markup {
    html! {
        h3 { "What it did" }
        @if pool.actions.is_empty() { p { "Nothing since its start." } }
        @else {
            ul class="actions" {
                @for action in pool.actions.iter().take(ACTIONS) { (line(action, links, now)) }
            }
        }
    }
}

fn line(action: &Action, links: Links<'_>, now: Instant) -> Markup {
    let is_well = action.outcome == Outcome::Landed;
    html! {
        li {
            small { (ago(since(action.at, now))) ", " }
            span class=(if is_well { "good" } else { "bad" }) { (action.outcome.to_string().replace('_', " ")) }
            ": " (action.why) "."
            @if let Some(signature) = &action.signature { " " small class="signature" { (links.transaction(signature)) } }
        }
    }
}
