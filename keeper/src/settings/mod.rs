//! What the keeper is told: a file in TOML, and variables of the environment over it.

pub mod path;
mod reading;
mod values;

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
pub use reading::{FILE_VARIABLE, all_of};
use serde::Deserialize;
use sluice_cli::{
    args::PriorityOffer,
    config::values::{parsed, patience, requests},
    signers::Source,
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
pub use values::from_text;

use self::values::{
    addresses, close_tables, every, hash, list, listen, log_format, seconds, socket, which,
};
use crate::{
    alerts::settings::AlertSettings,
    claims::{Claims, Which},
};

/// A read that takes longer is tried again at the next look.
const READ_PATIENCE: Duration = Duration::from_secs(6);

/// The file that a keeper locks in the folder of its state.
const LOCK: &str = "keeper.lock";

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
    #[serde(default, deserialize_with = "hash")]
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
    /// Whose settled tickets are claimed for them.
    #[serde(default, deserialize_with = "which")]
    claim: Which,
    /// Where history is stored.
    #[serde(default, deserialize_with = "parsed")]
    store: Option<Place>,
    /// The most that claims may cost in an epoch, in each pool.
    #[serde(default, deserialize_with = "parsed")]
    max_claim_fees_sol: Option<Lamports>,
    /// Whether lookup tables of the key are closed, so that their rent comes back.
    #[serde(default = "close_tables")]
    pub close_tables: bool,
    /// Where the page and the metrics are served.
    #[serde(default = "listen", deserialize_with = "socket")]
    pub listen: SocketAddr,
    /// How the log is written.
    #[serde(default, deserialize_with = "log_format")]
    pub log: LogFormat,
    /// When somebody is told, and who.
    #[serde(default)]
    pub alerts: AlertSettings,
    /// Variables that look like the keeper's, and are not: Kubernetes sets some for a service of this
    /// name.
    #[serde(skip)]
    foreign_variables: Vec<String>,
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
    /// Fails with all that is wrong at once: keys that are unknown, missing or cannot be meant. A value
    /// is not repeated, since it can be a secret.
    pub fn load(path: &Path, variables: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let settings = reading::read(path, variables)?;
        Ok(Self {
            urls: settings
                .urls
                .iter()
                .map(normalize_to_url_if_moniker)
                .collect(),
            ..settings
        })
    }

    /// A warning of variables that were not read, where there are any.
    pub fn foreign_variables(&self) -> Option<String> {
        let names = self.foreign_variables.join(", ");
        (!names.is_empty())
            .then(|| format!("These variables are no keys and were not read: {names}."))
    }

    /// What cannot be meant although each value alone could.
    fn complaints(&self) -> impl Iterator<Item = String> {
        let is_node = |url| name_of_node(&normalize_to_url_if_moniker(url)).is_some();
        let nodes = !self.urls.is_empty() && self.urls.iter().all(is_node);
        let distinct = self.pools.iter().collect::<BTreeSet<_>>().len();
        let complaints = [
            (
                nodes,
                "`urls` needs at least one node, and each is localhost, devnet, testnet, mainnet-beta, \
                 or begins with http:// or https://",
            ),
            (
                !self.pools.is_empty(),
                "`pools` needs at least one pool (`sluice pool list` shows all)",
            ),
            (distinct == self.pools.len(), "`pools` names a pool twice"),
            (
                !self.keypair.trim().is_empty(),
                "`keypair` is empty: set it to the FILE of a keypair",
            ),
        ];
        let wrong = complaints.into_iter().filter(|(is_right, _)| !is_right);
        wrong.map(|(_, complaint)| complaint.to_owned())
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

    /// The claims of a pool, where any are made; what they cost in an epoch is noted in a file of this name.
    pub fn claims(&self, noted: &str) -> Result<Option<Claims>> {
        let most = self.max_claim_fees_sol.unwrap_or(MOST_CLAIM_FEES);
        let noted = self.state()?.join(noted);
        let is_wanted = self.claim != Which::None;
        Ok(is_wanted.then(|| Claims::new(self.claim, most, noted)))
    }

    /// The file of the journal.
    ///
    /// Fails where there is no folder for it.
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

    /// Takes the folder of what outlives the keeper, as long as the file is open: two that write the same
    /// budget would spend it twice.
    ///
    /// Fails where another keeper has it.
    pub fn occupy_state(&self) -> Result<File> {
        let folder = self.state()?;
        occupied(&folder).map_err(|error| {
            anyhow!(
                "the folder {} cannot be taken for this keeper alone ({error}): end the keeper that uses it, or \
                 set `state` to another",
                folder.display()
            )
        })
    }

    /// Whether a keeper runs that has taken the folder.
    pub fn is_occupied(&self) -> bool {
        let file = self
            .state()
            .and_then(|folder| Ok(File::open(folder.join(LOCK))?));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Fails where the journal could not be written. Nothing is left behind.
    pub fn require_writable_state(&self) -> Result<()> {
        let folder = self.state()?;
        require_writable(&folder).map_err(|error| {
            anyhow!(
                "nothing can be written to the folder {} ({error}): give it to this user, or set `state` \
                 to another",
                folder.display()
            )
        })
    }
}

/// Takes a folder for one keeper alone: as long as the file is open, no other one gets it.
fn occupied(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).open(folder.join(LOCK))?;
    file.try_lock()?;
    Ok(file)
}

/// Whether files can be made in a folder, and those that are there can be changed.
fn require_writable(folder: &Path) -> io::Result<()> {
    // A folder that does not exist yet is made where something does.
    let there = folder.ancestors().find(|folder| folder.exists());
    let there = there.filter(|there| !there.as_os_str().is_empty());
    tempfile::tempfile_in(there.unwrap_or(Path::new(".")))?;
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            OpenOptions::new().append(true).open(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
