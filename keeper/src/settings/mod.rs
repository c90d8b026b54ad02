//! What the keeper is told: a file in TOML, and variables of the environment over it.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Display,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use anyhow::{Context, Result};
use config::{Config, ConfigError, Environment, File, FileFormat};
use serde::{Deserialize, Deserializer, de::Error};
use sluice_cli::{
    args::PriorityOffer,
    config::values::{parsed, patience, requests, within},
    failure::misuse,
    signers::{Source, shown},
};
use sluice_client::{
    PriorityFee,
    send::{cluster::manners::Manners, executor::DEFAULT_PATIENCE},
    words::explain::name_of_node,
};
use sluice_math::Lamports;
use sluice_store::Place;
use solana_clap_utils::input_validators::normalize_to_url_if_moniker;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use strum::EnumString;

use crate::alerts::settings::AlertSettings;

/// Before the names of variables.
const PREFIX: &str = "SLUICE_KEEPER";
/// The variable of the file itself, which is no key in it.
pub const FILE_VARIABLE: &str = "SLUICE_KEEPER_CONFIG";
/// A read that takes longer is tried again at the next look.
const READ_PATIENCE: Duration = Duration::from_secs(6);

/// Some two hundred transactions of four claims.
const MOST_CLAIM_FEES: Lamports = Lamports::new(1_000_000);

/// All that can be set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The nodes, or what their clusters are called.
    #[serde(deserialize_with = "list")]
    pub urls: Vec<String>,
    /// Who pays and signs.
    pub keypair: String,
    /// The pools, or the mints of their tokens.
    #[serde(deserialize_with = "addresses")]
    pub pools: Vec<Pubkey>,
    /// The hash of the cluster's first block.
    #[serde(default, deserialize_with = "parsed")]
    pub genesis: Option<Hash>,
    /// Seconds between two looks.
    #[serde(default = "every", deserialize_with = "seconds")]
    every: u64,
    /// How long a transaction is waited for, in seconds.
    #[serde(default, deserialize_with = "patience")]
    patience: Option<u64>,
    /// What is offered for coming earlier.
    #[serde(default, deserialize_with = "parsed")]
    priority_fee: Option<PriorityOffer>,
    /// The most that a transaction may pay as its priority fee.
    #[serde(default, deserialize_with = "parsed")]
    max_priority_fee_sol: Option<Lamports>,
    /// How often one node is asked within ten seconds.
    #[serde(default, deserialize_with = "requests")]
    requests_per_10_seconds: Option<u32>,
    /// The folder of the journal, and of the store.
    state: Option<PathBuf>,
    /// Where history is stored.
    #[serde(default, deserialize_with = "parsed")]
    store: Option<Place>,
    /// Whether settled tickets are claimed for their owners.
    #[serde(default)]
    claim: bool,
    /// The most that claims may cost in an epoch, in each pool.
    #[serde(default, deserialize_with = "parsed")]
    max_claim_fees_sol: Option<Lamports>,
    /// Where the page and the metrics are served.
    #[serde(default = "listen", deserialize_with = "socket")]
    pub listen: SocketAddr,
    /// How the log is written.
    #[serde(default, deserialize_with = "log_format")]
    pub log: LogFormat,
    /// When somebody is told, and who.
    #[serde(default)]
    pub alerts: AlertSettings,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, EnumString, PartialEq, Eq)]
#[strum(serialize_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Human,
    /// One JSON object on each line.
    Json,
}

