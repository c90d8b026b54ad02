//! Alerts: rules over what the keeper knows, and who is told. One thread judges; each webhook, each market
//! and the program has another one, so that nobody who is slow holds up the cranks or the others.

mod course;
mod judge;
mod kept;
mod market;
mod observed;
mod program;
pub mod rule;
pub mod settings;
mod told;
mod webhook;
mod yields;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
pub use course::Alert;
use course::Change;
use kept::Kept;
pub use market::Market;
use observed::Observed;
pub use program::Deviation;
use rule::Severity;
use settings::AlertSettings;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use tokio::runtime::{Handle, Runtime};
use tracing::{info, warn};
use webhook::{Teller, format, send};
pub use yields::Gap;

use crate::{facts::Facts, known::Shared, settings::Settings, stop::Stop};

/// The time between two looks at the rules.
const EVERY: Duration = Duration::from_secs(1);

/// What is known of alerts, for page, metrics and rules.
#[derive(Clone, Debug, Default)]
pub struct Alarms {
    /// The alerts that fire.
    pub firing: Vec<Alert>,
    /// What markets pay, by pool as configured.
    pub markets: BTreeMap<Pubkey, Market>,
    /// What holders got less than the cluster paid, by pool.
    pub gaps: BTreeMap<Pubkey, Gap>,
    /// How the program is not what it should be; none where it was not read yet.
    pub program: Option<Vec<Deviation>>,
    /// The webhooks by name, and whether each takes messages.
    pub webhooks: BTreeMap<String, bool>,
}

/// What judges and tells.
pub struct Alerts {
    settings: Arc<AlertSettings>,
    kept: Kept,
    shared: Shared,
}

impl Alerts {
    /// Takes up what an earlier run has left, and begins to tell.
    ///
    /// # Errors
    ///
    /// Where there is no folder to keep anything in, or no usable TLS.
    pub fn start(handle: &Handle, settings: &Settings, shared: Shared) -> Result<Self> {
        let kept = Kept::open(&settings.state()?);
        let alerts = Self {
            settings: Arc::new(settings.alerts.clone()),
            kept,
            shared,
        };
        alerts.forget_what_nobody_asks_for();
        let http = send::client().context("no encrypted connections can be made")?;
        for (index, webhook) in alerts.settings.webhooks.iter().enumerate() {
            let teller = Teller {
                name: webhook::name(index, webhook),
                webhook: webhook.clone(),
                settings: Arc::clone(&alerts.settings),
                kept: alerts.kept.clone(),
                shared: alerts.shared.clone(),
                http: http.clone(),
            };
            handle.spawn(teller.run());
        }
        for feed in &alerts.settings.markets {
            let shared = alerts.shared.clone();
            handle.spawn(market::watch(http.clone(), feed.clone(), shared));
        }
        Ok(alerts)
    }

    /// Judges again and again until the end is asked for.
    pub fn watch(&self, stop: &Stop) {
        while !stop.is_requested() {
            self.turn();
            stop.sleep(EVERY);
        }
    }

    /// Looks at the program again and again until the end is asked for.
    pub fn watch_program(&self, rpc: &RpcClient, stop: &Stop) {
        program::watch(rpc, &self.settings, &self.kept, &self.shared, stop);
    }

    /// Rules that are switched off and webhooks that are gone end without a word.
    fn forget_what_nobody_asks_for(&self) {
        let identities: Vec<String> = self
            .settings
            .webhooks
            .iter()
            .map(webhook::identity)
            .collect();
        let is_judged = |key: &judge::Key| !self.settings.off.contains(&key.rule);
        let content = &mut self.kept.lock().content;
        content
            .told
            .retain(|identity, _| identities.contains(identity));
        content.course.keep(is_judged);
        for told in content.told.values_mut() {
            told.keep(is_judged);
        }
    }

    fn turn(&self) {
        let now = unix_seconds();
        let mut kept = self.kept.lock();
        let mut known = self.shared.lock();
        for pool in &known.pools {
            let Some(facts) = Facts::of(pool) else {
                continue;
            };
            self.note_yield(&facts, &mut kept.content.yields);
        }
        let gaps = known.pools.iter().filter_map(|pool| {
            let seen = kept.content.yields.get(&pool.address().to_string())?;
            let gap = Gap::over(seen, self.settings.yield_epochs)?;
            Some((pool.address(), gap))
        });
        known.alarms.gaps = gaps.collect();
        let observed = Observed::of(&known, Instant::now());
        drop(known);
        let judged = judge::judge(&observed, &self.settings);
        let content = &mut kept.content;
        let changes = content.course.step(&judged, now, self.settings.for_seconds);
        let firing: Vec<Alert> = content.course.firing().cloned().collect();
        for told in content.told.values_mut() {
            told.notice(&firing, now);
        }
        kept.save();
        drop(kept);
        self.shared.lock().alarms.firing = firing;
        for change in &changes {
            log(change, now);
        }
    }

    /// An epoch is explained once, as soon as it is priced.
    fn note_yield(
        &self,
        facts: &Facts<'_>,
        yields: &mut BTreeMap<String, Vec<yields::EpochYield>>,
    ) {
        let address = facts.snapshot.addresses.pool.to_string();
        let seen = yields.entry(address).or_default();
        let is_known = seen.last().is_some_and(|last| last.epoch >= facts.epoch());
        if is_known || !facts.snapshot.is_fresh() {
            return;
        }
        if let Some(one) = yields::EpochYield::of(facts.snapshot) {
            yields::note(seen, one, self.settings.yield_epochs);
        }
    }
}

/// Sends a test message to each webhook: what came of it, a sentence each.
///
/// # Errors
///
/// Where no connections can be made at all.
pub fn test(
    settings: &AlertSettings,
    keeper: &Pubkey,
) -> Result<Vec<(String, Result<(), String>)>> {
    let http = send::client().context("no encrypted connections can be made")?;
    let runtime = Runtime::new().context("no threads can be started")?;
    let webhooks = settings.webhooks.iter().enumerate();
    let tried = webhooks.map(|(index, webhook)| {
        let body = format::test(webhook, &keeper.to_string());
        let sent = runtime.block_on(send::post(&http, webhook, &body));
        (
            webhook::name(index, webhook),
            sent.map_err(|setback| setback.what),
        )
    });
    Ok(tried.collect())
}

fn log(change: &Change, now: u64) {
    match change {
        Change::Begins(alert) => {
            let key = &alert.key;
            let (rule, severity) = (key.rule, key.rule.severity());
            match severity {
                Severity::Info => {
                    info!(pool = key.pool, alert = %rule, %severity, "{}", alert.text);
                }
                _ => warn!(pool = key.pool, alert = %rule, %severity, "{}", alert.text),
            }
        }
        Change::Ends(alert) => {
            let key = &alert.key;
            let lasted = sluice_cli::moment::roughly(alert.seconds(now));
            info!(
                pool = key.pool,
                alert = %key.rule,
                about = key.about,
                "Recovered after {lasted}."
            );
        }
    }
}

/// Seconds since 1970 by this machine's clock.
pub fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests;
