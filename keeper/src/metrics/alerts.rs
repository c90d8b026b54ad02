//! Metrics of alerts, and those that only their rules need.

use std::collections::BTreeMap;

use super::{E9, Labels, Page, declared::LAMPORTS, labels};
use crate::{
    alerts::rule::breach_word,
    facts::Facts,
    known::{Known, KnownPool},
};

impl Page {
    /// What fires, and what rules look at.
    pub fn of_alerts(&mut self, known: &Known) {
        self.firing(known);
        self.epochs(known);
        self.conduct(known);
        self.markets(known);
        let alarms = &known.alarms;
        let deviations = alarms.program.iter().map(|deviations| {
            let count = u64::try_from(deviations.len()).unwrap_or(u64::MAX);
            (Vec::new(), count)
        });
        let help =
            "How many of hash and upgrade authority of the program are not what they should be";
        self.whole("program_deviations", None, help, deviations);
        let webhooks = alarms.webhooks.iter();
        let webhooks =
            webhooks.map(|(name, works)| (vec![("webhook", name.clone())], (*works).into()));
        let help = "Whether the webhook takes messages";
        self.whole("webhook_up", None, help, webhooks);
    }

    fn firing(&mut self, known: &Known) {
        let mut counts: BTreeMap<[String; 3], u64> = BTreeMap::new();
        for alert in &known.alarms.firing {
            let rule = alert.key.rule;
            let labels = [
                alert.key.pool.clone(),
                rule.to_string(),
                rule.severity().to_string(),
            ];
            let count = counts.entry(labels).or_default();
            *count = count.saturating_add(1);
        }
        let counts = counts.into_iter().map(|([pool, alert, severity], count)| {
            let labels = vec![("pool", pool), ("alert", alert), ("severity", severity)];
            (labels, count)
        });
        let help = "Alerts that fire: how many of a name; no sample where none does";
        self.whole("alert_firing", None, help, counts);
    }

    fn epochs(&mut self, known: &Known) {
        let passed = known.pools.iter().filter_map(|pool| {
            let (passed, length) = Facts::of(pool)?.epoch_slots();
            #[expect(clippy::cast_precision_loss, reason = "a ratio of slots")]
            let ratio = (length > 0).then(|| passed as f64 / length as f64)?;
            Some((labels(pool, &[]), ratio))
        });
        let help = "How much of the epoch is over";
        self.broken("epoch_passed", "ratio", help, passed);
        let gaps = known.pools.iter().filter_map(|pool| {
            let gap = known.alarms.gaps.get(&pool.address())?;
            let parts = gap.gross_parts_e9.saturating_sub(gap.net_parts_e9);
            #[expect(clippy::cast_precision_loss, reason = "a ratio for a chart")]
            let ratio = parts as f64 / E9;
            Some((labels(pool, &[]), ratio))
        });
        let help = "How much less than the cluster paid for stake holders got, as a year of it";
        self.broken("yield_gap", "ratio", help, gaps);
    }

    fn conduct(&mut self, known: &Known) {
        let breaches = known.pools.iter().flat_map(|pool| {
            let breaches = pool.in_breach.iter();
            breaches.map(move |one| {
                let validator = ("validator", one.vote.to_string());
                let rule = ("rule", breach_word(one.breach).to_owned());
                (labels(pool, &[validator, rule]), 1)
            })
        });
        let help = "Validators that break a rule of the pool; no sample where none does";
        self.whole("validator_breach", None, help, breaches);
        let held_back = read(known).map(|pool| {
            let count = u64::try_from(pool.held_back.len()).unwrap_or(u64::MAX);
            (labels(pool, &[]), count)
        });
        let help = "Validators in breach whose ejection is held back by its budget";
        self.whole("ejections_held_back", None, help, held_back);
    }

    fn markets(&mut self, known: &Known) {
        let markets = || {
            known.pools.iter().filter_map(|pool| {
                let market = known.alarms.markets.get(&pool.named)?;
                Some((labels(pool, &[]), &market.price_lamports))
            })
        };
        let up = markets().map(|(labels, price)| (labels, u64::from(price.is_ok())));
        self.whole("market_up", None, "Whether the market price is known", up);
        let prices = markets().filter_map(|(labels, price)| Some((labels, *price.as_ref().ok()?)));
        let prices: Vec<(Labels, u64)> = prices.collect();
        let help = "What a market pays for a whole token";
        self.whole("market_price", LAMPORTS, help, prices);
    }
}

/// The pools that were read.
fn read(known: &Known) -> impl Iterator<Item = &KnownPool> {
    known.pools.iter().filter(|pool| pool.seen.is_some())
}
