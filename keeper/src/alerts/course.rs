//! What becomes of an alert: it begins once its rule has held for a while, and is over once it has not for
//! as long. What cannot be told now stays as it was.

use serde::{Deserialize, Serialize};

use super::judge::{Judgement, Key};

/// Something that a rule has said, and has not taken back for long enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What it is.
    pub key: Key,
    /// What the pool's token is called: a stranger's text.
    pub called: String,
    /// What is the case, as it was said last.
    pub text: String,
    /// Since when the rule holds, in seconds since 1970, as are all times here.
    pub since: u64,
    /// Since when it does not hold any more, while that may pass.
    pub quiet_since: Option<u64>,
    /// Whether it has held for long enough.
    pub fires: bool,
}

/// All alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    alerts: Vec<Alert>,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An alert begins.
    Begins(Alert),
    /// An alert is over.
    Ends(Alert),
}

impl Course {
    /// The alerts that fire.
    pub fn firing(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(|alert| alert.fires)
    }

    /// Goes on with what is said now.
    pub fn step(&mut self, judged: &Judgement, now: u64, for_seconds: u64) -> Vec<Change> {
        let mut changes = Vec::new();
        for condition in &judged.conditions {
            let known = self
                .alerts
                .iter()
                .position(|alert| alert.key == condition.key);
            let index = known.unwrap_or(self.alerts.len());
            if known.is_none() {
                self.alerts.push(Alert::new(condition.key.clone(), now));
            }
            let Some(alert) = self.alerts.get_mut(index) else {
                continue;
            };
            alert.quiet_since = None;
            alert.called.clone_from(&condition.called);
            alert.text.clone_from(&condition.text);
            // A clock that was set back must not make it wait for ever.
            alert.since = alert.since.min(now);
            if !alert.fires && now.saturating_sub(alert.since) >= for_seconds {
                alert.fires = true;
                changes.push(Change::Begins(alert.clone()));
            }
        }
        self.alerts.retain_mut(|alert| {
            let stays = alert.stays(judged, now, for_seconds);
            if !stays && alert.fires {
                changes.push(Change::Ends(alert.clone()));
            }
            stays
        });
        changes
    }

    /// Forgets alerts that nobody judges any more.
    pub fn keep(&mut self, is_judged: impl Fn(&Key) -> bool) {
        self.alerts.retain(|alert| is_judged(&alert.key));
    }
}

impl Alert {
    fn new(key: Key, since: u64) -> Self {
        Self {
            key,
            called: String::new(),
            text: String::new(),
            since,
            quiet_since: None,
            fires: false,
        }
    }

    /// How long it lasted, as far as is known now.
    pub fn seconds(&self, now: u64) -> u64 {
        self.quiet_since.unwrap_or(now).saturating_sub(self.since)
    }

    fn stays(&mut self, judged: &Judgement, now: u64, for_seconds: u64) -> bool {
        let holds = judged
            .conditions
            .iter()
            .any(|condition| condition.key == self.key);
        let unknown = (self.key.rule, self.key.pool.clone());
        if holds || judged.unknown.contains(&unknown) {
            return true;
        }
        let quiet_since = self.quiet_since.map_or(now, |since| since.min(now));
        self.quiet_since = Some(quiet_since);
        self.fires && now.saturating_sub(quiet_since) < for_seconds
    }
}
