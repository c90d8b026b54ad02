//! Configuration files: our own, and below it the one of the Solana CLI.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Deserializer, de::Error};
use sluice_math::Lamports;
use solana_cli_config::{CONFIG_FILE, Config};
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use crate::args::PriorityOffer;

/// Where our own file is, below the home folder.
const OWN_FILE: &str = ".config/sluice/config.toml";

/// What a configuration file says where flags and environment do not.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// The nodes, or what their clusters are called.
    pub urls: Vec<String>,
    /// Who acts.
    pub keypair: Option<String>,
    /// Who pays the fees.
    pub fee_payer: Option<String>,
    /// The pool or mint address.
    #[serde(deserialize_with = "parsed")]
    pub pool: Option<Pubkey>,
    /// The hash of the cluster's first block.
    #[serde(deserialize_with = "parsed")]
    pub genesis: Option<Hash>,
    /// What is offered for coming earlier.
    #[serde(deserialize_with = "parsed")]
    pub priority_fee: Option<PriorityOffer>,
    /// The most that a transaction may pay as its priority fee.
    #[serde(deserialize_with = "parsed")]
    pub max_priority_fee_sol: Option<Lamports>,
    /// How often one node is asked within ten seconds.
    pub requests_per_10_seconds: Option<u32>,
}

impl ConfigFile {
    /// What the named file says: ours if its name ends in `.toml`, else the Solana CLI's. Without
    /// a name, what ours says in the home folder, and what the Solana CLI's says of the rest;
    /// both may be missing.
    pub fn load(named: Option<PathBuf>) -> Result<Self> {
        if let Some(path) = named {
            return match path.extension() {
                Some(extension) if extension == "toml" => Self::own(&path),
                _ => Self::of_solana(&path),
            };
        }
        let own = std::env::home_dir().map(|home| home.join(OWN_FILE));
        let own = own.filter(|path| path.exists());
        let own = own.map_or_else(|| Ok(Self::default()), |path| Self::own(&path))?;
        let solana = CONFIG_FILE.as_ref().map(PathBuf::from);
        match solana.filter(|path| path.exists()) {
            Some(path) => Ok(own.over(Self::of_solana(&path)?)),
            None => Ok(own),
        }
    }

    fn own(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| unreadable(path))?;
        toml::from_str(&text)
            .map_err(|error| complaint(&text, &error))
            .with_context(|| unreadable(path))
    }

    fn of_solana(path: &Path) -> Result<Self> {
        let file = Config::load(&path.to_string_lossy()).with_context(|| unreadable(path))?;
        Ok(Self {
            urls: vec![file.json_rpc_url],
            keypair: Some(file.keypair_path),
            ..Self::default()
        })
    }

    /// This, with what the other file says of nodes and keypair where this says nothing.
    fn over(self, below: Self) -> Self {
        Self {
            urls: if self.urls.is_empty() {
                below.urls
            } else {
                self.urls
            },
            keypair: self.keypair.or(below.keypair),
            ..self
        }
    }
}

fn unreadable(path: &Path) -> String {
    format!("cannot read the configuration file {}", path.display())
}

/// What is wrong in which line. The line itself, and the value in it, may have a key in it: they
/// are not repeated.
fn complaint(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let what = error.message().split('"').next().unwrap_or_default();
    anyhow!("line {line}: {}", what.trim_end())
}

/// A value that is written as it is typed after its flag.
fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}
