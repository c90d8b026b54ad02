//! Those who are told: each has a task, so that one that hangs holds up nobody.

pub mod format;
pub mod send;
pub mod template;

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use reqwest::Client;
use solana_sha256_hasher::hashv;
use tracing::{info, warn};

use self::send::Setback;
use super::{
    course::Alert,
    kept::Kept,
    settings::{AlertSettings, Webhook},
    told::Message,
    unix_seconds,
};
use crate::known::Shared;

/// The time between two looks at what is to be told.
const EVERY: Duration = Duration::from_secs(1);
/// Pauses after setbacks.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Setbacks in a row after which a webhook counts as failed.
const PATIENCE: u32 = 5;

/// A webhook and what it is told with.
pub struct Teller {
    /// What it is called.
    pub name: String,
    /// The webhook.
    pub webhook: Webhook,
    /// When and how often it is told.
    pub settings: Arc<AlertSettings>,
    /// What it was told.
    pub kept: Kept,
    /// Where it is noted whether it works.
    pub shared: Shared,
    /// What posts.
    pub http: Client,
}

/// What a webhook is called: its number in the configuration, and its kind.
pub fn name(index: usize, webhook: &Webhook) -> String {
    format!("webhook {} ({})", index.saturating_add(1), webhook.kind)
}

/// What a webhook is known by over restarts: nobody learns a secret from it.
pub fn identity(webhook: &Webhook) -> String {
    let chat = webhook.chat_id.clone().unwrap_or_default();
    let parts = [webhook.kind.to_string(), webhook.address(), chat];
    hashv(&parts.each_ref().map(String::as_bytes)).to_string()
}

impl Teller {
    /// Tells what is to be told, again and again.
    pub async fn run(self) {
        let identity = identity(&self.webhook);
        let (mut pauses, mut setbacks) = (pauses(), 0u32);
        self.note(true);
        loop {
            let Some(message) = self.next(&identity) else {
                tokio::time::sleep(EVERY).await;
                continue;
            };
            let body = format::body(&self.webhook, &message);
            match send::post(&self.http, &self.webhook, &body).await {
                Ok(()) => {
                    self.delivered(&identity, &message);
                    if setbacks > 0 {
                        info!("The {} takes messages again.", self.name);
                        self.note(true);
                    }
                    (pauses, setbacks) = (self::pauses(), 0);
                }
                Err(Setback { what, rest }) => {
                    if setbacks == 0 {
                        warn!("The {} did not take a message: {what}.", self.name);
                    }
                    setbacks = setbacks.saturating_add(1);
                    if setbacks >= PATIENCE {
                        self.note(false);
                    }
                    let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
                    tokio::time::sleep(rest.unwrap_or(pause)).await;
                }
            }
        }
    }

    /// What comes next. What came of a message that failed is decided anew: it may be over by now.
    fn next(&self, identity: &str) -> Option<Message> {
        let mut kept = self.kept.lock();
        let content = &mut kept.content;
        let firing: Vec<Alert> = content.course.firing().cloned().collect();
        let told = content.told.entry(identity.to_owned()).or_default();
        told.next(&firing, &self.webhook, &self.settings, unix_seconds())
    }

    fn delivered(&self, identity: &str, message: &Message) {
        let mut kept = self.kept.lock();
        let told = kept.content.told.entry(identity.to_owned()).or_default();
        told.delivered(message, unix_seconds());
        kept.save();
    }

    fn note(&self, works: bool) {
        let mut known = self.shared.lock();
        known.alarms.webhooks.insert(self.name.clone(), works);
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .without_max_times()
        .with_jitter()
        .build()
}