impl Settings {
    /// What the file and these variables say, checked as far as no node is needed.
    ///
    /// Fails where a key is unknown, missing or cannot be meant; a value is not repeated, since it can
    /// be a secret.
    pub fn load(path: &Path, variables: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let settings = read(path, variables).map_err(|error| {
            let (path, what) = (shown(path), complaint(&error));
            misuse(format!("the configuration {path} makes no sense: {what}"))
        })?;
        let settings = Self {
            urls: settings
                .urls
                .iter()
                .map(normalize_to_url_if_moniker)
                .collect(),
            ..settings
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        if self.urls.is_empty() || self.urls.iter().any(|url| name_of_node(url).is_none()) {
            return Err(misuse(
                "`urls` needs at least one node, and each is localhost, devnet, testnet, mainnet-beta, \
                 or begins with http:// or https://",
            ));
        }
        if self.pools.is_empty() {
            return Err(misuse(
                "`pools` needs at least one pool (`sluice pool list` shows all)",
            ));
        }
        if self.pools.iter().collect::<BTreeSet<_>>().len() < self.pools.len() {
            return Err(misuse("`pools` names a pool twice"));
        }
        self.alerts.check(&self.pools).map_err(misuse)
    }

    /// Opens the signer.
    pub fn signer(&self) -> Result<Box<dyn Signer>> {
        let source = Source {
            name: "keypair",
            named: "`keypair`".to_owned(),
            instead: "set `keypair` to another".to_owned(),
            elsewhere: "",
            text: &self.keypair,
        };
        source.open(false)
    }

    /// How the nodes are treated.
    pub fn manners(&self) -> Manners {
        let default = Manners::default();
        Manners {
            patience: READ_PATIENCE,
            requests_per_window: self
                .requests_per_10_seconds
                .unwrap_or(default.requests_per_window),
            ..default
        }
    }

    /// What is paid to come earlier.
    pub fn priority_fee(&self) -> PriorityFee {
        let default = PriorityFee::DEFAULT;
        PriorityFee {
            offer: self.priority_fee.map_or(default.offer, |offer| offer.0),
            max_lamports: self
                .max_priority_fee_sol
                .map_or(default.max_lamports, Lamports::get),
        }
    }

    /// How long a transaction is waited for.
    pub fn patience(&self) -> Duration {
        self.patience.map_or(DEFAULT_PATIENCE, Duration::from_secs)
    }

    /// The time between two looks.
    pub fn every(&self) -> Duration {
        Duration::from_secs(self.every)
    }

    /// The most that claims may cost in an epoch, where they are made.
    pub fn claims(&self) -> Option<Lamports> {
        let most = self.max_claim_fees_sol.unwrap_or(MOST_CLAIM_FEES);
        self.claim.then_some(most)
    }

    /// The file of the journal.
    pub fn journal(&self) -> Result<PathBuf> {
        Ok(self.state()?.join("pending"))
    }

    /// Where history is stored.
    pub fn store(&self) -> Result<Place> {
        match &self.store {
            Some(named) => Ok(named.clone()),
            None => Ok(Place::File(self.state()?.join("history.sqlite"))),
        }
    }

    /// The folder of what outlives the keeper.
    pub fn state(&self) -> Result<PathBuf> {
        match &self.state {
            Some(named) => Ok(named.clone()),
            None => Ok(std::env::home_dir()
                .context("there is no home folder for the journal: set `state` to a folder")?
                .join(".local/state/sluice-keeper")),
        }
    }
}

fn read(
    path: &Path,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Settings, ConfigError> {
    let variables: HashMap<String, String> = variables
        .filter(|(name, _)| name != FILE_VARIABLE)
        .collect();
    let environment = Environment::with_prefix(PREFIX)
        .prefix_separator("_")
        .ignore_empty(true)
        .source(Some(variables));
    Config::builder()
        .add_source(File::from(path).format(FileFormat::Toml))
        .add_source(environment)
        .build()?
        .try_deserialize()
}

/// What is wrong with which key, without its value.
fn complaint(error: &ConfigError) -> String {
    match error {
        ConfigError::Type { expected, key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            format!("`{key}` must be {expected}")
        }
        ConfigError::At { error, key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            format!("`{key}`: {}", complaint(error))
        }
        ConfigError::NotFound(key) => format!("`{key}` is missing"),
        ConfigError::FileParse { cause, .. } => {
            // The lines between repeat what is written there.
            let said = cause.to_string();
            let mut lines = said.lines();
            let (place, what) = (lines.next(), lines.next_back());
            let told = [place, what].into_iter().flatten();
            told.collect::<Vec<_>>().join(": ")
        }
        other => {
            let said = other.to_string();
            said.split('"')
                .next()
                .unwrap_or_default()
                .trim_end()
                .to_owned()
        }
    }
}

fn every() -> u64 {
    5
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9464))
}

/// A list, or, in a variable, its parts with commas between.
#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText {
    List(Vec<String>),
    Text(String),
}

fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match ListOrText::deserialize(deserializer)? {
        ListOrText::List(list) => list,
        ListOrText::Text(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
    })
}

fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pubkey>, D::Error> {
    let parse = |text: &String| text.parse().map_err(|_| D::Error::custom("not an address"));
    list(deserializer)?.iter().map(parse).collect()
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 1..=3_600)
}

fn socket<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    from_text(
        deserializer,
        "an address and a port, such as 127.0.0.1:9464",
    )
}

fn log_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    from_text(deserializer, "human or json")
}

/// A value that is written as text.
pub fn from_text<'de, D, T>(deserializer: D, expected: &str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format_args!("it is {expected}")))
}

#[cfg(test)]
mod tests;
