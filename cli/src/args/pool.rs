//! Arguments of those who run a pool.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Subcommand};
use sluice::state::{Parameter, Parameters, Unit};
use sluice_client::pool::deployed::read_hash;
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::{ConfigCommand, MetadataCommand, RoleCommand, SetArgs, TokenArgs, address};
use crate::parameters;

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "it is parsed once")]
pub enum PoolCommand {
    /// Create a pool with a token of its own
    Create(CreateArgs),
    /// Show a pool: prices, flows, queue, what is closed or paused, roles, rates and limits
    Show,
    /// List all pools of the cluster
    List,
    /// Show what each of the last epochs earned, its yield, and what went to the treasury
    History(HistoryArgs),
    /// Show what a pool earned over 1, 10 and 30 epochs, and why the last one brought what it did
    Yield,
    /// Write a pool as a file: validators and weights, parameters, roles, the token's name
    Export,
    /// Show what must change until a pool is as a file wants it
    Plan(SetArgs),
    /// Change a pool until it is as a file wants it, as far as your key may
    Apply(SetArgs),
    /// Add a pool's whole book up again from the accounts, and check who can change what
    Verify(VerifyArgs),
    /// Give a pool of an older program the layout of this one; anybody may
    Migrate,
    /// Show what a pool's token is called, and change it
    #[command(subcommand)]
    Metadata(MetadataCommand),
    /// Show a pool's rates and limits, and change them with notice
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show who has which role, and hand roles over
    #[command(subcommand)]
    Role(RoleCommand),
    /// Pause deposits and delegation for some epochs (guardian); exits go on
    Pause,
    /// End a pause (guardian or admin)
    Unpause,
    /// Open again what an abnormal loss has closed (admin)
    AcknowledgeLoss,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct HistoryArgs {
    /// How many epochs to show, at most 180
    #[arg(long, default_value_t = 10, value_name = "EPOCHS", value_parser = clap::value_parser!(u16).range(1..=180))]
    pub epochs: u16,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The hash that the program must have: SHA-256 in hexadecimal, as verified builds tell it
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    pub program_hash: Option<Hash>,

    /// The program's file, as you have built it, to compare with
    #[arg(long, value_name = "FILE", conflicts_with = "program_hash")]
    pub elf: Option<PathBuf>,

    /// Who may be able to replace the program: an address, or "none" for nobody
    #[arg(long, value_name = "ADDRESS", value_parser = address_or_none)]
    pub upgrade_authority: Option<Somebody>,
}

/// An address, or nobody.
#[derive(Clone, Copy, Debug)]
pub struct Somebody(pub Option<Pubkey>);

fn address_or_none(text: &str) -> Result<Somebody, &'static str> {
    if text == "none" {
        return Ok(Somebody(None));
    }
    address(text).map(|address| Somebody(Some(address)))
}

/// Reads a hash as verified builds write it.
pub fn sha256(text: &str) -> Result<Hash, &'static str> {
    read_hash(text).ok_or("a hash has 64 characters: digits, and letters from a to f")
}

#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The token's mint: a keypair file to create it with, or the address of an unused one whose
    /// authority is the keypair [default: a new random address]
    #[arg(long, value_name = "FILE|ADDRESS")]
    pub mint: Option<String>,

    /// May change roles and configuration [default: the keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub admin: Option<Pubkey>,

    /// May add, weigh and retire validators [default: the keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub curator: Option<Pubkey>,

    /// May pause deposits and delegation for a while [default: the keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub guardian: Option<Pubkey>,

    /// Owner of the token account that reward fees are paid to [default: the keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub treasury: Option<Pubkey>,

    #[command(flatten)]
    pub token: TokenArgs,

    #[command(flatten)]
    pub parameters: ParameterArgs,
}

/// A flag for each parameter, within its bounds.
#[derive(Clone, Copy, Debug)]
pub struct ParameterArgs(pub Parameters);

impl Args for ParameterArgs {
    fn augment_args(command: Command) -> Command {
        command.args(Parameter::ALL.map(flag))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ParameterArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self(parameters::recommended());
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for parameter in Parameter::ALL {
            if let Some(value) = matches.get_one(parameters::name(parameter)) {
                self.0 = self.0.with(parameter, *value);
            }
        }
        Ok(())
    }
}

fn flag(parameter: Parameter) -> Arg {
    let name = parameters::name(parameter);
    let (unit, heading) = match parameter.unit() {
        Unit::Bps => ("BPS", "Rates and limits"),
        Unit::Lamports => ("SOL", "Limits on deposits"),
    };
    Arg::new(name)
        .long(name)
        .help(parameters::help(parameter))
        .help_heading(heading)
        .value_name(unit)
        .value_parser(move |text: &str| parameters::read(parameter, text))
        .default_value(parameters::default_text(parameter))
}
