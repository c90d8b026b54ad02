//! Where to connect and who acts: the configuration file at the bottom, flags and environment on
//! top of it.

mod clusters;
mod file;
pub mod values;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
pub use clusters::{cluster_name, is_mainnet, require_cluster};
use file::ConfigFile;
pub use file::complaint;
use sluice_client::{
    PriorityFee, Vault,
    send::{cluster::manners::Manners, executor::DEFAULT_PATIENCE},
    words::explain::name_of_node,
};
use sluice_math::Lamports;
use solana_clap_utils::input_validators::normalize_to_url_if_moniker;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signer::{Signer, null_signer::NullSigner};

use crate::{
    args::{GlobalArgs, LandingArgs, OutputFormat, PriorityOffer, SendMode},
    failure::misuse,
    session::Actor,
    signers::{self, Source},
    typed::{Origin, Origins},
};

/// Everything that flags, environment and configuration file say.
#[derive(Debug)]
pub struct Settings {
    /// How to print results.
    pub output: OutputFormat,
    /// What to do with transactions.
    pub send: SendMode,
    /// The pool or mint address, if given.
    pub pool: Option<Pubkey>,
    /// Whether everything that a command asks is agreed to.
    pub yes: bool,
    urls: Vec<String>,
    genesis: Option<Hash>,
    keypair: Option<String>,
    fee_payer: Option<String>,
    book: Option<PathBuf>,
    nonce: Option<Pubkey>,
    file: ConfigFile,
    origins: Origins,
    landing: LandingArgs,
    vault: Option<Vault>,
}

impl Settings {
    /// Fails where a configuration file was named that cannot be read, and where a nonce is named
    /// for what is not dumped.
    pub fn load(arguments: GlobalArgs, origins: Origins) -> Result<Self> {
        if arguments.nonce.is_some() && arguments.send != SendMode::Dump {
            return Err(misuse(
                "--nonce is for messages that others sign: add --send dump",
            ));
        }
        let file = ConfigFile::load(arguments.cluster.config)?;
        let landing = arguments.landing;
        let urls = match arguments.cluster.urls {
            named if named.is_empty() => file.urls.clone(),
            named => named,
        };
        let vault = arguments.squads.map(|multisig| Vault {
            multisig,
            index: arguments.squads_vault.unwrap_or_default(),
        });
        Ok(Self {
            output: arguments.output.format,
            send: match arguments.send {
                SendMode::Send if vault.is_some() => SendMode::Propose,
                send => send,
            },
            pool: arguments.pool.or(file.pool),
            yes: arguments.yes,
            urls: urls.iter().map(normalize_to_url_if_moniker).collect(),
            genesis: arguments.cluster.genesis.or(file.genesis),
            keypair: arguments.keypair.or_else(|| file.keypair.clone()),
            fee_payer: arguments.fee_payer.or_else(|| file.fee_payer.clone()),
            book: arguments.book.or_else(|| file.book.clone()),
            nonce: arguments.nonce,
            landing: LandingArgs {
                priority_fee: landing.priority_fee.or(file.priority_fee),
                max_priority_fee_sol: landing.max_priority_fee_sol.or(file.max_priority_fee_sol),
                patience: landing.patience.or(file.patience),
                state: landing.state.or_else(|| file.state.clone()),
                repeat: landing.repeat,
            },
            file,
            origins,
            vault,
        })
    }

    /// The JSON-RPC URLs of the cluster's nodes. There is no default: a default would be
    /// somebody's mainnet.
    pub fn urls(&self) -> Result<&[String]> {
        if self.urls.is_empty() {
            return Err(misuse(
                "no cluster is configured: pass --url (localhost, devnet, testnet, mainnet-beta or \
                 a URL), set SLUICE_URL, or run `solana config set --url ...`",
            ));
        }
        if self.urls.iter().any(|url| name_of_node(url).is_none()) {
            let who = self.origin("urls").of("url", "what urls names");
            return Err(misuse(format!(
                "{who} is no URL of a node: it is localhost, devnet, testnet, mainnet-beta, or \
                 begins with http:// or https://"
            )));
        }
        Ok(&self.urls)
    }

