//! Options that every command takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::{LandingArgs, address};

/// Flags win over environment variables, and those over the configuration file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    #[command(flatten)]
    pub cluster: ClusterArgs,

    /// Who acts: the owner of SOL, tokens and tickets, or whoever has a role in the pool. A keypair
    /// file, usb://ledger, prompt:// for a seed phrase, stdin://, or, where nothing is signed
    /// (--send simulate or dump), an address [default: the configuration file's]
    #[arg(
        short,
        long,
        global = true,
        env = "SLUICE_KEYPAIR",
        value_name = "SIGNER"
    )]
    pub keypair: Option<String>,

    /// Who pays transaction fees, and the rent of tickets and of stake accounts that come out
    /// [default: the keypair]
    #[arg(long, global = true, env = "SLUICE_FEE_PAYER", value_name = "SIGNER")]
    pub fee_payer: Option<String>,

    /// The pool: its address or the address of its token's mint
    #[arg(
        short,
        long,
        global = true,
        env = "SLUICE_POOL",
        value_name = "ADDRESS",
        value_parser = address
    )]
    pub pool: Option<Pubkey>,

    /// What to do with transactions
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = SendMode::Send,
        value_name = "HOW"
    )]
    pub send: SendMode,

    /// With --send dump: a durable nonce account, so that the message lives until it is sent; the
    /// nonce's authority signs it too
    #[arg(long, global = true, value_name = "ADDRESS", value_parser = address)]
    pub nonce: Option<Pubkey>,

    /// The local book of tickets: numbers that messages have taken, and tickets that others gave
    /// [default: the configuration file's, or ~/.config/sluice/tickets]
    #[arg(long, global = true, env = "SLUICE_BOOK", value_name = "FILE")]
    pub book: Option<PathBuf>,

    #[command(flatten)]
    pub output: OutputArgs,

    /// Agree beforehand to what a command would ask; allowed where nothing is asked
    #[arg(long, short, global = true)]
    pub yes: bool,

    #[command(flatten)]
    pub landing: LandingArgs,

    /// Act as a vault of this multisig of Squads v4: propose to its members what would be done. The
    /// keypair is a member, and pays unless --fee-payer does
    #[arg(long, global = true, value_name = "MULTISIG", value_parser = address)]
    pub squads: Option<Pubkey>,

    /// Which vault of the multisig [default: 0]
    #[arg(long, global = true, requires = "squads", value_name = "INDEX")]
    pub squads_vault: Option<u8>,
}

/// Which cluster, and the file that says so where no flag does.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct ClusterArgs {
    /// Cluster: localhost, devnet, testnet, mainnet-beta, or the URL of a JSON-RPC port. Several
    /// nodes of one cluster, named one after the other or with commas between, stand in for each
    /// other [default: the configuration file's]
    #[arg(
        short,
        long = "url",
        global = true,
        env = "SLUICE_URL",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "URL_OR_MONIKER"
    )]
    pub urls: Vec<String>,

    /// Configuration file: one of sluice if it ends in .toml, else one of the Solana CLI
    /// [default: ~/.config/sluice/config.toml, and for what it does not say
    /// ~/.config/solana/cli/config.yml]
    #[arg(
        short = 'C',
        long,
        global = true,
        env = "SLUICE_CONFIG",
        value_name = "FILE"
    )]
    pub config: Option<PathBuf>,

    /// Refuse every cluster but the one whose first block has this hash
    #[arg(
        long,
        global = true,
        env = "SLUICE_GENESIS",
        hide_env_values = true,
        value_name = "HASH"
    )]
    pub genesis: Option<Hash>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct OutputArgs {
    /// How to print results
    #[arg(
        long = "output",
        global = true,
        env = "SLUICE_OUTPUT",
        value_enum,
        default_value_t = OutputFormat::Table,
        value_name = "FORMAT"
    )]
    pub format: OutputFormat,
}

/// What happens with the transactions of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SendMode {
    /// Sign and send them
    Send,
    /// Send nothing, and show what they would change
    Simulate,
    /// Send nothing, and print the unsigned messages, for a multisig or an offline signer
    Dump,
    /// Put them before the members of a multisig: what --squads does
    #[value(skip)]
    Propose,
}

impl SendMode {
    /// Whether what is made waits for signatures, so that it must work for long.
    pub fn waits(self) -> bool {
        matches!(self, Self::Dump | Self::Propose)
    }
}

/// How results are printed. Progress and announcements always go to stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    Table,
    /// One JSON value with stable keys; amounts are text, in lamports or smallest LST units
    Json,
}
