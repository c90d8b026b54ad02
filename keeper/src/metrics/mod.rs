//! Metrics in the text format of OpenMetrics, made anew from what is known for each scrape: whole numbers
//! stay whole, and nothing that is gone is told.

mod alerts;
mod declared;
mod store;

use std::{
    fmt,
    sync::atomic::{AtomicI64, AtomicU64},
    time::Instant,
};

use declared::{LAMPORTS, OUTCOME_SUMS, POOL_GAUGES, POOL_SUMS};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};
use sluice::state::SlotState;
use strum::IntoEnumIterator;

use crate::{
    facts::{Facts, since},
    known::{Doubt, Known, KnownPool},
    outcome::{Outcome, Sums},
};

/// Nanoseconds in a second, and parts in a whole.
const E9: f64 = 1e9;

/// Before all names.
const PREFIX: &str = "sluice";

type Labels = Vec<(&'static str, String)>;

/// All metrics as text.
///
/// # Errors
///
/// None that is known: the text is written to memory.
pub fn text(known: &Known, now: Instant) -> Result<String, fmt::Error> {
    let page = Page::of(known, now);
    let mut text = String::new();
    encode(&mut text, &page.registry)?;
    Ok(text)
}

struct Page {
    registry: Registry,
    /// The names of all metrics, also of those without a sample.
    names: Vec<String>,
}

impl Page {
    fn of(known: &Known, now: Instant) -> Self {
        let mut page = Self {
            registry: Registry::with_prefix(PREFIX),
            names: Vec::new(),
        };
        page.of_keeper(known, now);
        page.of_nodes(known);
        page.of_store(known);
        for metric in &POOL_GAUGES {
            let samples = known.pools.iter().filter_map(|pool| {
                let value = (metric.value)(&Facts::of(pool)?)?;
                Some((labels(pool, &[]), value))
            });
            page.whole(metric.name, metric.unit, metric.help, samples);
        }
        page.of_pools(known, now);
        page.of_alerts(known);
        page
    }

    fn of_keeper(&mut self, known: &Known, now: Instant) {
        let balance = known.balance.map(|balance| (Vec::new(), balance.get()));
        let help = "What the keeper has for fees and rent";
        self.whole("keeper_balance", LAMPORTS, help, balance);
        let beat = (Vec::new(), since(known.beat, now));
        let help = "Time since the keeper last did anything";
        self.whole("keeper_idle", Some("seconds"), help, [beat]);
        let is_writable = u64::from(known.journal.trouble().is_none());
        let help = "Whether the journal of transactions can be written";
        self.whole(
            "keeper_journal_writable",
            None,
            help,
            [(Vec::new(), is_writable)],
        );
    }

    fn of_nodes(&mut self, known: &Known) {
        let nodes = || known.nodes.iter();
        let label = |name: &String| vec![("node", name.clone())];
        let up = nodes().map(|node| (label(&node.name), u64::from(node.slot.is_some())));
        self.whole("node_up", None, "Whether the node answers", up);
        let lag = nodes().filter_map(|node| Some((label(&node.name), known.lag_slots(node)?)));
        let help = "How far the node is behind the furthest one";
        self.whole("node_lag", Some("slots"), help, lag);
        let aside = nodes().flat_map(|node| {
            Doubt::iter().map(move |doubt| {
                let reason = ("reason", doubt.to_string());
                let labels = [label(&node.name), vec![reason]].concat();
                (labels, u64::from(node.doubt == Some(doubt)))
            })
        });
        let help = "Whether the node is not used for now, and why";
        self.whole("node_set_aside", None, help, aside);
        let latency = nodes().filter_map(|node| {
            let seconds = node.latency?.as_secs_f64();
            Some((label(&node.name), seconds))
        });
        let help = "How long the node took to show its clock and the pools";
        self.broken("node_latency", "seconds", help, latency);
    }

    fn of_pools(&mut self, known: &Known, now: Instant) {
        let pools = || known.pools.iter();
        let apy = pools().flat_map(|pool| {
            let epochs = sluice_client::quote::yields::YIELD_EPOCHS.into_iter();
            epochs.filter_map(move |epochs| {
                let parts = Facts::of(pool)?.apy_parts_e9(epochs)?;
                let over = ("epochs", epochs.to_string());
                #[expect(clippy::cast_precision_loss, reason = "a ratio for a chart")]
                let ratio = parts as f64 / E9;
                Some((labels(pool, &[over]), ratio))
            })
        });
        let help = "Yield over the last epochs, as a year of it, net of fees";
        self.broken("apy", "ratio", help, apy);
        let validators = pools().flat_map(|pool| {
            let states = [
                ("active", SlotState::Active),
                ("retiring", SlotState::Retiring),
                ("ejected", SlotState::Ejected),
            ];
            states.into_iter().filter_map(move |(name, state)| {
                let count = Facts::of(pool)?.validators(state);
                Some((labels(pool, &[("state", name.to_owned())]), count))
            })
        });
        self.whole("validators", None, "Validators by their state", validators);
        let seen = pools().map(|pool| (labels(pool, &[]), pool.unread_seconds(known.started, now)));
        let help = "Time since the pool was last read, or since the start";
        self.whole("pool_read_age", Some("seconds"), help, seen);
        let due = pools().flat_map(|pool| {
            let due = pool.due.iter();
            due.map(move |due| {
                let kind = ("step", due.kind.to_string());
                let validator = due.validator.map(|vote| vote.to_string());
                let about = ("validator", validator.unwrap_or_default());
                (labels(pool, &[kind, about]), since(due.since, now))
            })
        });
        let help = "How long a step has been due; no sample where nothing is";
        self.whole("due_step_age", Some("seconds"), help, due);
        let held_back = pools().map(|pool| (labels(pool, &[]), pool.claims_held_back));
        let help = "Settled tickets that are not claimed in this epoch, since the budget is spent";
        self.whole("claims_held_back", None, help, held_back);
        self.sums(known);
    }

    fn sums(&mut self, known: &Known) {
        let unread = known.pools.iter();
        let unread = unread.map(|pool| (labels(pool, &[]), pool.unread));
        let help = "Looks at a pool that ended in an error";
        self.counter("failed_looks", None, help, unread);
        let of_outcome = |count: fn(&Sums, Outcome) -> Option<u64>| {
            known.pools.iter().flat_map(move |pool| {
                Outcome::iter().filter_map(move |outcome| {
                    let count = count(&pool.sums, outcome)?;
                    Some((labels(pool, &[("outcome", outcome.to_string())]), count))
                })
            })
        };
        for (name, unit, help, count) in OUTCOME_SUMS {
            self.counter(name, unit, help, of_outcome(count));
        }
        let whole = [
            (
                "claims",
                "Tickets that were claimed for their owners",
                (|sums| sums.claims) as fn(&Sums) -> u64,
            ),
            (
                "batches_closed",
                "Batches that were closed with their last tickets",
                |sums| sums.batches_closed,
            ),
        ];
        for (name, help, sum) in whole {
            let sums = known.pools.iter();
            let sums = sums.map(|pool| (labels(pool, &[]), sum(&pool.sums)));
            self.counter(name, None, help, sums);
        }
        for (name, help, sum) in POOL_SUMS {
            let sums = known.pools.iter();
            let sums = sums.map(|pool| (labels(pool, &[]), sum(&pool.sums)));
            self.counter(name, LAMPORTS, help, sums);
        }
    }

    fn whole(
        &mut self,
        name: &str,
        unit: Option<&str>,
        help: &str,
        samples: impl IntoIterator<Item = (Labels, u64)>,
    ) {
        let family = Family::<Labels, Gauge<i64, AtomicI64>>::default();
        for (labels, value) in samples {
            let value = i64::try_from(value).unwrap_or(i64::MAX);
            family.get_or_create(&labels).set(value);
        }
        self.register(name, unit, help, family);
    }

    fn broken(
        &mut self,
        name: &str,
        unit: &str,
        help: &str,
        samples: impl Iterator<Item = (Labels, f64)>,
    ) {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (labels, value) in samples {
            family.get_or_create(&labels).set(value);
        }
        self.register(name, Some(unit), help, family);
    }

    fn counter(
        &mut self,
        name: &str,
        unit: Option<&str>,
        help: &str,
        samples: impl Iterator<Item = (Labels, u64)>,
    ) {
        let family = Family::<Labels, Counter>::default();
        for (labels, value) in samples {
            family.get_or_create(&labels).inc_by(value);
        }
        self.register(name, unit, help, family);
        if let Some(name) = self.names.last_mut() {
            name.push_str("_total");
        }
    }

    fn register(
        &mut self,
        name: &str,
        unit: Option<&str>,
        help: &str,
        metric: impl prometheus_client::registry::Metric,
    ) {
        let parts = [Some(PREFIX), Some(name), unit].into_iter().flatten();
        self.names.push(parts.collect::<Vec<_>>().join("_"));
        match unit {
            Some(unit) => {
                let unit = Unit::Other(unit.to_owned());
                self.registry.register_with_unit(name, help, unit, metric);
            }
            None => self.registry.register(name, help, metric),
        }
    }
}

/// The labels of a pool's sample.
fn labels(pool: &KnownPool, more: &[(&'static str, String)]) -> Labels {
    let own = ("pool", pool.address().to_string());
    [&[own], more].concat()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use solana_pubkey::Pubkey;

    use super::*;
    use crate::known::{Limits, Shared};

    const LIMITS: Limits = Limits {
        silence: Duration::from_secs(120),
        unread: Duration::from_secs(60),
    };

    #[test]
    fn the_book_names_each_metric_and_no_other() {
        let shared = Shared::new(Pubkey::default(), &[], LIMITS);
        let page = Page::of(&shared.lock(), Instant::now());
        let book = include_str!("../../../docs/src/keeper.md");
        let rows = book
            .lines()
            .filter_map(|line| line.strip_prefix("| `sluice_"));
        let told = rows.filter_map(|row| row.split('`').next());
        let told: BTreeSet<String> = told.map(|name| format!("sluice_{name}")).collect();
        assert_eq!(told, page.names.iter().cloned().collect());
    }

    #[test]
    fn every_metric_in_the_rules_for_prometheus_is_served() {
        let shared = Shared::new(Pubkey::default(), &[], LIMITS);
        let page = Page::of(&shared.lock(), Instant::now());
        let rules = include_str!("../../../deploy/prometheus/alerts.yml");
        let expressions = rules
            .lines()
            .filter_map(|line| line.trim().strip_prefix("expr:"));
        let words = expressions
            .flat_map(|line| line.split(|one: char| !one.is_ascii_alphanumeric() && one != '_'));
        let metrics: BTreeSet<&str> = words.filter(|word| word.starts_with("sluice_")).collect();
        assert!(metrics.len() > 15, "{metrics:?}");
        for metric in metrics {
            assert!(page.names.iter().any(|name| name == metric), "{metric}");
        }
    }

    #[test]
    fn names_are_as_prometheus_wants_them_and_of_one_meaning() {
        let shared = Shared::new(Pubkey::default(), &[], LIMITS);
        let page = Page::of(&shared.lock(), Instant::now());
        let plain = |name: &String| {
            name.chars()
                .all(|one| one.is_ascii_lowercase() || one == '_')
        };
        assert!(page.names.iter().all(plain), "{:?}", page.names);
        let different: BTreeSet<&String> = page.names.iter().collect();
        assert_eq!(different.len(), page.names.len());
    }
}
