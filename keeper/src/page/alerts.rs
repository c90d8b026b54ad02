//! The alerts that fire, on the page.

use maud::{Markup, html};
use sluice_cli::moment::roughly;

use crate::{alerts::unix_seconds, known::Known};

/// What fires, and since when; nothing where all is quiet.
pub fn section(known: &Known) -> Markup {
    let firing = &known.alarms.firing;
    html! {
        @if !firing.is_empty() {
            h2 { "Alerts" }
            table {
                @for alert in firing {
                    tr {
                        td { (alert.key.rule.severity()) }
                        td {
                            (alert.key.rule) br;
                            small { "for " (roughly(alert.seconds(unix_seconds()))) }
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
