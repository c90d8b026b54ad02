//! The cluster, the people on it, and the binaries that they use.

use std::{
    env::{self, consts::EXE_SUFFIX},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sluice_math::Lamports;
use solana_commitment_config::CommitmentConfig;
use solana_epoch_info::EpochInfo;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::Result as RpcResult;

use crate::{cluster::LocalCluster, control, wallet::Wallet};

/// Jumps to where the pool's stake moves: the last fifth of an epoch.
pub const TO_WINDOW: &str = "advance --percent 80";
/// Jumps to the next epoch.
pub const TO_NEXT_EPOCH: &str = "advance";
/// The same in percent of an epoch.
const WINDOW_PERCENT: u64 = 80;
/// A cluster that waits is asked this often.
const INTERVAL: Duration = Duration::from_millis(200);
/// A node that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(10);
/// Longer than any epoch that is waited for.
const PATIENCE: Duration = Duration::from_mins(10);

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
    clock: Clock,
    binaries: Binaries,
    pool: Option<String>,
}

/// How time passes on a cluster.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Clock {
    /// It is turned on demand.
    Jumps,
    /// Everybody waits for it.
    Waits,
}

/// This binary and `sluice`, which must be in the same folder.
#[derive(Clone)]
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
        let validators = localnet.validators().into_iter();
        let votes = validators.map(|validator| validator.vote).collect();
        Self::on(binaries, localnet.rpc_url(), votes, Clock::Jumps)
    }

    /// A stage on a cluster with these vote accounts.
    pub fn on(binaries: Binaries, url: String, votes: Vec<Pubkey>, clock: Clock) -> Self {
        Self {
            votes,
            rpc: RpcClient::new_with_commitment(url.clone(), CommitmentConfig::confirmed()),
            url,
            clock,
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

    /// Gives an address SOL, and waits until they are there.
    pub fn fund(&self, address: &Pubkey, lamports: u64) -> Result<()> {
        control::give(&self.rpc, address, Lamports::new(lamports))?;
        Ok(())
    }

    /// How time passes here.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Goes to where the pool's stake moves: at once where the clock can be turned.
    pub fn to_window(&self, actor: &Wallet) -> Result<()> {
        match self.clock {
            Clock::Jumps => self.localnet(actor, TO_WINDOW).map(drop),
            Clock::Waits => self.wait_until("the last fifth of an epoch", |now| {
                now.slot_index.saturating_mul(100)
                    >= now.slots_in_epoch.saturating_mul(WINDOW_PERCENT)
            }),
        }
    }

    /// Goes to the next epoch: at once where the clock can be turned.
    pub fn to_next_epoch(&self, actor: &Wallet) -> Result<()> {
        if self.clock == Clock::Jumps {
            return self.localnet(actor, TO_NEXT_EPOCH).map(drop);
        }
        let epoch = self.epoch()?.epoch;
        self.wait_until("the next epoch", |now| now.epoch > epoch)
    }

    fn wait_until(&self, moment: &str, has_come: impl Fn(&EpochInfo) -> bool) -> Result<()> {
        let start = Instant::now();
        loop {
            // A node that does not answer, as while it starts again, says nothing.
            match self.rpc.get_epoch_info() {
                Ok(now) if has_come(&now) => return Ok(()),
                _ => ensure!(start.elapsed() < PATIENCE, "{moment} does not come"),
            }
            thread::sleep(INTERVAL);
        }
    }

    /// What an account has; nothing where there is none.
    pub fn lamports(&self, address: &Pubkey) -> Result<u64> {
        self.asked(|rpc| rpc.get_balance(address))
    }

    /// The epoch, and how far it has come.
    pub fn epoch(&self) -> Result<EpochInfo> {
        self.asked(RpcClient::get_epoch_info)
    }

    /// Asks the cluster until it answers: a node that has just started again closes older connections.
    fn asked<T>(&self, ask: impl Fn(&RpcClient) -> RpcResult<T>) -> Result<T> {
        let start = Instant::now();
        loop {
            match ask(&self.rpc) {
                Ok(answer) => return Ok(answer),
                Err(error) if start.elapsed() > SILENCE => return Err(error.into()),
                Err(_) => thread::sleep(INTERVAL),
            }
        }
    }

    /// The pool that every command is about.
    pub fn pool(&self) -> Option<&str> {
        self.pool.as_deref()
    }

    /// Where the cluster is asked.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on every command is about this pool.
    pub fn set_pool(&mut self, pool: &str) {
        self.pool = Some(pool.to_owned());
    }

    /// Runs `sluice` as this person would, and returns the sentence that it failed with.
    pub fn refused(&self, actor: &Wallet, arguments: &str) -> Result<String> {
        match self.sluice(actor, arguments) {
            Ok(said) => bail!("`sluice {arguments}` should fail, and said {said}"),
            Err(error) => {
                let said = format!("{error:#}");
                let sentence = said.split_once("failed: ").map(|(_, sentence)| sentence);
                Ok(sentence.unwrap_or(&said).to_owned())
            }
        }
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

    /// Runs `sluice` as this person would, and returns what it printed, whether it calls that good or not.
    pub fn judged(&self, actor: &Wallet, arguments: &str) -> Result<Value> {
        let pool = self.pool.iter().flat_map(|pool| ["--pool", pool]);
        let arguments = pool.chain(arguments.split_whitespace());
        let mut command = command(&self.binaries.sluice, actor, arguments);
        read(&command.output()?, &command)
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
    let mut command = command(binary, actor, arguments);
    let output = command
        .output()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    read(&output, &command)
}

fn read(output: &Output, command: &Command) -> Result<Value> {
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{command:?} did not print JSON"))
}

fn command<'a>(binary: &Path, actor: &Wallet, arguments: impl Iterator<Item = &'a str>) -> Command {
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
    command
}