    /// Fails where another cluster answers than the one that was named or pinned.
    pub fn require_cluster(&self, genesis: &Hash) -> Result<()> {
        require_cluster(&self.urls, self.genesis.as_ref(), genesis)
    }

    /// How the nodes are treated.
    pub fn manners(&self) -> Manners {
        let default = Manners::default();
        Manners {
            // No read takes longer than a whole transaction may, nor do all late ones together.
            patience: default.patience.min(self.patience()),
            allowance: default.allowance.min(self.patience()),
            requests_per_window: self
                .file
                .requests_per_10_seconds
                .unwrap_or(default.requests_per_window),
            ..default
        }
    }

    /// Whoever acts: the vault of a multisig, which does not sign itself, or the keypair.
    pub fn actor(&self) -> Result<Actor> {
        Ok(match &self.vault {
            Some(vault) => Actor {
                signer: Box::new(NullSigner::new(&vault.address())),
                fee_payer: None,
            },
            None => self.keys()?,
        })
    }

    /// The keypair and the fee payer. Addresses do where nothing is sent.
    pub fn keys(&self) -> Result<Actor> {
        Ok(Actor {
            signer: self.source()?.open(self.may_be_absent())?,
            fee_payer: self.fee_payer()?,
        })
    }

    /// The address of whoever acts, for commands that only read.
    pub fn address(&self) -> Result<Pubkey> {
        match &self.vault {
            Some(vault) => Ok(vault.address()),
            None => Ok(self.source()?.open(true)?.pubkey()),
        }
    }

    /// The vault of a multisig that acts, if one does.
    pub fn vault(&self) -> Option<Vault> {
        self.vault
    }

    /// Fails where an option is given that says what becomes of a command's transactions, for
    /// `command`, which makes none.
    pub fn makes_no_transaction(&self, command: &str) -> Result<()> {
        ensure!(
            self.send == SendMode::Send && self.vault.is_none(),
            "`sluice {command}` takes a file of transactions: leave off --send and --squads"
        );
        Ok(())
    }

    fn may_be_absent(&self) -> bool {
        matches!(self.send, SendMode::Dump | SendMode::Simulate)
    }

    /// Whoever pays the fees, where that is not whoever acts.
    fn fee_payer(&self) -> Result<Option<Box<dyn Signer>>> {
        self.fee_payer_source()
            .map(|source| source.open(self.may_be_absent()))
            .transpose()
    }

