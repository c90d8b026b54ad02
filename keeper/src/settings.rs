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
use solana_clap_utils::input_validators::normalize_to_url_if_moniker;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use strum::EnumString;

/// Before the names of variables.
const PREFIX: &str = "SLUICE_KEEPER";
/// The variable of the file itself, which is no key in it.
pub const FILE_VARIABLE: &str = "SLUICE_KEEPER_CONFIG";
/// A read that takes longer is tried again at the next look.
const READ_PATIENCE: Duration = Duration::from_secs(6);

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
    /// The folder of the journal.
    state: Option<PathBuf>,
    /// Where the page and the metrics are served.
    #[serde(default = "listen", deserialize_with = "socket")]
    pub listen: SocketAddr,
    /// How the log is written.
    #[serde(default, deserialize_with = "log_format")]
    pub log: LogFormat,
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
        Ok(())
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

    /// The file of the journal.
    pub fn journal(&self) -> Result<PathBuf> {
        let folder = match &self.state {
            Some(named) => named.clone(),
            None => std::env::home_dir()
                .context("there is no home folder for the journal: set `state` to a folder")?
                .join(".local/state/sluice-keeper"),
        };
        Ok(folder.join("pending"))
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

fn from_text<'de, D, T>(deserializer: D, expected: &str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format_args!("it is {expected}")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::NamedTempFile;

    use super::*;

    const LEAST: &str = r#"
        urls = ["localhost"]
        keypair = "/k.json"
        pools = ["HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk"]
    "#;

    fn load(text: &str, variables: &[(&str, &str)]) -> Result<Settings> {
        let file = NamedTempFile::new()?;
        fs::write(&file, text)?;
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(file.path(), variables)
    }

    fn refusal(text: &str) -> String {
        load(text, &[]).unwrap_err().to_string()
    }

    #[test]
    fn three_keys_are_enough_and_the_port_is_not_open_to_others() {
        let settings = load(LEAST, &[]).unwrap();
        assert_eq!(settings.urls, ["http://localhost:8899"]);
        assert!(settings.listen.ip().is_loopback());
        assert_eq!(settings.every(), Duration::from_secs(5));
        assert_eq!(settings.priority_fee(), PriorityFee::DEFAULT);
        assert_eq!(settings.log, LogFormat::Human);
    }

    #[test]
    fn a_variable_wins_over_the_file_and_an_empty_one_counts_as_not_set() {
        let variables = [
            ("SLUICE_KEEPER_URLS", "http://a:1, http://b:2"),
            ("SLUICE_KEEPER_EVERY", "9"),
            ("SLUICE_KEEPER_LOG", "json"),
            ("SLUICE_KEEPER_KEYPAIR", ""),
            ("SLUICE_KEEPER_CONFIG", "/etc/keeper.toml"),
            ("SLUICE_KEYPAIR", "/other.json"),
        ];
        let settings = load(LEAST, &variables).unwrap();
        assert_eq!(settings.urls, ["http://a:1", "http://b:2"]);
        assert_eq!(settings.every(), Duration::from_secs(9));
        assert_eq!(settings.log, LogFormat::Json);
        assert_eq!(settings.keypair, "/k.json");
        let unknown = load(LEAST, &[("SLUICE_KEEPER_EVRY", "9")]).unwrap_err();
        assert!(unknown.to_string().contains("evry"), "{unknown}");
    }

    #[test]
    fn each_key_that_is_missing_or_cannot_be_meant_is_named_without_its_value() {
        for key in ["urls", "keypair", "pools"] {
            let without: Vec<&str> = LEAST.lines().filter(|line| !line.contains(key)).collect();
            let said = refusal(&without.join("\n"));
            assert!(said.contains(&format!("`{key}` is missing")), "{said}");
        }
        for (key, value) in [
            ("urls", "[]"),
            ("urls", "[\"secret\"]"),
            ("pools", "[]"),
            ("pools", "[\"secret\"]"),
            ("genesis", "\"secret\""),
            ("every", "0"),
            ("every", "\"secret\""),
            ("patience", "3601"),
            ("priority_fee", "\"secret\""),
            ("max_priority_fee_sol", "\"secret\""),
            ("requests_per_10_seconds", "4"),
            ("listen", "\"secret\""),
            ("log", "\"secret\""),
            ("state", "[]"),
        ] {
            let rest = LEAST.lines().filter(|line| !line.trim().starts_with(key));
            let text = rest.collect::<Vec<_>>().join("\n") + &format!("\n{key} = {value}\n");
            let said = refusal(&text);
            assert!(said.contains(&format!("`{key}")), "{key} = {value}: {said}");
            assert!(!said.contains("secret"), "{key} = {value}: {said}");
        }
    }

    #[test]
    fn what_is_no_toml_is_named_by_its_line_and_not_repeated() {
        let said = refusal("urls = [secret\n");
        assert!(
            said.contains("line 1") && !said.contains("secret"),
            "{said}"
        );
        let twice = LEAST.replace(
            "[\"HAgk",
            "[\"HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk\", \"HAgk",
        );
        assert!(refusal(&twice).contains("names a pool twice"));
    }
}
