//! A cluster in this process, and the binary that acts on it.

use std::{
    ops::Deref,
    path::PathBuf,
    process::{Command, Output},
    time::Duration,
};

use anchor_lang::Discriminator;
use serde_json::Value;
use sluice::state::Pool;
use sluice_client::{AccountSource, PoolAddresses};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf, ValidatorConfig};
pub use sluice_tests::net::SOL;
use sluice_tests::{
    cluster::spl_pool_elf,
    command::{command, failed, succeeded, text},
    net::{Net, SplPoolAccounts},
};
use solana_account::Account;
use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signer::Signer;
use solana_stake_interface::state::Lockup;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::UiTransactionEncoding;
use spl_associated_token_account_interface::address::get_associated_token_address;
use tempfile::TempDir;

/// A cluster with the Sluice program and, usually, a pool.
pub struct CliNet {
    net: Net,
    pub validators: Vec<Pubkey>,
    pub pool: String,
    pub mint: String,
    pub curator: User,
    directory: TempDir,
}

impl Deref for CliNet {
    type Target = Net;

    fn deref(&self) -> &Net {
        &self.net
    }
}

/// Somebody with a keypair file.
#[derive(Clone)]
pub struct User {
    pub address: Pubkey,
    pub keypair_file: String,
}

impl User {
    /// The same, known by address only: nothing can be signed.
    pub fn absent(&self) -> Self {
        Self {
            address: self.address,
            keypair_file: self.address.to_string(),
        }
    }

    pub fn keypair(&self) -> Keypair {
        read_keypair_file(&self.keypair_file).unwrap()
    }

    /// Where files of theirs can be put.
    pub fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(&self.keypair_file).with_extension(name)
    }
}

impl CliNet {
    /// A cluster without a pool, with epochs so long that only tests end them.
    pub fn without_pool() -> Self {
        Self::with_accounts(Vec::new())
    }

    /// The same, with accounts that are there from the start.
    pub fn with_accounts(accounts: Vec<(Pubkey, Account)>) -> Self {
        Self::start(LocalnetConfig {
            accounts,
            ..LocalnetConfig::default()
        })
    }

    /// A cluster without a pool, of this configuration.
    pub fn start(config: LocalnetConfig) -> Self {
        Self::with_epochs_of(Duration::from_secs(600), config)
    }

    /// A cluster without a pool, with epochs of this length.
    pub fn with_epochs_of(epoch_duration: Duration, mut config: LocalnetConfig) -> Self {
        config.epoch_duration = epoch_duration;
        config.epoch_yield_ppm = 2_000;
        let net = Net::start(config);
        let directory = TempDir::new().unwrap();
        let curator = user(&net, &directory, "curator", 10_000 * SOL);
        Self {
            validators: net.votes(),
            net,
            pool: String::new(),
            mint: String::new(),
            curator,
            directory,
        }
    }

    /// A cluster with a pool.
    pub fn new() -> Self {
        let mut net = Self::without_pool();
        net.create_pool();
        net
    }

    /// A cluster with a pool, and a validator for each of these commissions in basis points.
    pub fn with_commissions(bps: &[u16]) -> Self {
        let validators = bps.iter().copied();
        let mut net = Self::start(LocalnetConfig {
            validators: validators
                .map(ValidatorConfig::with_commission_bps)
                .collect(),
            ..LocalnetConfig::default()
        });
        net.create_pool();
        net
    }

    /// A new cluster with this pool and its creator, after something has happened to
    /// the pool that no instruction does.
    pub fn afflicted(self, affliction: impl FnOnce(&mut Pool)) -> Self {
        let addresses = PoolAddresses::of_mint(self.mint.parse().unwrap());
        let of_pool = [
            addresses.pool,
            addresses.mint,
            addresses.reserve,
            addresses.claims_vault,
            addresses.escrow,
            addresses.fees,
            addresses.history,
            self.curator.address,
        ];
        let mut accounts: Vec<(Pubkey, Account)> = of_pool
            .into_iter()
            .map(|address| (address, self.rpc.get_account(&address).unwrap()))
            .collect();
        let data = &mut accounts[0].1.data[Pool::DISCRIMINATOR.len()..];
        let mut pool = bytemuck::pod_read_unaligned(data);
        affliction(&mut pool);
        data.copy_from_slice(bytemuck::bytes_of(&pool));
        let config = LocalnetConfig {
            accounts,
            ..LocalnetConfig::default()
        };
        Self {
            pool: self.pool,
            mint: self.mint,
            curator: self.curator,
            directory: self.directory,
            ..Self::start(config)
        }
    }

    /// Creates the pool of a cluster that has none.
    pub fn create_pool(&mut self) {
        let created = self.json(&self.curator, &["pool", "create", "--no-metadata"]);
        self.pool = text(&created, "/pool");
        self.mint = text(&created, "/mint");
    }

    /// A cluster with a pool of two validators.
    pub fn with_validators() -> Self {
        let net = Self::new();
        net.add_two_validators();
        net
    }

    /// A cluster with another stake pool, whose tokens `holder` has, and a pool of two validators
    /// with active stake; the other pool has a third one too.
    pub fn with_spl_pool(holder: &Pubkey, tokens: u64) -> Self {
        let mut config = LocalnetConfig::default();
        let votes: Vec<Pubkey> = config
            .validators
            .iter()
            .map(|validator| validator.vote.pubkey())
            .collect();
        let spl_pool = SplPoolAccounts {
            validators: votes[..3].iter().map(|vote| (*vote, 100 * SOL)).collect(),
            holders: vec![(*holder, tokens)],
            preferred: None,
        };
        config.accounts = spl_pool.accounts(&Rent::default());
        config.programs = vec![ProgramConfig {
            id: spl_stake_pool::ID,
            elf: ProgramElf::Path(spl_pool_elf()),
            upgrade_authority: None,
        }];
        let mut net = Self::start(config);
        net.create_pool();
        net.activate(100);
        net
    }

