//! What a keeper needs, in a folder: a key with SOL, and a configuration that names it.

use std::{fs, path::Path};

use anyhow::{Context, Result, anyhow};
use serde::Serialize;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;

use crate::stage::Stage;

/// 10 SOL.
const KEEPER_LAMPORTS: u64 = 10_000_000_000;

/// What was written.
#[derive(Debug, Serialize)]
pub struct Configuration {
    /// The configuration of the keeper.
    pub keeper_config_file: String,
    /// The address of its key.
    pub keeper: String,
}

impl Configuration {
    /// Writes it over that of an earlier cluster.
    pub fn write(folder: &Path, stage: &Stage, pool: &str) -> Result<Self> {
        let made = fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
        let folder = made.with_context(|| format!("cannot make {}", folder.display()))?;
        let keeper = Keypair::new();
        let key_file = folder.join("keeper.json");
        write_keypair_file(&keeper, &key_file)
            .map_err(|error| anyhow!("cannot write {}: {error}", key_file.display()))?;
        stage.fund(&keeper.pubkey(), KEEPER_LAMPORTS)?;
        let genesis = stage.rpc.get_genesis_hash()?;
        let config_file = folder.join("keeper.toml");
        let text = format!(
            "# Written by `sluice-localnet living`, for its cluster alone.\n\
             urls = [{:?}]\n\
             genesis = \"{genesis}\"\n\
             keypair = {key_file:?}\n\
             pools = [\"{pool}\"]\n\
             every = 1\n\
             claim = true\n\
             state = {:?}\n",
            stage.url(),
            folder.join("state"),
        );
        fs::write(&config_file, text)
            .with_context(|| format!("cannot write {}", config_file.display()))?;
        Ok(Self {
            keeper_config_file: config_file.display().to_string(),
            keeper: keeper.pubkey().to_string(),
        })
    }
}
