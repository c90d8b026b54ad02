//! Configuration files: our own, and below it the one of the Solana CLI.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde::Deserialize;
use sluice_client::send::files::{MAX_TEXT_BYTES, read_file, read_text};
use sluice_math::Lamports;
use solana_cli_config::{CONFIG_FILE, Config};
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::values::{parsed, patience, requests};
use crate::{args::PriorityOffer, failure::misuse, signers::shown};

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
    /// How long a transaction is waited for, in seconds.
    #[serde(deserialize_with = "patience")]
    pub patience: Option<u64>,
    /// The folder of the journal.
    pub state: Option<PathBuf>,
    /// The local book of tickets.
    pub book: Option<PathBuf>,
    /// How often one node is asked within ten seconds.
    #[serde(deserialize_with = "requests")]
    pub requests_per_10_seconds: Option<u32>,
    /// The files that say this.
    #[serde(skip)]
    paths: Vec<PathBuf>,
}

impl ConfigFile {
    /// What the named file says: ours if its name ends in `.toml`, else the Solana CLI's. Without
    /// a name, what ours says in the home folder, and what the Solana CLI's says of the rest;
    /// both may be missing.
    pub fn load(named: Option<PathBuf>) -> Result<Self> {
        if let Some(path) = named {
            require_existing(&path)?;
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

    /// The files, where there are any.
    pub fn shown(&self) -> Option<String> {
        let shown: Vec<_> = self
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    }

    /// Whether it says what this setting is.
    pub fn says(&self, setting: &str) -> bool {
        match setting {
            "urls" => !self.urls.is_empty(),
            "keypair" => self.keypair.is_some(),
            "fee_payer" => self.fee_payer.is_some(),
            "pool" => self.pool.is_some(),
            "genesis" => self.genesis.is_some(),
            "priority_fee" => self.priority_fee.is_some(),
            "max_priority_fee_sol" => self.max_priority_fee_sol.is_some(),
            "patience" => self.patience.is_some(),
            "state" => self.state.is_some(),
            "book" => self.book.is_some(),
            "requests_per_10_seconds" => self.requests_per_10_seconds.is_some(),
            _ => false,
        }
    }

    fn own(path: &Path) -> Result<Self> {
        let text = read_text(path).map_err(|error| unreadable(path, &error))?;
        let file: Self =
            toml::from_str(&text).map_err(|error| unreadable(path, &complaint(&text, &error)))?;
        Ok(Self {
            paths: vec![path.to_owned()],
            ..file
        })
    }

    fn of_solana(path: &Path) -> Result<Self> {
        // The library reads whatever it is, to its end.
        read_file(path, MAX_TEXT_BYTES).map_err(|error| unreadable(path, &error))?;
        let file = Config::load(&path.to_string_lossy()).map_err(|error| {
            let error = plain(&error.to_string()).to_owned();
            unreadable(
                path,
                &format!("{error}; `solana config set` writes one that can be read"),
            )
        })?;
        Ok(Self {
            urls: vec![file.json_rpc_url],
            keypair: Some(file.keypair_path),
            paths: vec![path.to_owned()],
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
            paths: [self.paths, below.paths].concat(),
            ..self
        }
    }
}

fn require_existing(path: &Path) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let is_own = path
        .extension()
        .is_some_and(|extension| extension == "toml");
    let next = match is_own {
        true => "name another one with --config or SLUICE_CONFIG",
        false => {
            "a local cluster takes its own along when it stops, so start one anew (`sluice-localnet \
             start`), or name another file with --config or SLUICE_CONFIG"
        }
    };
    Err(misuse(format!(
        "there is no configuration file {}: {next}",
        shown(path)
    )))
}

fn unreadable(path: &Path, why: &dyn Display) -> anyhow::Error {
    let path = shown(path);
    misuse(format!(
        "the configuration file {path} cannot be read: {why}"
    ))
}

/// What a reader of YAML says, without the names of its types.
fn plain(error: &str) -> &str {
    let inside = error
        .strip_prefix("Error(")
        .and_then(|rest| rest.strip_suffix(')'));
    let quoted = inside.and_then(|text| text.strip_prefix('"'));
    quoted.map_or(error, |text| text.split('"').next().unwrap_or(text))
}

/// What is wrong in which line. The line itself, and the value in it, may have a key in it: they
/// are not repeated.
pub fn complaint(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let what = error.message().split('"').next().unwrap_or_default();
    format!("line {line}: {}", what.trim_end())
}
