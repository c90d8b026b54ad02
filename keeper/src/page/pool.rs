//! A pool on the page.

use std::time::Instant;

use maud::{Markup, html};
use sluice_cli::moment::{ago, in_about};
use sluice_client::words::amounts::{counted, lst, part, price, sol};
use sluice_math::Lamports;

use super::{earnings, links::Links, queue, validators, work};
use crate::{
    facts::{Facts, since},
    known::{Known, KnownPool},
};

/// Digits after the point that one glance takes.
const DIGITS: usize = 2;

/// All about one pool.
pub fn section(known: &Known, pool: &KnownPool, links: Links<'_>, now: Instant) -> Markup {
    let is_outdated = known.is_outdated(pool, now).is_some();
    let token = pool.token.as_ref();
    let name = token.map(|token| format!("{} ({})", token.name(), token.symbol()));
    html! {
        section {
            h2 { (name.as_deref().unwrap_or("Pool")) }
            p { (links.account(pool.address())) }
            @match Facts::of(pool) {
                Some(facts) => {
                    (tiles(&facts))
                    (earnings::section(&facts))
                    (work::due(pool, is_outdated, now))
                    (queue::section(&facts))
                    (work::actions(pool, links, now))
                    (books(&facts, pool, now))
                    (validators::section(&facts, links))
                }
                None => p { "It was not read yet." },
            }
        }
    }
}

/// What one looks at first.
fn tiles(facts: &Facts<'_>) -> Markup {
    let owned = facts.rate.map(|rate| brief(&sol(rate.full.get())));
    let waiting = facts.pool.locked_lst.saturating_add(facts.pool.open_lst);
    let tiles = [
        ("Yield after all fees", earnings::headline(facts)),
        ("Owned by holders", owned.unwrap_or_default()),
        ("Epoch", epoch(facts)),
        ("In the queue", brief(&lst(waiting))),
        ("Validators", facts.snapshot.slots().count().to_string()),
    ];
    html! {
        dl class="tiles" { @for (name, value) in tiles { div { dt { (name) } dd { (value) } } } }
    }
}

fn epoch(facts: &Facts<'_>) -> String {
    let percent = format!("{}, {}% over", facts.epoch(), facts.epoch_percent());
    match facts.seconds_until_epoch(facts.epoch().saturating_add(1)) {
        Some(seconds) => format!("{percent}, ends {}", in_about(seconds)),
        None => percent,
    }
}

/// An amount without the digits that one glance does not take.
fn brief(amount: &str) -> String {
    match amount.split_once('.') {
        Some((whole, rest)) => {
            let digits = rest.get(..DIGITS).unwrap_or(rest);
            let unit = rest.split_once(' ').map_or("", |(_, unit)| unit);
            format!("{whole}.{digits} {unit}")
        }
        None => amount.to_owned(),
    }
}

fn books(facts: &Facts<'_>, pool: &KnownPool, now: Instant) -> Markup {
    let seen = pool.seen.as_ref().map(|(at, _)| ago(since(*at, now)));
    let sums = &pool.sums;
    let rows = [
        ("Prices of", format!("epoch {}", facts.pool.finalized_epoch)),
        ("Deposit price", price(facts.deposit_price())),
        ("Exit price", price(facts.exit_price())),
        ("Supply", lst(facts.pool.lst_supply)),
        ("Staked", staked(facts)),
        ("Reserve", reserve(facts)),
        (
            "Dripping",
            facts.dripping().map_or_else(String::new, |dripping| {
                format!("{}, earned and not in the exit price yet", sol(dripping))
            }),
        ),
        ("Read", seen.unwrap_or_default()),
        (
            "Keeper's cost since its start",
            format!(
                "{} of fees, {} of rent; {} of rent came back",
                sol(sums.all_fee_lamports()),
                sol(sums.rent_paid_lamports),
                sol(sums.rent_recovered_lamports)
            ),
        ),
        ("Claimed for owners", claimed(pool)),
    ];
    html! {
        h3 { "Books" }
        table { @for (name, value) in rows { tr { th { (name) } td { (value) } } } }
    }
}

fn claimed(pool: &KnownPool) -> String {
    let sums = &pool.sums;
    let (tickets, paid) = (counted(sums.claims, "ticket"), sol(sums.claimed_lamports));
    match pool.claims_held_back {
        0 => format!("{tickets}, {paid}"),
        held_back => format!(
            "{tickets}, {paid}; {} more in the next epoch, since `max_claim_fees_sol` is spent in this one",
            counted(held_back, "ticket")
        ),
    }
}

fn staked(facts: &Facts<'_>) -> String {
    let staked = facts.pool.staked_lamports;
    let whole = facts.rate.map(|rate| rate.full);
    // Rent that was paid in for stake accounts is no part of what the pool owns.
    let pool = facts.pool;
    let rents = pool
        .locked_lamports
        .saturating_sub(pool.reserve_rent_lamports);
    let owned = Lamports::new(staked.saturating_sub(rents));
    let part = whole.and_then(|whole| part(owned, whole));
    part.map_or_else(
        || sol(staked),
        |part| format!("{}, {part} of all", sol(staked)),
    )
}

fn reserve(facts: &Facts<'_>) -> String {
    let target = facts.pool.reserve_target().ok();
    let target = target.map_or_else(|| "not known".to_owned(), |target| sol(target.get()));
    format!(
        "{}; its target is {target}",
        sol(facts.pool.reserve_lamports)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_takes_two_digits_and_the_unit() {
        assert_eq!(brief("2097.218092160 SOL"), "2097.21 SOL");
        assert_eq!(brief("none"), "none");
    }
}
