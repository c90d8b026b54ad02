//! The page for people: health in one glance, what is left to do, and how each pool is. Plain HTML, one
//! style, inline drawings; nothing is run, and nothing is asked elsewhere.

mod alerts;
mod chart;
mod earnings;
mod health;
mod links;
mod pool;
mod queue;
mod todo;
mod validators;
mod work;

use std::time::Instant;

use links::Links;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sluice_client::words::amounts::sol;

use crate::known::{Known, KnownNode};

const STYLE: &str = include_str!("style.css");

/// Nothing but this page's own style and drawings is allowed to be loaded or run.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The whole page. Names are strangers' texts: everything that is put in is escaped.
pub fn of(known: &Known, now: Instant) -> Markup {
    let problems = health::problems(known, now);
    let links = Links {
        cluster: known.cluster.as_deref(),
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content="15";
                title { (title(&problems)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Sluice keeper" }
                (glance(&problems))
                (alerts::section(known))
                (todo::section(known, &problems, now))
                @for pool in &known.pools { (pool::section(known, pool, links, now)) }
                (keeper(known, links))
                p { small { "This page reads itself anew every 15 seconds, and changes nothing." } }
            }
        }
    }
}

/// A tab tells whether all is well.
fn title(problems: &[String]) -> &'static str {
    match problems {
        [] => "Sluice keeper: well",
        _ => "Sluice keeper: needs a look",
    }
}

fn glance(problems: &[String]) -> Markup {
    html! {
        @if problems.is_empty() {
            div class="health well" { strong { "All is well." } }
        } @else {
            div class="health ill" {
                strong { "This needs a look:" }
                ul { @for problem in problems { li { (problem) } } }
            }
        }
    }
}

fn keeper(known: &Known, links: Links<'_>) -> Markup {
    let balance = known.balance.map(|balance| sol(balance.get()));
    html! {
        section {
            h2 { "The keeper itself" }
            table {
                tr { th { "Pays and signs" } td { (links.account(known.keeper)) } }
                tr { th { "Balance" } td { (balance.as_deref().unwrap_or("not known yet")) } }
                tr { th { "Cluster" } td { (cluster(known)) } }
                @for node in &known.nodes {
                    tr { th { "Node" } td { code { (node.name) } " " (answers(known, node)) } }
                }
            }
        }
    }
}

/// Its name, or the hash of its first block where it has none.
fn cluster(known: &Known) -> Markup {
    let Some(name) = known.cluster.as_deref() else {
        return html! { "no node has answered yet" };
    };
    match name.rsplit_once(' ') {
        Some((_, genesis)) => {
            html! { "without a public name; its first block is " code { (genesis) } }
        }
        None => html! { (name) },
    }
}

fn answers(known: &Known, node: &KnownNode) -> String {
    if let Some(doubt) = node.doubt {
        return format!("{}: not used for now", doubt.what());
    }
    match (node.latency, known.lag_slots(node)) {
        (Some(latency), Some(0)) => format!("answers in {} ms", latency.as_millis()),
        (Some(latency), Some(lag)) => {
            format!("answers in {} ms, {lag} slots behind", latency.as_millis())
        }
        _ => "does not answer".to_owned(),
    }
}
