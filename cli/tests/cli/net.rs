//! A cluster in this process, and the binary that acts on it.

use std::{
    path::PathBuf,
    process::{Command, Output},
    time::Duration,
};

use anchor_lang::Discriminator;
use serde_json::Value;
use sluice::state::Pool;
use sluice_client::PoolAddresses;
use sluice_localnet::{Localnet, LocalnetConfig, ProgramConfig, ProgramElf, ValidatorConfig};
use sluice_tests::{
    cluster::{sluice_elf, spl_pool_elf},
    command::{command, failed, succeeded, text},
    net::SplPoolAccounts,
};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake_program,
    state::{Authorized, Lockup},
};
use solana_transaction::Transaction;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const SOL: u64 = 1_000_000_000;

/// A cluster with the Sluice program and, usually, a pool.
pub struct CliNet {
    pub rpc: RpcClient,
    pub validators: Vec<Pubkey>,
    pub pool: String,
    pub mint: String,
    pub curator: User,
    directory: TempDir,
    localnet: Localnet,
    runtime: Runtime,
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

    fn start(mut config: LocalnetConfig) -> Self {
        let runtime = Runtime::new().unwrap();
        config.rpc_port = 0;
        config.epoch_duration = Duration::from_secs(600);
        config.epoch_yield_ppm = 2_000;
        config.programs.push(ProgramConfig {
            id: sluice::ID,
            elf: ProgramElf::Path(sluice_elf()),
            upgrade_authority: None,
        });
        let localnet = runtime.block_on(Localnet::start(config)).unwrap();
        let directory = TempDir::new().unwrap();
        let rpc = RpcClient::new(localnet.rpc_url());
        let curator = user(&rpc, &directory, "curator", 10_000 * SOL);
        Self {
            rpc,
            validators: localnet
                .validators()
                .iter()
                .map(|validator| validator.vote)
                .collect(),
            pool: String::new(),
            mint: String::new(),
            curator,
            directory,
            localnet,
            runtime,
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

    fn create_pool(&mut self) {
        let created = self.json(&self.curator, &["pool", "create"]);
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
    pub fn with_peer(holder: &Pubkey, tokens: u64) -> Self {
        let mut config = LocalnetConfig::default();
        let votes: Vec<Pubkey> = config
            .validators
            .iter()
            .map(|validator| validator.vote.pubkey())
            .collect();
        let peer = SplPoolAccounts {
            validators: votes[..3].iter().map(|vote| (*vote, 100 * SOL)).collect(),
            holders: vec![(*holder, tokens)],
            preferred: None,
        };
        config.accounts = peer.accounts(&Rent::default());
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
        let net = Self::new();
        net.activate(100);
        net
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
        let (payer, stake) = (user.keypair(), Keypair::new());
        let (wallet, address) = (payer.pubkey(), stake.pubkey());
        let lamports = lamports + Rent::default().minimum_balance(200);
        let authorized = Authorized::auto(&wallet);
        let mut instructions =
            stake_program::create_account(&wallet, &address, &authorized, &lockup, lamports);
        instructions
            .extend(vote.map(|vote| stake_program::delegate_stake(&address, &wallet, vote)));
        self.send(&instructions, &[&payer, &stake]);
        address
    }

    /// Sends a transaction that the first signer pays.
    pub fn send(&self, instructions: &[Instruction], signers: &[&Keypair]) {
        let payer = signers[0].pubkey();
        let blockhash = self.rpc.get_latest_blockhash().unwrap();
        let transaction =
            Transaction::new_signed_with_payer(instructions, Some(&payer), signers, blockhash);
        self.rpc.send_and_confirm_transaction(&transaction).unwrap();
    }

    /// Makes a validator stop voting.
    pub fn silence(&self, vote: &Pubkey) {
        self.localnet.set_delinquent(vote, true).unwrap();
    }

    /// Somebody with this many lamports.
    pub fn user(&self, name: &str, lamports: u64) -> User {
        user(&self.rpc, &self.directory, name, lamports)
    }

    /// Where files for the binary can be put.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn url(&self) -> String {
        self.localnet.rpc_url()
    }

    pub fn next_epoch(&self) {
        self.runtime
            .block_on(self.localnet.advance_epoch())
            .unwrap();
    }

    pub fn to_window(&self) {
        let info = self.localnet.epoch_info();
        let first = info.absolute_slot - info.slot_index;
        let window = first + (info.slots_in_epoch * 80).div_ceil(100);
        self.runtime
            .block_on(self.localnet.advance_to_slot(window))
            .unwrap();
    }

    /// Runs the binary as `user` on the pool.
    pub fn run(&self, user: &User, arguments: &[&str]) -> Output {
        self.run_at(&self.url(), user, arguments)
    }

    /// The same, with another node between binary and cluster.
    pub fn run_at(&self, url: &str, user: &User, arguments: &[&str]) -> Output {
        let mut sluice = sluice();
        sluice
            .args(["--url", url])
            .args(["--keypair", &user.keypair_file])
            .args(arguments);
        if !self.pool.is_empty() {
            sluice.args(["--pool", &self.pool]);
        }
        sluice.output().unwrap()
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
        let address = spl_associated_token_account_interface::address::get_associated_token_address(
            owner, &mint,
        );
        let account = self.rpc.get_account(&address).unwrap();
        u64::from_le_bytes(account.data[64..72].try_into().unwrap())
    }

    pub fn lamports(&self, address: &Pubkey) -> u64 {
        self.rpc.get_balance(address).unwrap()
    }
}

/// The binary, without the configuration of whoever runs the tests.
pub fn sluice() -> Command {
    command(env!("CARGO_BIN_EXE_sluice"))
}

fn user(rpc: &RpcClient, directory: &TempDir, name: &str, lamports: u64) -> User {
    let keypair = Keypair::new();
    let keypair_file = directory.path().join(format!("{name}.json"));
    write_keypair_file(&keypair, &keypair_file).unwrap();
    if lamports > 0 {
        rpc.request_airdrop(&keypair.pubkey(), lamports).unwrap();
    }
    User {
        address: keypair.pubkey(),
        keypair_file: keypair_file.display().to_string(),
    }
}
