//! A pool on the page.

use std::time::Instant;

use maud::{Markup, html};
use sluice::state::SlotState;
use sluice_cli::moment::{ago, roughly};
use sluice_client::{
    PlacedSlot, Yield,
    words::amounts::{counted, lst, price, price_lamports, signed_percent_e9, sol},
};
use sluice_math::{Lamports, Lst};

use super::chart;
use crate::{
    facts::{Facts, since},
    known::KnownPool,
};

/// Actions that are shown.
const ACTIONS: usize = 20;

/// All about one pool.
pub fn section(pool: &KnownPool, now: Instant) -> Markup {
    let token = pool.token.as_ref();
    let name = token.map(|token| format!("{} ({})", token.name(), token.symbol()));
    html! {
        section {
            h2 { (name.as_deref().unwrap_or("Pool")) }
            p { code { (pool.address()) } }
            @match Facts::of(pool) {
                Some(facts) => {
                    (charts(&facts))
                    (books(&facts, pool, now))
                    (due(pool, now))
                    (actions(pool, now))
                    (validators(&facts))
                }
                None => p { "It was not read yet." },
            }
        }
    }
}

fn charts(facts: &Facts<'_>) -> Markup {
    let rates: Vec<_> = facts.snapshot.history.iter().collect();
    let prices = rates.iter().filter_map(|rate| {
        let price = price_lamports(Lamports::new(rate.full_lamports), Lst::new(rate.lst_supply))?;
        i64::try_from(price).ok()
    });
    let prices: Vec<i64> = prices.collect();
    let yields = rates.iter().zip(rates.iter().skip(1));
    let yields = yields.filter_map(|(before, rate)| Yield::between(before, rate));
    let yields: Vec<i64> = yields
        .filter_map(|over| over.apy_parts_e9().or_else(|| over.epoch_parts_e9()))
        .collect();
    html! {
        div class="charts" {
            (chart::line("Deposit price", &price(facts.deposit_price()), &prices))
            (chart::line("Yield", &yielded(facts), &yields))
        }
    }
}

/// The yield over ten epochs, or as many as there are.
fn yielded(facts: &Facts<'_>) -> String {
    let yields = facts.snapshot.yields();
    let over = yields.iter().rev().find(|over| over.epochs() <= 10);
    let Some(over) = over.or(yields.first()) else {
        return "not known before two epochs are priced".to_owned();
    };
    let epochs = counted(over.epochs(), "epoch");
    match (over.apy_parts_e9(), over.epoch_parts_e9()) {
        (Some(apy), _) => format!("{} APY over {epochs}", signed_percent_e9(apy)),
        (None, Some(epoch)) => format!("{} per epoch over {epochs}", signed_percent_e9(epoch)),
        (None, None) => "too much for words".to_owned(),
    }
}

fn books(facts: &Facts<'_>, pool: &KnownPool, now: Instant) -> Markup {
    let seen = pool.seen.as_ref().map(|(at, _)| ago(since(*at, now)));
    let target = facts.pool.reserve_target().ok();
    let sums = &pool.sums;
    let rows = [
        (
            "Epoch",
            format!(
                "{}, {}% of it are over",
                facts.epoch(),
                facts.epoch_percent()
            ),
        ),
        ("Prices of", format!("epoch {}", facts.pool.finalized_epoch)),
        ("Exit price", price(facts.exit_price())),
        ("Supply", lst(facts.pool.lst_supply)),
        ("Staked", sol(facts.pool.staked_lamports)),
        (
            "Reserve",
            format!(
                "{}, of a target of {}",
                sol(facts.pool.reserve_lamports),
                target.map_or_else(|| "nobody knows".to_owned(), |target| sol(target.get()))
            ),
        ),
        ("Dripping", facts.dripping().map_or_else(String::new, sol)),
        ("Queue", queue(facts)),
        (
            "Announced changes",
            facts.snapshot.pending_changes().to_string(),
        ),
        ("Read", seen.unwrap_or_default()),
        (
            "Spent since the start",
            format!(
                "{} of fees, {} of rent; {} of rent came back",
                sol(sums.fee_lamports),
                sol(sums.rent_paid_lamports),
                sol(sums.rent_recovered_lamports)
            ),
        ),
    ];
    html! {
        table { @for (name, value) in rows { tr { th { (name) } td { (value) } } } }
    }
}

fn queue(facts: &Facts<'_>) -> String {
    let open = format!("{} in the open batch", lst(facts.pool.open_lst));
    match facts.locked_batches() {
        0 => format!("{open}; no batch waits"),
        count => format!(
            "{open}; {} in {count} locked, the oldest for {}",
            lst(facts.pool.locked_lst),
            counted(facts.queue_age_epochs(), "epoch")
        ),
    }
}

fn due(pool: &KnownPool, now: Instant) -> Markup {
    html! {
        h3 { "Due" }
        @if pool.due.is_empty() && pool.waiting.is_empty() { p { "Nothing." } }
        ul {
            @for due in &pool.due {
                li { (due.why) ". " small { "since " (roughly(since(due.since, now))) } }
            }
            @for later in &pool.waiting { li { small { "later: " } (later) "." } }
        }
    }
}

fn actions(pool: &KnownPool, now: Instant) -> Markup {
    html! {
        h3 { "Last actions" }
        @if pool.actions.is_empty() { p { "None since the start." } }
        @else {
            table {
                @for action in pool.actions.iter().take(ACTIONS) {
                    tr {
                        td { (ago(since(action.at, now))) }
                        td { (action.outcome.to_string().replace('_', " ")) }
                        td {
                            (action.why) "."
                            @if let Some(signature) = &action.signature { br; code { (signature) } }
                        }
                    }
                }
            }
        }
    }
}

fn validators(facts: &Facts<'_>) -> Markup {
    html! {
        h3 { "Validators" }
        table {
            tr { th { "vote account" } th { "state" } th { "weight" } th { "stake" } th { "target" } }
            @for placed in facts.snapshot.slots() { (validator(facts, &placed)) }
        }
    }
}

fn validator(facts: &Facts<'_>, placed: &PlacedSlot<'_>) -> Markup {
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
            td { code { (placed.place.vote) } }
            td { (state) }
            td class="number" { (placed.slot.weight) }
            td class="number" { (shown(stake.map(|stake| stake.has))) }
            td class="number" { (shown(target)) }
        }
    }
}