    /// A cluster with a pool of two validators with active stake.
    pub fn with_active_stake() -> Self {
        let mut net = Self::without_pool();
        net.create_active_pool();
        net
    }

    /// Creates a pool of two validators with active stake.
    pub fn create_active_pool(&mut self) {
        self.create_pool();
        self.activate(100);
    }

    fn add_two_validators(&self) {
        let [first, second] = [0, 1].map(|index: usize| self.validators[index].to_string());
        self.json(&self.curator, &["validator", "add", &first, &second]);
    }

    /// Adds two validators, deposits whole SOL of the curator and goes on until they are active.
    fn activate(&self, sol: u64) {
        self.add_two_validators();
        self.json(&self.curator, &["stake", &sol.to_string()]);
        self.to_window();
        self.json(&self.curator, &["crank"]);
        self.next_epoch();
        self.json(&self.curator, &["crank"]);
    }

    /// Goes on until the pool has booked a reward.
    pub fn earn(&self) {
        self.next_epoch();
        self.json(&self.curator, &["crank"]);
    }

    /// A stake account of the user with this many lamports above its rent, delegated where a
    /// validator is named.
    pub fn stake_account(
        &self,
        user: &User,
        lamports: u64,
        lockup: Lockup,
        vote: Option<&Pubkey>,
    ) -> Pubkey {
        let owner = user.keypair();
        self.net.stake_account(&owner, lamports, lockup, vote)
    }

    /// Somebody with this many lamports.
    pub fn user(&self, name: &str, lamports: u64) -> User {
        user(self, &self.directory, name, lamports)
    }

    /// Where files for the binary can be put.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Jumps to where the pool's stake may move.
    pub fn to_window(&self) {
        self.to_epoch_part(8_000);
    }

    /// Runs the binary as `user` on the pool.
    pub fn run(&self, user: &User, arguments: &[&str]) -> Output {
        self.run_at(&self.url(), user, arguments)
    }

    /// The same, with another node between binary and cluster.
    pub fn run_at(&self, url: &str, user: &User, arguments: &[&str]) -> Output {
        self.command_at(url, user, arguments).output().unwrap()
    }

    /// The binary as it would be run.
    pub fn command_at(&self, url: &str, user: &User, arguments: &[&str]) -> Command {
        let mut sluice = sluice();
        sluice
            .args(["--url", url])
            .args(["--keypair", &user.keypair_file])
            .env("SLUICE_BOOK", self.path("book"))
            .env("SLUICE_STATE", self.path("state"))
            .args(arguments);
        if !self.pool.is_empty() {
            sluice.args(["--pool", &self.pool]);
        }
        sluice
    }

    /// What the binary prints for people; it must succeed.
    pub fn table(&self, user: &User, arguments: &[&str]) -> String {
        succeeded(&self.run(user, arguments), arguments)
    }

    /// The JSON value that the binary prints; it must succeed.
    pub fn json(&self, user: &User, arguments: &[&str]) -> Value {
        let arguments = [&["--output", "json"], arguments].concat();
        let printed = succeeded(&self.run(user, &arguments), &arguments);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }

    /// The sentence with which the binary fails.
    pub fn failure(&self, user: &User, arguments: &[&str]) -> String {
        failed(&self.run(user, arguments), arguments)
    }

    /// Tokens of the pool in somebody's associated token account.
    pub fn tokens(&self, owner: &Pubkey) -> u64 {
        let mint = self.mint.parse().unwrap();
        self.net.tokens(&get_associated_token_address(owner, &mint))
    }

    /// A transaction that was executed.
    pub fn transaction(&self, signature: &str) -> VersionedTransaction {
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            max_supported_transaction_version: Some(0),
            ..RpcTransactionConfig::default()
        };
        let signature = signature.parse().unwrap();
        let shown = self.rpc.get_transaction_with_config(&signature, config);
        shown.unwrap().transaction.transaction.decode().unwrap()
    }
}

/// The accounts before and after a command that must fail with this.
pub fn refuses(net: &CliNet, user: &User, watched: &[Pubkey], typed: &[&str], expected: &str) {
    let watched = [watched, &[user.address]].concat();
    let state = || -> Vec<Option<Account>> { net.rpc.accounts(&watched, None).unwrap().accounts };
    let before = state();
    let refused = net.failure(user, typed);
    assert!(refused.contains(expected), "{typed:?}: {refused}");
    assert_eq!(state(), before, "{typed:?}");
}

/// The binary, without the configuration of whoever runs the tests.
pub fn sluice() -> Command {
    command(env!("CARGO_BIN_EXE_sluice"))
}

fn user(net: &Net, directory: &TempDir, name: &str, lamports: u64) -> User {
    let keypair = Keypair::new();
    let keypair_file = directory.path().join(format!("{name}.json"));
    write_keypair_file(&keypair, &keypair_file).unwrap();
    if lamports > 0 {
        net.airdrop(&keypair.pubkey(), lamports);
    }
    User {
        address: keypair.pubkey(),
        keypair_file: keypair_file.display().to_string(),
    }
}
