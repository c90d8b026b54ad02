//! What a cluster starts with.

use std::{
    env,
    path::{Path, PathBuf},
    time::Instant,
};

use log::LevelFilter;
use solana_account::Account;
use solana_program_test::ProgramTest;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::bpf_loader;
use solana_signer::Signer;

use super::{Cluster, LAMPORTS_PER_SOL, named_keypair, rent, stake, validator::VoteAccount};

/// Lamports of active stake that solana-program-test itself starts with.
const BOOTSTRAP_STAKE_LAMPORTS: u64 = 1_000_000 * LAMPORTS_PER_SOL;

/// Settings of a [`Cluster`].
///
/// solana-program-test fixes the rest: epochs double from 32 slots up to 432,000 from epoch 14
/// on, rent is 6,960 lamports per byte, inflation is 8% of all lamports per (short) year.
pub struct ClusterBuilder {
    seed: u64,
    payer_lamports: u64,
    stake_lamports: u64,
    programs: Vec<(Pubkey, PathBuf)>,
    accounts: Vec<(Pubkey, Account)>,
    inactive_features: Vec<Pubkey>,
}

impl Default for ClusterBuilder {
    fn default() -> Self {
        Self {
            seed: 0,
            payer_lamports: 10_000_000 * LAMPORTS_PER_SOL,
            stake_lamports: BOOTSTRAP_STAKE_LAMPORTS,
            programs: Vec::new(),
            accounts: Vec::new(),
            inactive_features: Vec::new(),
        }
    }
}

impl ClusterBuilder {
    /// The seed that names turn into keypairs with.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What the fee payer starts with, in lamports. Inflation is a share of all lamports, so a
    /// richer payer means larger rewards.
    pub fn payer_lamports(mut self, lamports: u64) -> Self {
        self.payer_lamports = lamports;
        self
    }

    /// The stake active at genesis, in lamports; at least the 1,000,000 SOL of the bootstrap
    /// validator. 9% of it can activate or deactivate in an epoch.
    pub fn cluster_stake_lamports(mut self, lamports: u64) -> Self {
        assert!(
            lamports >= BOOTSTRAP_STAKE_LAMPORTS,
            "the bootstrap validator already has {BOOTSTRAP_STAKE_LAMPORTS} lamports of stake"
        );
        self.stake_lamports = lamports;
        self
    }

    /// Adds Sluice's compiled program at its own address.
    pub fn sluice(self) -> Self {
        self.program(sluice::ID, sluice_elf())
    }

    /// Adds a compiled program at `program_id`.
    pub fn program(mut self, program_id: Pubkey, elf: impl Into<PathBuf>) -> Self {
        self.programs.push((program_id, elf.into()));
        self
    }

    /// Adds an account as it is.
    pub fn account(mut self, address: Pubkey, account: Account) -> Self {
        self.accounts.push((address, account));
        self
    }

    /// Leaves a runtime feature inactive; all others are active.
    pub fn inactive_feature(mut self, feature: Pubkey) -> Self {
        self.inactive_features.push(feature);
        self
    }

    /// Starts the cluster in slot 1 of epoch 0.
    pub async fn start(self) -> Cluster {
        let mut test = ProgramTest::default();
        quiet_unless_asked();
        for feature in self.inactive_features.iter().chain(&rent::step_features()) {
            test.deactivate_feature(*feature);
        }
        for (program_id, elf) in &self.programs {
            test.add_account(*program_id, program_account(elf));
        }
        for (address, account) in &self.accounts {
            test.add_account(*address, account.clone());
        }
        let payer = named_keypair(self.seed, "payer");
        test.add_genesis_account(payer.pubkey(), system_account(self.payer_lamports));
        self.add_other_stake(&mut test);

        let context = test.start_with_context().await;
        Cluster {
            blockhash: context.last_blockhash,
            blockhash_read_at: Instant::now(),
            context,
            payer,
            seed: self.seed,
            sent: 0,
        }
    }

    /// Adds the stake beyond the bootstrap validator's, active since ever, to a validator that
    /// never votes.
    fn add_other_stake(&self, test: &mut ProgramTest) {
        let lamports = self.stake_lamports.saturating_sub(BOOTSTRAP_STAKE_LAMPORTS);
        if lamports == 0 {
            return;
        }
        let vote = named_keypair(self.seed, "other stake's vote account").pubkey();
        let stake = named_keypair(self.seed, "other stake").pubkey();
        let rent = Rent::default();
        let other = stake::active_stake_account(&stake, &vote, lamports, &rent);
        test.add_genesis_account(vote, VoteAccount::default().account(&vote, 0, &rent));
        test.add_genesis_account(stake, other);
    }
}

/// Where the compiled Sluice program is: `SLUICE_ELF`, or else what `cargo xtask build` writes.
pub fn sluice_elf() -> PathBuf {
    built("SLUICE_ELF", "sluice.so")
}

/// Where the compiled router is: `SLUICE_ROUTER_ELF`, or else what `cargo xtask build` writes.
pub fn router_elf() -> PathBuf {
    built("SLUICE_ROUTER_ELF", "sluice_router.so")
}

/// Where the compiled SOL-value calculator is: `SLUICE_SOL_VALUE_ELF`, or else what
/// `cargo xtask build` writes.
pub fn sol_value_elf() -> PathBuf {
    built("SLUICE_SOL_VALUE_ELF", "sluice_sol_value.so")
}

/// Where the compiled SPL Stake Pool is: `SLUICE_SPL_POOL_ELF`, or else what `cargo xtask build`
/// writes.
pub fn spl_pool_elf() -> PathBuf {
    built("SLUICE_SPL_POOL_ELF", "spl_stake_pool.so")
}

/// Where the compiled Token Metadata is: `SLUICE_TOKEN_METADATA_ELF`, or else what
/// `cargo xtask build` writes.
pub fn token_metadata_elf() -> PathBuf {
    built("SLUICE_TOKEN_METADATA_ELF", "token_metadata.so")
}

/// Where a compiled program is: what the variable says, or else a file that `cargo xtask build` writes.
pub fn built(variable: &str, file: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/deploy");
    env::var_os(variable).map_or_else(|| directory.join(file), PathBuf::from)
}

fn program_account(elf: &Path) -> Account {
    let data = std::fs::read(elf).unwrap_or_else(|error| {
        let program = elf.file_stem().unwrap_or_default().to_string_lossy();
        panic!(
            "{} cannot be read ({error}): run `cargo xtask build {}` first",
            elf.display(),
            program.replace('_', "-")
        )
    });
    Account {
        lamports: Rent::default().minimum_balance(data.len()),
        data,
        owner: bpf_loader::ID,
        executable: true,
        rent_epoch: u64::MAX,
    }
}

fn system_account(lamports: u64) -> Account {
    Account {
        lamports,
        rent_epoch: u64::MAX,
        ..Account::default()
    }
}

/// The runtime's log costs more time than the runtime, so it is written only if `RUST_LOG` is set.
fn quiet_unless_asked() {
    if env::var_os("RUST_LOG").is_none() {
        log::set_max_level(LevelFilter::Off);
    }
}
