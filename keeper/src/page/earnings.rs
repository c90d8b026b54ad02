//! What a pool earns, and why not more.

use maud::{Markup, html};
use sluice_cli::yields::{Excuse, Explanation, Row};
use sluice_client::{
    Yield,
    words::amounts::{counted, price, price_lamports, signed_percent_e9, sol},
};
use sluice_math::{Lamports, Lst};

use super::chart::{self, Chart};
use crate::facts::Facts;

/// Charts, and the table that explains the last epoch.
pub fn section(facts: &Facts<'_>) -> Markup {
    html! {
        h3 { "What it earns, and why" }
        (charts(facts))
        (explained(facts))
    }
}

/// The yield over ten epochs, or as many as there are.
pub fn headline(facts: &Facts<'_>) -> String {
    let yields = facts.snapshot.yields();
    let over = yields.iter().rev().find(|over| over.epochs() <= 10);
    let Some(over) = over.or(yields.first()) else {
        return "not known before two epochs are priced".to_owned();
    };
    let epochs = counted(over.epochs(), "epoch");
    match (over.apy_parts_e9(), over.epoch_parts_e9()) {
        (Some(apy), _) => format!("{} APY over {epochs}", signed_percent_e9(apy)),
        (None, Some(epoch)) => format!("{} an epoch over {epochs}", signed_percent_e9(epoch)),
        (None, None) => "too much for words".to_owned(),
    }
}

fn charts(facts: &Facts<'_>) -> Markup {
    let rates: Vec<_> = facts.snapshot.history.iter().collect();
    let prices = rates.iter().filter_map(|rate| {
        let price = price_lamports(Lamports::new(rate.full_lamports), Lst::new(rate.lst_supply))?;
        Some((rate.epoch, i64::try_from(price).ok()?))
    });
    let prices: Vec<(u64, i64)> = prices.collect();
    let spans = rates.iter().zip(rates.iter().skip(1));
    let spans = spans.filter_map(|(before, rate)| Yield::between(before, rate));
    let yields = spans.filter_map(|over| {
        let parts = over.apy_parts_e9().or_else(|| over.epoch_parts_e9())?;
        Some((over.to_epoch, parts))
    });
    let yields: Vec<(u64, i64)> = yields.collect();
    let said = [price(facts.deposit_price()), headline(facts)];
    html! {
        div class="charts" {
            (chart::line(&Chart { title: "Deposit price", said: &said[0], points: &prices, shown }))
            (chart::line(&Chart { title: "Yield", said: &said[1], points: &yields, shown: signed_percent_e9 }))
        }
    }
}

fn shown(price: i64) -> String {
    u64::try_from(price).map_or_else(|_| String::new(), sol)
}

fn explained(facts: &Facts<'_>) -> Markup {
    match facts.snapshot.explain_yield() {
        Ok(Ok(explained)) => table(&Explanation::from(&explained)),
        Ok(Err(unexplained)) => html! {
            p { "The last epoch cannot be explained: " (Excuse::of(unexplained).words) "." }
        },
        Err(error) => html! { p { "The last epoch cannot be explained: " (error) } },
    }
}

fn table(explanation: &Explanation) -> Markup {
    let rows = explanation.rows();
    let has_years = rows.iter().any(|row| !row.year.is_empty());
    html! {
        p { "Of the last epoch, from what staking paid on this cluster to what holders got:" }
        table class="figures" {
            tr { th {} @if has_years { th { "a year" } } th { "the epoch" } th { "SOL" } }
            @for row in &rows { (line(row, has_years)) }
        }
        p { small { "Each line is explained by " code { "sluice pool yield" } "." } }
    }
}

fn line(row: &Row, has_years: bool) -> Markup {
    html! {
        tr {
            td title=[row.meaning] { (row.name) }
            @if has_years { td class="number" { (row.year) } }
            td class="number" { (row.epoch) }
            td class="number" { (row.sol) }
        }
    }
}
