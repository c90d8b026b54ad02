//! A `solana-test-validator` that is started, killed and started again on the same ledger.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use sluice_client::pool::token_metadata::TOKEN_METADATA_PROGRAM;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::read_keypair_file;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;

/// Inflation in a year. An epoch of a minute then pays about a hundred-thousandth.
const INFLATION: &str = "0.08";
/// What the ledger keeps, in shreds: hours, so that all transactions of a rehearsal can be read.
const LEDGER_SHREDS: &str = "1000000";
const LEDGER: &str = "ledger";
/// How many ports a validator takes beside those of JSON-RPC, WebSocket, faucet and gossip.
const MORE_PORTS: u16 = 40;
/// A start takes some seconds; after a kill, blocks are replayed besides.
const PATIENCE: Duration = Duration::from_mins(3);
const INTERVAL: Duration = Duration::from_millis(200);

/// A validator, which dies with this value.
pub struct Node {
    binary: PathBuf,
    folder: PathBuf,
    slots_per_epoch: u64,
    port: u16,
    process: Child,
}

impl Node {
    /// A validator with a new ledger in a folder, and the one program of others that clusters have and a
    /// test validator has not.
    pub fn start(
        binary: &Path,
        folder: &Path,
        token_metadata: &Path,
        slots_per_epoch: u64,
    ) -> Result<Self> {
        forget_ledger(&folder.join(LEDGER))?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let (binary, folder) = (binary.to_owned(), folder.to_owned());
        let port = free_ports()?;
        let mut command = command(&binary, &folder, port, slots_per_epoch);
        command
            .arg("--bpf-program")
            .arg(TOKEN_METADATA_PROGRAM.to_string())
            .arg(token_metadata);
        let process = run(command, &binary)?;
        let mut node = Self {
            binary,
            folder,
            slots_per_epoch,
            port,
            process,
        };
        node.await_blocks()?;
        Ok(node)
    }

    /// Where JSON-RPC is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The vote account with which the validator votes.
    pub fn vote(&self) -> Result<Pubkey> {
        let file = self.ledger().join("vote-account-keypair.json");
        let key = read_keypair_file(&file).ok();
        let key = key.with_context(|| format!("{} holds no keypair", file.display()))?;
        Ok(key.pubkey())
    }

    /// Kills it as a loss of power would, and starts it again: how long it was away.
    pub fn kill_and_restart(&mut self) -> Result<Duration> {
        let start = Instant::now();
        self.kill();
        let command = command(&self.binary, &self.folder, self.port, self.slots_per_epoch);
        self.process = run(command, &self.binary)?;
        self.await_blocks()?;
        Ok(start.elapsed())
    }

    fn kill(&mut self) {
        // It may be gone already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }

    fn ledger(&self) -> PathBuf {
        self.folder.join(LEDGER)
    }

    /// Waits until it confirms new blocks.
    fn await_blocks(&mut self) -> Result<()> {
        let rpc = RpcClient::new_with_commitment(self.url(), CommitmentConfig::confirmed());
        let start = Instant::now();
        let mut first = None;
        loop {
            if let Some(status) = self.process.try_wait()? {
                bail!(
                    "the validator ended with {status}: {}",
                    self.folder.display()
                );
            }
            match (rpc.get_slot(), first) {
                (Ok(slot), Some(first)) if slot > first => return Ok(()),
                (Ok(slot), None) => first = Some(slot),
                _ => (),
            }
            ensure!(
                start.elapsed() < PATIENCE,
                "the validator confirms no blocks: {}",
                self.folder.display()
            );
            thread::sleep(INTERVAL);
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Removes the ledger of an earlier rehearsal, and nothing else.
fn forget_ledger(ledger: &Path) -> Result<()> {
    if !ledger.exists() {
        return Ok(());
    }
    ensure!(
        ledger.join("genesis.bin").is_file(),
        "{} is there, and is no ledger of a validator: name another folder",
        ledger.display()
    );
    fs::remove_dir_all(ledger).with_context(|| format!("cannot remove {}", ledger.display()))
}

fn command(binary: &Path, folder: &Path, port: u16, slots_per_epoch: u64) -> Command {
    let port_after = |offset: u16| port.saturating_add(offset);
    let range = format!("{}-{}", port_after(4), port_after(4 + MORE_PORTS));
    let mut command = Command::new(binary);
    command
        .arg("--quiet")
        .arg("--ledger")
        .arg(folder.join(LEDGER))
        .args(["--bind-address", "127.0.0.1"])
        .args(["--rpc-port", &port.to_string()])
        .args(["--faucet-port", &port_after(2).to_string()])
        .args(["--gossip-port", &port_after(3).to_string()])
        .args(["--dynamic-port-range", &range])
        .args(["--slots-per-epoch", &slots_per_epoch.to_string()])
        .args(["--inflation-fixed", INFLATION])
        .args(["--limit-ledger-size", LEDGER_SHREDS]);
    command
}

fn run(mut command: Command, binary: &Path) -> Result<Child> {
    command.stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let started = command.spawn();
    started.with_context(|| format!("cannot run {}", binary.display()))
}

/// The first of as many ports in a row as a validator takes. They lie below those that a system gives to
/// anybody who asks for any.
fn free_ports() -> Result<u16> {
    const WIDTH: u16 = MORE_PORTS + 5;
    const PLACES: u16 = 200;
    let begin = u16::try_from(process::id() % u32::from(PLACES))?;
    let is_free = |port: u16| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
    };
    let places = (0..PLACES).map(|place| 20_000 + (begin + place) % PLACES * WIDTH);
    let mut free = places.filter(|first| (*first..first + WIDTH).all(is_free));
    free.next().context("no ports are free")
}
