//! What a localnet is made of: ports, epochs, programs, validators and the faucet.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

use solana_account::Account;
use solana_keypair::Keypair;
use solana_native_token::LAMPORTS_PER_SOL;
use solana_pubkey::Pubkey;

use crate::WebOrigin;

/// The port on which a validator serves JSON-RPC, and a localnet unless told otherwise.
/// The WebSocket port is always the next one.
pub const DEFAULT_RPC_PORT: u16 = 8899;

/// Everything that [`Localnet::start`](crate::Localnet::start) needs to know.
///
/// The default is a cluster of five validators with different commissions, epochs of one minute,
/// the usual ports and no program beyond those that every cluster has.
#[derive(Debug)]
pub struct LocalnetConfig {
    /// Address to listen on.
    pub bind_address: IpAddr,
    /// JSON-RPC port; 0 takes any pair of free neighbours. WebSocket is served on the next port.
    pub rpc_port: u16,
    /// Web pages that may use it besides those of this machine and of the host that it is asked under.
    /// Their hosts are names under which it can be asked.
    pub web_origins: Vec<WebOrigin>,
    /// How long an epoch lasts in real time. Slots last 400 ms, less if that would leave an epoch
    /// fewer than the 32 slots that the runtime demands.
    pub epoch_duration: Duration,
    /// Inflation of one epoch in parts per million of the stake that the validators start with.
    /// Mainnet pays about 350 for an epoch of two days.
    pub epoch_yield_ppm: u32,
    /// Programs to deploy before the first slot.
    pub programs: Vec<ProgramConfig>,
    /// The validators, at least one of them with stake.
    pub validators: Vec<ValidatorConfig>,
    /// The account that pays airdrops.
    pub faucet: Keypair,
    /// What the faucet starts with, in lamports.
    pub faucet_lamports: u64,
    /// Further accounts to create before the first slot.
    pub accounts: Vec<(Pubkey, Account)>,
}

impl Default for LocalnetConfig {
    fn default() -> Self {
        Self {
            bind_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            rpc_port: DEFAULT_RPC_PORT,
            web_origins: Vec::new(),
            epoch_duration: Duration::from_secs(60),
            epoch_yield_ppm: 1_000,
            programs: Vec::new(),
            validators: [0, 200, 500, 700, 1_000]
                .map(ValidatorConfig::with_commission_bps)
                .into(),
            faucet: Keypair::new(),
            faucet_lamports: 500_000_000 * LAMPORTS_PER_SOL,
            accounts: Vec::new(),
        }
    }
}

/// A program to deploy under the upgradeable loader.
#[derive(Clone, Debug)]
pub struct ProgramConfig {
    /// The address of the program.
    pub id: Pubkey,
    /// Its code.
    pub elf: ProgramElf,
    /// Who may upgrade it; nobody if `None`.
    pub upgrade_authority: Option<Pubkey>,
}

/// Where the code of a program comes from.
#[derive(Clone, Debug)]
pub enum ProgramElf {
    /// A file.
    Path(PathBuf),
    /// The bytes themselves.
    Bytes(Vec<u8>),
}

/// A validator: it votes by itself, so its vote account earns credits in every slot.
#[derive(Debug)]
pub struct ValidatorConfig {
    /// The node's identity.
    pub identity: Keypair,
    /// The vote account's address; also its authorized voter and withdrawer.
    pub vote: Keypair,
    /// Commission on inflation rewards in basis points.
    pub commission_bps: u16,
    /// Stake of the validator itself, active from the first slot, in lamports.
    pub stake_lamports: u64,
    /// Whether it starts without voting.
    pub delinquent: bool,
}

impl ValidatorConfig {
    /// A validator with new keys, 200,000 SOL of stake and this commission on inflation rewards.
    pub fn with_commission_bps(commission_bps: u16) -> Self {
        Self {
            identity: Keypair::new(),
            vote: Keypair::new(),
            commission_bps,
            stake_lamports: 200_000 * LAMPORTS_PER_SOL,
            delinquent: false,
        }
    }
}
