//! What a keeper needs, in a folder: a key with SOL, and a configuration that names it.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use serde::Serialize;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;

use crate::stage::Stage;

const CONFIG_FILE: &str = "keeper.toml";
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
    /// Makes the folder, and takes away the configuration of an earlier cluster: where it is. Nobody
    /// begins with that while the next cluster starts.
    pub fn begin(folder: &Path) -> Result<PathBuf> {
        let made = fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
        let folder = made.with_context(|| format!("cannot make {}", folder.display()))?;
        let earlier = folder.join(CONFIG_FILE);
        match fs::remove_file(&earlier) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", earlier.display()))
            }
            _ => Ok(folder),
        }
    }

    /// Writes the key of a keeper, and the configuration last.
    pub fn write(folder: &Path, stage: &Stage, pool: &str) -> Result<Self> {
        let keeper = Keypair::new();
        let key_file = folder.join("keeper.json");
        write_keypair_file(&keeper, &key_file)
            .map_err(|error| anyhow!("cannot write {}: {error}", key_file.display()))?;
        stage.fund(&keeper.pubkey(), KEEPER_LAMPORTS)?;
        let genesis = stage.rpc.get_genesis_hash()?;
        let config_file = folder.join(CONFIG_FILE);
        let text = format!(
            "# Written by `sluice-localnet living`, for its cluster alone.\n\
             urls = [{:?}]\n\
             genesis = \"{genesis}\"\n\
             keypair = {key_file:?}\n\
             pools = [\"{pool}\"]\n\
             every = 1\n\
             claim = \"all\"\n\
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
