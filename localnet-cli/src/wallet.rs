//! A throw-away keypair with a configuration file, for clusters that are thrown away too.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use solana_cli_config::Config;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tempfile::TempDir;

/// A keypair and a configuration file in a directory that vanishes with this value.
pub struct Wallet {
    /// What its owner is called.
    pub name: &'static str,
    /// The configuration file, to be named by `--config` or `SLUICE_CONFIG`.
    pub config_file: PathBuf,
    /// The keypair's address.
    pub owner: Pubkey,
    _directory: TempDir,
}

impl Wallet {
    /// A new keypair for the cluster at `url`.
    pub fn create(name: &'static str, url: &str) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("sluice-")
            .tempdir()
            .context("cannot create a temporary directory for the wallet")?;
        let keypair = Keypair::new();
        let keypair_file = directory.path().join("id.json");
        write_keypair_file(&keypair, &keypair_file)
            .map_err(|error| anyhow!("cannot write {}: {error}", keypair_file.display()))?;
        let config_file = directory.path().join("config.yml");
        Config {
            json_rpc_url: url.to_owned(),
            keypair_path: keypair_file.display().to_string(),
            ..Config::default()
        }
        .save(&config_file.display().to_string())
        .with_context(|| format!("cannot write {}", config_file.display()))?;
        Ok(Self {
            name,
            config_file,
            owner: keypair.pubkey(),
            _directory: directory,
        })
    }
}
