//! A throw-away keypair with a configuration file, for clusters that are thrown away too.

mod folder;

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use solana_cli_config::Config;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use self::folder::Folder;

/// A keypair and a configuration file in a folder that vanishes with this value, or with the next one
/// if the process is killed.
pub struct Wallet {
    /// What its owner is called.
    pub name: &'static str,
    /// The configuration file, to be named by `--config` or `SLUICE_CONFIG`.
    pub config_file: PathBuf,
    /// The keypair's file.
    pub keypair_file: PathBuf,
    /// The keypair's address.
    pub owner: Pubkey,
    _folder: Folder,
}

impl Wallet {
    /// A new keypair for the cluster at `url`.
    pub fn create(name: &'static str, url: &str) -> Result<Self> {
        let folder = Folder::create().context("cannot create a temporary folder for the wallet")?;
        let keypair = Keypair::new();
        let keypair_file = folder.path().join("id.json");
        write_keypair_file(&keypair, &keypair_file)
            .map_err(|error| anyhow!("cannot write {}: {error}", keypair_file.display()))?;
        let config_file = folder.path().join("config.yml");
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
            keypair_file,
            owner: keypair.pubkey(),
            _folder: folder,
        })
    }
}
