//! The table `[alerts]` of the configuration.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Error};
use sluice_cli::config::values::within;
use sluice_client::{pool::deployed::read_hash, words::explain::name_of_node};
use sluice_math::Lamports;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use strum::{Display, EnumString};

use super::{
    rule::{Rule, Severity},
    webhook::template::Template,
};
use crate::{
    known::LOW_BALANCE,
    settings::{from_text, path::Path},
};

/// Where Telegram's bots are served.
const TELEGRAM: &str = "https://api.telegram.org";

/// When an alert holds, when it is told, and to whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertSettings {
    /// How many percent of an epoch may be over before it is priced.
    #[serde(deserialize_with = "percent")]
    pub not_priced_percent: u64,
    /// How many epochs after its lock a batch may be settled.
    #[serde(deserialize_with = "count")]
    pub queue_age_epochs: u64,
    /// For how long a step may be due.
    #[serde(deserialize_with = "count")]
    pub due_minutes: u64,
    /// How old what was read of a pool may be.
    #[serde(deserialize_with = "seconds")]
    pub unread_seconds: u64,
    /// For how long the working thread may be silent.
    #[serde(deserialize_with = "seconds")]
    pub idle_seconds: u64,
    /// What the keeper should have.
    #[serde(deserialize_with = "sol")]
    pub low_balance_sol: Lamports,
    /// How much less than the cluster paid holders may get, a year.
    #[serde(deserialize_with = "bps")]
    pub yield_gap_bps: u32,
    /// Over how many epochs that is looked at.
    #[serde(deserialize_with = "epochs")]
    pub yield_epochs: u64,
    /// How much less than an exit a market may pay.
    #[serde(deserialize_with = "bps")]
    pub market_gap_bps: u32,
    /// How long something holds before it is an alert, and does not before it is over.
    #[serde(deserialize_with = "seconds")]
    pub for_seconds: u64,
    /// After how long an alert that lasts is told again.
    #[serde(deserialize_with = "count")]
    pub remind_hours: u64,
    /// The most messages that a webhook gets within an hour.
    #[serde(deserialize_with = "messages")]
    pub messages_per_hour: u64,
    /// Alerts that are not wanted.
    #[serde(deserialize_with = "rules")]
    pub off: Vec<Rule>,
    /// What the hash of the program should be.
    #[serde(deserialize_with = "program_hash")]
    pub program_hash: Option<Hash>,
    /// Who should be able to upgrade the program.
    #[serde(deserialize_with = "sluice_cli::config::values::parsed")]
    pub upgrade_authority: Option<Authority>,
    /// Who is told.
    pub webhooks: Vec<Webhook>,
    /// Where market prices are read.
    pub markets: Vec<Feed>,
}

/// Who can upgrade a program: a key, or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority(pub Option<Pubkey>);

/// Somebody who is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Whose format messages have.
    #[serde(deserialize_with = "kind")]
    pub kind: Kind,
    /// Where messages go.
    url: Option<Secret>,
    /// The token of Telegram's bot.
    token: Option<Secret>,
    /// The chat that Telegram's bot writes to.
    #[serde(default, deserialize_with = "chat")]
    pub chat_id: Option<String>,
    /// The least severity that is told.
    #[serde(default = "warning", deserialize_with = "severity")]
    pub min_severity: Severity,
    /// The text of a message.
    #[serde(default)]
    pub template: Option<Template>,
}

/// Whose format messages have.
#[derive(Clone, Copy, Debug, Display, EnumString, PartialEq, Eq)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// An incoming webhook of Slack.
    Slack,
    /// A webhook of Discord.
    Discord,
    /// A bot of Telegram.
    Telegram,
    /// A JSON object, for programs.
    Json,
}

/// Where a market price is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The pool: its address, as `pools` has it.
    #[serde(deserialize_with = "address")]
    pub pool: Pubkey,
    /// What answers JSON.
    pub url: Secret,
    /// Where in the answer the SOL for one token are: a JSON pointer.
    pub pointer: String,
    /// Where in the answer the time of the price is, in seconds since 1970: a JSON pointer.
    pub time_pointer: Option<String>,
    /// How old a price may be.
    #[serde(default = "price_age", deserialize_with = "seconds")]
    pub max_age_seconds: u64,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            not_priced_percent: 10,
            queue_age_epochs: 3,
            due_minutes: 30,
            unread_seconds: 300,
            idle_seconds: 600,
            low_balance_sol: LOW_BALANCE,
            yield_gap_bps: 200,
            yield_epochs: 5,
            market_gap_bps: 200,
            for_seconds: 60,
            remind_hours: 12,
            messages_per_hour: 30,
            off: Vec::new(),
            program_hash: None,
            upgrade_authority: None,
            webhooks: Vec::new(),
            markets: Vec::new(),
        }
    }
}

