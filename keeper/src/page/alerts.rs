//! The alerts that fire, on the page.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use maud::{Markup, html};
use sluice_cli::moment::roughly;

use crate::{facts::since, known::Known};

/// What fires, and since when; nothing where all is quiet.
pub fn section(known: &Known, now: SystemTime) -> Markup {
    let firing = &known.alarms.firing;
    html! {
        @if !firing.is_empty() {
            h2 { "Alerts" }
            table {
                @for alert in firing {
                    @let begun = UNIX_EPOCH.checked_add(Duration::from_secs(alert.since));
                    tr {
                        td { (alert.key.rule.severity()) }
                        td {
                            (alert.key.rule) br;
                            small { "for " (roughly(since(begun.unwrap_or(now), now))) }
                        }
                        td {
                            @if !alert.called.is_empty() { (alert.called) ": " }
                            (alert.text)
                        }
                    }
                }
            }
        }
    }
}
