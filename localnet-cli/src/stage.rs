//! The cluster, the people on it, and the binaries that they use.

use std::{
    env::{self, consts::EXE_SUFFIX},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{cluster::LocalCluster, wallet::Wallet};

/// Variables that would change what the binaries do.
const VARIABLES: [&str; 7] = [
    "SLUICE_URL",
    "SLUICE_CONFIG",
    "SLUICE_KEYPAIR",
    "SLUICE_FEE_PAYER",
    "SLUICE_OUTPUT",
    "SLUICE_POOL",
    "SLUICE_GENESIS",
];

/// A cluster and a way to act on it.
pub struct Stage {
    /// The vote accounts of the cluster's validators, in the order of their commissions.
    pub votes: Vec<Pubkey>,
    /// Asks the cluster.
    pub rpc: RpcClient,
    url: String,
    binaries: Binaries,
    pool: Option<String>,
}

/// This binary and `sluice`, which must be in the same folder.
pub struct Binaries {
    sluice: PathBuf,
    sluice_localnet: PathBuf,
}

impl Binaries {
    /// Looks for them, before anything is started.
    pub fn find() -> Result<Self> {
        let sluice_localnet = env::current_exe().context("cannot tell where this binary is")?;
        let sluice = sluice_localnet.with_file_name(format!("sluice{EXE_SUFFIX}"));
        ensure!(
            sluice.is_file(),
            "this command acts through the program `sluice`, and there is no {}: put it there, or build both with \
             `cargo build --workspace --bin sluice --bin sluice-localnet`",
            sluice.display()
        );
        Ok(Self {
            sluice,
            sluice_localnet,
        })
    }
}

impl Stage {
    /// A stage on a running cluster.
    pub fn new(binaries: Binaries, cluster: &LocalCluster) -> Self {
        let localnet = cluster.localnet();
        let url = localnet.rpc_url();
        let validators = localnet.validators();
        Self {
            votes: validators.iter().map(|validator| validator.vote).collect(),
            rpc: RpcClient::new_with_commitment(url.clone(), CommitmentConfig::confirmed()),
            url,
            binaries,
            pool: None,
        }
    }

    /// Somebody with a keypair, a configuration file and some SOL.
    pub fn actor(&self, name: &'static str, lamports: u64) -> Result<Wallet> {
        let wallet = Wallet::create(name, &self.url)?;
        self.fund(&wallet.owner, lamports)?;
        Ok(wallet)
    }

    /// Gives an address SOL.
    pub fn fund(&self, address: &Pubkey, lamports: u64) -> Result<()> {
        self.rpc
            .request_airdrop(address, lamports)
            .context("the faucet gave nothing")?;
        Ok(())
    }

    /// Where the cluster is asked.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on every command is about this pool.
    pub fn set_pool(&mut self, pool: &str) {
        self.pool = Some(pool.to_owned());
    }

    /// Runs `sluice` as this person would, and returns what it printed.
    pub fn sluice(&self, actor: &Wallet, arguments: &str) -> Result<Value> {
        let pool = self.pool.iter().flat_map(|pool| ["--pool", pool]);
        run(
            &self.binaries.sluice,
            actor,
            pool.chain(arguments.split_whitespace()),
        )
    }

    /// Runs `sluice-localnet` as this person would, and returns what it printed.
    pub fn localnet(&self, actor: &Wallet, arguments: &str) -> Result<Value> {
        run(
            &self.binaries.sluice_localnet,
            actor,
            arguments.split_whitespace(),
        )
    }
}

fn run<'a>(
    binary: &Path,
    actor: &Wallet,
    arguments: impl Iterator<Item = &'a str>,
) -> Result<Value> {
    let mut command = Command::new(binary);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command
        .arg("--config")
        .arg(&actor.config_file)
        .env("SLUICE_BOOK", actor.config_file.with_file_name("tickets"))
        .env("SLUICE_STATE", actor.config_file.with_file_name("state"))
        .args(["--output", "json"])
        .args(arguments)
        .stdin(Stdio::null());
    let output = command
        .output()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{command:?} did not print JSON"))
}