impl AlertSettings {
    /// What is wrong beyond single values: where, and why. Nothing of a secret is in it.
    pub fn complaints(&self, pools: &[Pubkey]) -> Vec<(Path, &'static str)> {
        let webhooks = self.webhooks.iter().map(Webhook::check).enumerate();
        let of_webhooks = webhooks.map(|(index, checked)| ("webhooks", index, checked));
        let markets = self.markets.iter().enumerate().map(|(index, feed)| {
            let mut before = self.markets.iter().take(index);
            let is_second = before.any(|other| other.pool == feed.pool);
            let twice = is_second.then_some("this pool has a market price already");
            (
                "markets",
                index,
                feed.check(pools).and(twice.map_or(Ok(()), Err)),
            )
        });
        let all = of_webhooks.chain(markets);
        all.filter_map(|(list, index, checked)| {
            let place = Path::of(&format!("alerts.{list}[{index}]"));
            checked.err().map(|why| (place, why))
        })
        .collect()
    }
}

impl Webhook {
    fn check(&self) -> Result<(), &'static str> {
        let has_token = self.token.is_some() || self.chat_id.is_some();
        match (self.kind, &self.url) {
            (Kind::Telegram, _) if self.token.is_none() || self.chat_id.is_none() => {
                Err("telegram needs `token` and `chat_id`")
            }
            (Kind::Slack | Kind::Discord | Kind::Json, None) => Err("`url` is missing"),
            (Kind::Slack | Kind::Discord | Kind::Json, _) if has_token => {
                Err("`token` and `chat_id` are telegram's")
            }
            (_, Some(url)) if !is_url(url) => Err("`url` begins with https:// or http://"),
            _ => Ok(()),
        }
    }

    /// Where messages are posted to.
    pub fn address(&self) -> String {
        let url = self.url.as_ref().map(Secret::reveal);
        match &self.token {
            Some(token) => {
                let server = url.unwrap_or(TELEGRAM).trim_end_matches('/');
                format!("{server}/bot{}/sendMessage", token.reveal())
            }
            None => url.unwrap_or_default().to_owned(),
        }
    }

    /// What must not be shown.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        [&self.url, &self.token]
            .into_iter()
            .flatten()
            .map(Secret::reveal)
    }
}

impl Feed {
    fn check(&self, pools: &[Pubkey]) -> Result<(), &'static str> {
        let pointers = [Some(&self.pointer), self.time_pointer.as_ref()];
        if !pools.contains(&self.pool) {
            Err("`pool` is none of `pools`")
        } else if !is_url(&self.url) {
            Err("`url` begins with https:// or http://")
        } else if pointers
            .into_iter()
            .flatten()
            .any(|pointer| !pointer.starts_with('/'))
        {
            Err("a pointer begins with /, such as /data/price")
        } else {
            Ok(())
        }
    }
}

impl std::str::FromStr for Authority {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self(None)),
            key => key
                .parse()
                .map(|key| Self(Some(key)))
                .map_err(|_| "it is an address, or none"),
        }
    }
}

fn is_url(url: &Secret) -> bool {
    name_of_node(url.reveal()).is_some()
}

fn warning() -> Severity {
    Severity::Warning
}

fn price_age() -> u64 {
    900
}

fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 1..=100)
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 1..=1_000)
}

fn epochs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 1..=100)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 1..=86_400)
}

fn messages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 2..=1_000)
}

fn bps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(u32::deserialize(deserializer)?, 1..=10_000)
}

fn sol<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lamports, D::Error> {
    let parsed = sluice_cli::config::values::parsed(deserializer)?;
    Ok(parsed.unwrap_or(LOW_BALANCE))
}

/// As `sluice pool verify` prints it, or in base58.
fn program_hash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hash>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let hash = read_hash(&text).or_else(|| text.parse().ok());
    let expected =
        "it is a hash as `sluice pool verify` prints it: 64 digits, and letters from a to f";
    hash.map(Some).ok_or_else(|| D::Error::custom(expected))
}

fn rules<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Rule>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let rules = names.iter().map(|name| name.parse());
    rules
        .collect::<Result<_, String>>()
        .map_err(D::Error::custom)
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    from_text(deserializer, "slack, discord, telegram or json")
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    from_text(deserializer, "info, warning or critical")
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pubkey, D::Error> {
    from_text(deserializer, "an address")
}

/// Numbers of groups are negative; a channel has a name.
fn chat<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "it is a number, or a name such as @channel")]
    enum Chat {
        Number(i64),
        Name(String),
    }
    Ok(Some(match Chat::deserialize(deserializer)? {
        Chat::Number(number) => number.to_string(),
        Chat::Name(name) => name,
    }))
}
