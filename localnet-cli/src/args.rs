//! What can be typed after `sluice-localnet`. The sentences here are the help that people read.

use std::{net::IpAddr, path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};
use sluice_cli::args::{ClusterArgs, GlobalArgs, LandingArgs, OutputArgs, SendMode, address};
use sluice_localnet::WebOrigin;
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

/// A local Solana cluster with short epochs, real rewards and the Sluice program.
#[derive(Debug, Parser)]
#[command(name = "sluice-localnet", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: LocalnetArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags win over environment variables, and those over the configuration file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct LocalnetArgs {
    #[command(flatten)]
    pub cluster: ClusterArgs,

    /// Who receives SOL where nobody is named [default: the configuration file's]
    #[arg(
        short,
        long,
        global = true,
        env = "SLUICE_KEYPAIR",
        value_name = "SIGNER"
    )]
    pub keypair: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a cluster with the Sluice program until ctrl-c
    Start(StartArgs),
    /// Jump a running cluster to its next epoch
    Advance(AdvanceArgs),
    /// Get SOL from a running cluster
    Airdrop(AirdropArgs),
    /// Walk through the whole life of a stake on a cluster of its own
    Demo(DemoArgs),
    /// Walk through deployment, the life of a stake, crashes and upgrades on solana-test-validator
    Rehearse(RehearseArgs),
    /// Run a cluster with a pool that lives until ctrl-c, and write a keeper's configuration to a folder
    Living(LivingArgs),
    /// Write the accounts of a living pool to a folder, for tests on other clusters and runtimes
    Fixture(FixtureArgs),
}

#[derive(Clone, Copy, Debug, Args)]
pub struct AdvanceArgs {
    /// Jump to this part of the running epoch instead; stake moves from 80% on
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u64).range(0..100))]
    pub percent: Option<u64>,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct AirdropArgs {
    /// How much, such as 12.5
    #[arg(value_name = "SOL")]
    pub amount: Lamports,

    /// Who receives it [default: the keypair]
    #[arg(value_parser = address)]
    pub to: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct StartArgs {
    /// How long an epoch lasts
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub epoch_seconds: u64,

    /// Inflation of an epoch in millionths of the validators' stake
    #[arg(long, default_value_t = 1_000, value_name = "PPM")]
    pub epoch_yield_ppm: u32,

    /// Commissions of the validators in basis points: as many validators as commissions
    #[arg(
        long,
        value_delimiter = ',',
        default_values_t = [0, 200, 500, 700, 1_000],
        value_name = "BPS"
    )]
    pub commissions_bps: Vec<u16>,

    /// JSON-RPC port; WebSocket subscriptions are on the next one; 0 takes any free pair
    #[arg(long, default_value_t = sluice_localnet::DEFAULT_RPC_PORT)]
    pub port: u16,

    /// Address to listen on. Whoever reaches it can take SOL and turn the clock. In a container it is
    /// 0.0.0.0; publish the ports to one machine only, such as
    /// -p 127.0.0.1:8899-8900:8899-8900
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub bind: IpAddr,

    #[command(flatten)]
    pub program: ProgramArgs,

    /// Start without Sluice, to deploy it with `sluice program deploy`
    #[arg(long)]
    pub without_program: bool,

    /// Another program to deploy, such as SPL Stake Pool; can be given several times
    #[arg(long, value_name = "ADDRESS=FILE")]
    pub load: Vec<LoadedProgram>,

    /// Let web pages of this origin use the cluster too, such as https://ide.example, and let it be
    /// asked under that host; can be given several times. Pages of this machine always may. The origin
    /// null stands for files, and for sandboxed frames of any page
    #[arg(long, value_name = "ORIGIN")]
    pub cors: Vec<WebOrigin>,

    #[command(flatten)]
    pub app: AppArgs,
}

/// Whether a cluster comes with the page.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct AppArgs {
    /// Serve the page for holders too, to browsers of this machine, on the second port after the one for
    /// JSON-RPC; `cargo xtask app` builds it
    #[arg(long)]
    pub app: bool,
}

