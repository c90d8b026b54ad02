//! Where to connect and who acts: the configuration file at the bottom, flags and environment on
//! top of it.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use sluice_client::{PriorityFee, Vault, words::explain::name_of_node};
use solana_clap_utils::input_validators::normalize_to_url_if_moniker;
use solana_cli_config::{CONFIG_FILE, Config};
use solana_pubkey::Pubkey;
use solana_signer::{Signer, null_signer::NullSigner};

use crate::{
    args::{GlobalArgs, LandingArgs, OutputFormat, SendMode},
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
    url: Option<String>,
    keypair: Option<String>,
    fee_payer: Option<String>,
    book: Option<PathBuf>,
    nonce: Option<Pubkey>,
    file: Option<PathBuf>,
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
        let file = configuration(arguments.cluster.config)?;
        let (file, configured) = file.unzip();
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
            pool: arguments.pool,
            yes: arguments.yes,
            url: arguments
                .cluster
                .url
                .or_else(|| configured.as_ref().map(|file| file.json_rpc_url.clone()))
                .map(normalize_to_url_if_moniker),
            keypair: arguments
                .keypair
                .or_else(|| configured.map(|file| file.keypair_path)),
            fee_payer: arguments.fee_payer,
            book: arguments.book,
            nonce: arguments.nonce,
            file,
            origins,
            landing: arguments.landing,
            vault,
        })
    }

    /// The cluster's JSON-RPC URL. There is no default: a default would be somebody's mainnet.
    pub fn url(&self) -> Result<&str> {
        let url = self.url.as_deref().ok_or_else(|| {
            misuse(
                "no cluster is configured: pass --url (localhost, devnet, testnet, mainnet-beta or \
                 a URL), set SLUICE_URL, or run `solana config set --url ...`",
            )
        })?;
        if name_of_node(url).is_none() {
            let who = self.origin("url").of("url", "json_rpc_url");
            return Err(misuse(format!(
                "{who} is no URL of a node: it is localhost, devnet, testnet, mainnet-beta, or \
                 begins with http:// or https://"
            )));
        }
        Ok(url)
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
        let source = self.fee_payer.as_deref().map(|text| Source {
            flag: "fee-payer",
            origin: self.origin("fee_payer"),
            text,
        });
        source
            .map(|source| source.open(self.may_be_absent()))
            .transpose()
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

    /// What is in force: each setting's name, its value where it has one, and who says so.
    pub fn in_force(&self) -> Vec<(&'static str, Option<String>, Origin)> {
        let line = |name, value: Option<String>| (name, value, self.origin(name));
        let address = |address: Option<Pubkey>| address.map(|address| address.to_string());
        let path = |path: Option<&PathBuf>| path.map(|path| path.display().to_string());
        vec![
            line(
                "url",
                self.url
                    .as_deref()
                    .map(|url| name_of_node(url).unwrap_or_default()),
            ),
            line("keypair", self.keypair.as_deref().map(signers::discreet)),
            line(
                "fee_payer",
                self.fee_payer.as_deref().map(signers::discreet),
            ),
            line("pool", address(self.pool)),
            line("send", Some(word(self.send))),
            line("nonce", address(self.nonce)),
            line("book", path(self.book().ok().as_ref())),
            line("config", path(self.file.as_ref())),
            ("output", Some(word(self.output)), self.origin("format")),
            line("yes", Some(self.yes.to_string())),
            line("priority_fee", Some(self.landing.priority_fee.to_string())),
            line(
                "max_priority_fee_sol",
                Some(self.landing.max_priority_fee_sol.to_string()),
            ),
            line("patience", Some(self.landing.patience.to_string())),
            line("state", path(self.journal().ok().as_ref())),
            line("squads", address(self.vault.map(|vault| vault.multisig))),
        ]
    }

    /// Who says what a setting is.
    fn origin(&self, setting: &str) -> Origin {
        let is_in_file = match setting {
            "url" | "keypair" => self.file.is_some(),
            _ => false,
        };
        let elsewhere = if is_in_file {
            Origin::File
        } else {
            Origin::Default
        };
        self.origins.of(setting).unwrap_or(elsewhere)
    }

    /// What is paid to come earlier.
    pub fn priority_fee(&self) -> PriorityFee {
        PriorityFee {
            offer: self.landing.priority_fee.0,
            max_lamports: self.landing.max_priority_fee_sol.get(),
        }
    }

    /// How long a transaction is waited for.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.landing.patience)
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
        Ok(Source {
            flag: "keypair",
            origin: self.origin("keypair"),
            text,
        })
    }
}

/// The configuration file and what it says: a named one must be there, the default one may be
/// missing.
fn configuration(named: Option<PathBuf>) -> Result<Option<(PathBuf, Config)>> {
    let (path, must_exist) = match (named, CONFIG_FILE.as_deref()) {
        (Some(path), _) => (path, true),
        (None, Some(default)) => (PathBuf::from(default), false),
        (None, None) => return Ok(None),
    };
    let shown = path.display();
    if !path.exists() {
        return match must_exist {
            true => Err(misuse(format!(
                "there is no configuration file {shown}: a local cluster takes its own along when it \
                 stops, so start one anew (`sluice-localnet start`), or name another file with \
                 --config or SLUICE_CONFIG"
            ))),
            false => Ok(None),
        };
    }
    match Config::load(&shown.to_string()) {
        Ok(config) => Ok(Some((path, config))),
        Err(error) => Err(misuse(format!(
            "the configuration file {shown} cannot be read ({}): `solana config set` writes one that \
             can",
            plain(&error.to_string())
        ))),
    }
}

/// What a reader of YAML says, without the names of its types.
fn plain(error: &str) -> &str {
    let inside = error
        .strip_prefix("Error(")
        .and_then(|rest| rest.strip_suffix(')'));
    let quoted = inside.and_then(|text| text.strip_prefix('"'));
    quoted.map_or(error, |text| text.split('"').next().unwrap_or(text))
}

/// What an option's value is called.
fn word(value: impl ValueEnum) -> String {
    let named = value.to_possible_value();
    named.map_or_else(String::new, |value| value.get_name().to_owned())
}