    fn fee_payer_source(&self) -> Option<Source<'_>> {
        let text = self.fee_payer.as_deref()?;
        Some(source("fee-payer", self.origin("fee_payer"), text))
    }

    /// The address of whoever pays the fees, for commands that only read.
    pub fn payer_address(&self) -> Result<Pubkey> {
        match self.fee_payer_source() {
            Some(source) if self.vault.is_none() => Ok(source.open(true)?.pubkey()),
            _ => self.address(),
        }
    }

    /// The durable nonce of dumped messages.
    pub fn nonce(&self) -> Option<Pubkey> {
        self.nonce
    }

    /// The file of the local book.
    pub fn book(&self) -> Result<PathBuf> {
        if let Some(named) = &self.book {
            return Ok(named.clone());
        }
        let home = std::env::home_dir()
            .context("there is no home folder for the local book of tickets: pass --book FILE")?;
        Ok(home.join(".config/sluice/tickets"))
    }

    /// Whether what an earlier command may have done is to be done once more.
    pub fn repeat(&self) -> bool {
        self.landing.repeat
    }

    /// What is in force: each setting's name, its value where it has one, and who says so.
    pub fn in_force(&self) -> Vec<(&'static str, Option<String>, Origin)> {
        let line = |name, value: Option<String>| (name, value, self.origin(name));
        let address = |address: Option<Pubkey>| address.map(|address| address.to_string());
        let path = |path: Option<&PathBuf>| path.map(|path| path.display().to_string());
        vec![
            line("urls", self.shown_urls()),
            line("keypair", self.keypair.as_deref().map(signers::discreet)),
            line(
                "fee_payer",
                self.fee_payer.as_deref().map(signers::discreet),
            ),
            line("pool", address(self.pool)),
            line("genesis", self.genesis.map(|genesis| genesis.to_string())),
            line("send", Some(word(self.send))),
            line("nonce", address(self.nonce)),
            line("book", path(self.book().ok().as_ref())),
            line("config", self.file.shown()),
            ("output", Some(word(self.output)), self.origin("format")),
            line("yes", Some(self.yes.to_string())),
            line(
                "priority_fee",
                Some(PriorityOffer(self.priority_fee().offer).to_string()),
            ),
            line(
                "max_priority_fee_sol",
                Some(Lamports::new(self.priority_fee().max_lamports).to_string()),
            ),
            line("patience", Some(self.patience().as_secs().to_string())),
            line("state", path(self.journal().ok().as_ref())),
            line(
                "requests_per_10_seconds",
                Some(self.manners().requests_per_window.to_string()),
            ),
            line("squads", address(self.vault.map(|vault| vault.multisig))),
            line(
                "squads_vault",
                self.vault.map(|vault| vault.index.to_string()),
            ),
        ]
    }

    /// Scheme, host and port of every node.
    fn shown_urls(&self) -> Option<String> {
        let shown = self
            .urls
            .iter()
            .map(|url| name_of_node(url).unwrap_or_default());
        let shown = shown.collect::<Vec<_>>().join(", ");
        (!shown.is_empty()).then_some(shown)
    }

    /// Who says what a setting is.
    fn origin(&self, setting: &str) -> Origin {
        let elsewhere = match self.file.says(setting) {
            true => Origin::File,
            false => Origin::Default,
        };
        self.origins.of(setting).unwrap_or(elsewhere)
    }

    /// What is paid to come earlier.
    pub fn priority_fee(&self) -> PriorityFee {
        let default = PriorityFee::DEFAULT;
        PriorityFee {
            offer: self
                .landing
                .priority_fee
                .map_or(default.offer, |priority_fee| priority_fee.0),
            max_lamports: self
                .landing
                .max_priority_fee_sol
                .map_or(default.max_lamports, Lamports::get),
        }
    }

    /// How long a transaction is waited for.
    pub fn patience(&self) -> Duration {
        let seconds = self.landing.patience;
        seconds.map_or(DEFAULT_PATIENCE, Duration::from_secs)
    }

    /// The file of the journal.
    pub fn journal(&self) -> Result<PathBuf> {
        let folder = match &self.landing.state {
            Some(named) => named.clone(),
            None => std::env::home_dir()
                .context("there is no home folder for the journal: pass --state FOLDER")?
                .join(".local/state/sluice"),
        };
        Ok(folder.join("pending"))
    }

    fn source(&self) -> Result<Source<'_>> {
        let text = self.keypair.as_deref().ok_or_else(|| {
            misuse(
                "no keypair is configured: pass --keypair FILE, set SLUICE_KEYPAIR, or run \
                 `solana config set --keypair FILE`",
            )
        })?;
        Ok(source("keypair", self.origin("keypair"), text))
    }
}

/// A signer of a command, by its flag without the dashes.
fn source<'a>(flag: &'static str, origin: Origin, text: &'a str) -> Source<'a> {
    Source {
        name: flag,
        named: origin.of(flag, "keypair_path"),
        instead: format!("pass --{flag}"),
        elsewhere: signers::WITH_DUMP,
        text,
    }
}

/// What an option's value is called.
fn word(value: impl ValueEnum) -> String {
    let named = value.to_possible_value();
    named.map_or_else(String::new, |value| value.get_name().to_owned())
}
