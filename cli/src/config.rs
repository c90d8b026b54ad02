//! Where to connect and who acts: the configuration file at the bottom, flags and environment on
//! top of it.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, anyhow, ensure};
use sluice_client::{PriorityFee, Vault};
use solana_clap_utils::input_validators::normalize_to_url_if_moniker;
use solana_cli_config::{CONFIG_FILE, Config};
use solana_pubkey::Pubkey;
use solana_signer::{Signer, null_signer::NullSigner};

use crate::{
    args::{GlobalArgs, LandingArgs, OutputFormat, SendMode},
    session::Actor,
    signers::Source,
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
    url: Option<String>,
    keypair: Option<String>,
    fee_payer: Option<String>,
    book: Option<PathBuf>,
    nonce: Option<Pubkey>,
    landing: LandingArgs,
    vault: Option<Vault>,
}

impl Settings {
    /// Fails where a configuration file was named that cannot be read, and where a nonce is named
    /// for what is not dumped.
    pub fn load(arguments: GlobalArgs) -> Result<Self> {
        ensure!(
            arguments.nonce.is_none() || arguments.send == SendMode::Dump,
            "--nonce is for messages that others sign: add --send dump"
        );
        let file = configuration(arguments.cluster.config)?;
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
            url: arguments
                .cluster
                .url
                .or_else(|| file.as_ref().map(|file| file.json_rpc_url.clone()))
                .map(normalize_to_url_if_moniker),
            keypair: arguments
                .keypair
                .or_else(|| file.map(|file| file.keypair_path)),
            fee_payer: arguments.fee_payer,
            book: arguments.book,
            nonce: arguments.nonce,
            landing: arguments.landing,
            vault,
        })
    }

    /// The cluster's JSON-RPC URL. There is no default: a default would be somebody's mainnet.
    pub fn url(&self) -> Result<&str> {
        self.url.as_deref().ok_or_else(|| {
            anyhow!(
                "no cluster is configured: pass --url (localhost, devnet, testnet, mainnet-beta or \
                 a URL), set SLUICE_URL, or run `solana config set --url ...`"
            )
        })
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
            anyhow!(
                "no keypair is configured: pass --keypair FILE, set SLUICE_KEYPAIR, or run \
                 `solana config set --keypair FILE`"
            )
        })?;
        Ok(Source {
            flag: "keypair",
            text,
        })
    }
}

/// The configuration file: a named one must be there, the default one may be missing.
fn configuration(named: Option<PathBuf>) -> Result<Option<Config>> {
    let (path, must_exist) = match (named, CONFIG_FILE.as_deref()) {
        (Some(path), _) => (path, true),
        (None, Some(default)) => (PathBuf::from(default), false),
        (None, None) => return Ok(None),
    };
    if !must_exist && !path.exists() {
        return Ok(None);
    }
    let shown = path.display().to_string();
    Config::load(&shown)
        .map(Some)
        .with_context(|| format!("cannot read the configuration file {shown}"))
}