/// A program of a local cluster: its address and its ELF.
#[derive(Clone, Debug)]
pub struct LoadedProgram {
    pub id: Pubkey,
    pub elf: PathBuf,
}

impl FromStr for LoadedProgram {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, elf) = text.split_once('=').ok_or("it has the form ADDRESS=FILE")?;
        Ok(Self {
            id: id.parse().map_err(|_| format!("{id} is no address"))?,
            elf: elf.into(),
        })
    }
}

#[derive(Clone, Debug, Args)]
pub struct ProgramArgs {
    /// The compiled Sluice program [default: target/deploy/sluice.so, as `cargo xtask build` makes it]
    #[arg(long = "program", env = "SLUICE_ELF", value_name = "FILE")]
    pub elf: Option<PathBuf>,

    /// The compiled Token Metadata program, which names tokens [default:
    /// target/deploy/token_metadata.so, as `cargo xtask build` makes it]
    #[arg(
        long = "token-metadata",
        env = "SLUICE_TOKEN_METADATA_ELF",
        value_name = "FILE"
    )]
    pub token_metadata_elf: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the cluster afterwards until ctrl-c, and show its pool as the page for holders in a browser;
    /// `cargo xtask app` builds the page
    #[arg(long)]
    pub open: bool,

    #[command(flatten)]
    pub program: ProgramArgs,
}

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Where the validator's ledger is, over that of an earlier rehearsal, and what else is needed
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// The validator: `solana-test-validator` of Agave 4.2
    #[arg(long, value_name = "FILE")]
    pub validator: PathBuf,

    /// The keypair of the program's address, which signs once
    #[arg(long, value_name = "FILE")]
    pub program_id: PathBuf,

    /// How long an epoch lasts. Stake moves in its last fifth, which commands must not miss
    #[arg(long, default_value_t = 128, value_name = "SLOTS", value_parser = clap::value_parser!(u64).range(64..))]
    pub slots_per_epoch: u64,

    /// Rehearse only this, after a pool was made; can be given several times
    #[arg(long, value_enum, value_name = "PART")]
    pub only: Vec<Part>,

    #[command(flatten)]
    pub program: ProgramArgs,
}

/// A part of a rehearsal.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Part {
    /// The script of the demo
    Life,
    /// Stake accounts leave the pool and come back
    StakeAccounts,
    /// Validator and keeper are killed in every phase
    Crashes,
    /// More stake than a cluster warms up in an epoch
    WarmUp,
    /// The program is upgraded, handed over and made final
    Upgrades,
}

#[derive(Debug, Args)]
pub struct LivingArgs {
    /// Where keeper.toml and keeper.json are written, over those of an earlier cluster
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// How long an epoch lasts
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(20..))]
    pub epoch_seconds: u64,

    /// How many validators the pool has
    #[arg(long, default_value_t = 24, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub validators: u8,

    /// JSON-RPC port; WebSocket subscriptions are on the next one; 0 takes any free pair
    #[arg(long, default_value_t = sluice_localnet::DEFAULT_RPC_PORT)]
    pub port: u16,

    /// Address to listen on. Whoever reaches it can take SOL and turn the clock
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub bind: IpAddr,

    #[command(flatten)]
    pub app: AppArgs,

    #[command(flatten)]
    pub program: ProgramArgs,
}

#[derive(Debug, Args)]
pub struct FixtureArgs {
    /// A folder that does not exist yet, or is empty
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// How long an epoch of the pool lasts. Less than two days where epochs shall pass on a validator,
    /// which is then started with as many slots; a slot lasts 400 ms
    #[arg(long, default_value_t = 172_800, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(60..))]
    pub epoch_seconds: u64,

    #[command(flatten)]
    pub program: ProgramArgs,
}

impl From<LocalnetArgs> for GlobalArgs {
    fn from(arguments: LocalnetArgs) -> Self {
        Self {
            cluster: arguments.cluster,
            keypair: arguments.keypair,
            fee_payer: None,
            book: None,
            nonce: None,
            pool: None,
            send: SendMode::Send,
            output: arguments.output,
            yes: false,
            landing: LandingArgs::default(),
            squads: None,
            squads_vault: None,
        }
    }
}
