//! What can be typed after `sluice`. The sentences here are the help that people read.

mod address;
mod authority;
mod cranking;
mod custody;
mod global;
mod landing;
mod local;
mod pool;
mod program;
mod program_metadata;
mod rewards;
mod set;
mod stake_account;
mod staking;
mod tables;
mod token;
mod validator;

pub use address::address;
pub use authority::{CancelArgs, ConfigCommand, RoleArgs, RoleCommand, ScheduleArgs, TreasuryArgs};
use clap::{Parser, Subcommand};
pub use cranking::{AllowProgramOwned, CrankArgs, NoCrank};
pub use custody::{SendArgs, SignArgs};
pub use global::{ClusterArgs, GlobalArgs, OutputArgs, OutputFormat, SendMode};
pub use landing::{LandingArgs, PATIENCE_SECONDS, PendingArgs, PriorityOffer};
pub use local::{
    ClientConfigCommand, CompletionsArgs, KeypairCommand, LocalCommand, ManArgs, NewKeypairArgs,
};
pub use pool::{CreateArgs, HistoryArgs, PoolCommand, VerifyArgs};
pub use program::{
    AgainArg, BufferArg, CloseProgramArgs, DeployArgs, ExtendArgs, ProgramCommand,
    SetAuthorityArgs, ShowProgramArgs, UpgradeArgs, VerifyProgramArgs, WriteBufferArgs,
};
pub use program_metadata::{
    AboutArgs, CloseMetadataArgs, MetadataKind, ProgramMetadataCommand, SetMetadataAuthorityArgs,
    ShowProgramMetadataArgs, WriteMetadataArgs,
};
pub use rewards::{CsvFormat, Day, RewardsArgs, StoreArgs};
pub use set::SetArgs;
pub use stake_account::{
    ConvertArgs, DepositStakeArgs, StakeAccountCommand, StakeAccountsArgs, WithdrawStakeArgs,
};
pub use staking::{
    CalendarArgs, ClaimArgs, LeastLst, RequestArgs, Slippage, StakeArgs, TicketsArgs,
    TicketsCommand, UnstakeArgs, least_sol,
};
pub use tables::{CloseTablesArgs, TablesCommand};
pub use token::{HandOverArgs, MetadataCommand, SetMetadataArgs, TokenArgs};
pub use validator::{AddArgs, RateArgs, ReplaceArgs, ValidatorArgs, ValidatorCommand, WeightArgs};

use crate::version;

/// Liquid staking on Solana: stake, unstake, run a pool, and crank it.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, long_version = version::long(), max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: TopCommand,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "it is parsed once")]
pub enum TopCommand {
    #[command(flatten)]
    OnCluster(Command),
    #[command(flatten)]
    Local(LocalCommand),
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "it is parsed once")]
pub enum Command {
    /// Deposit SOL and receive the pool's token
    Stake(StakeArgs),
    /// Leave the pool: through the queue at the full exit price, or at once for a fee
    Unstake(UnstakeArgs),
    /// Collect everything that your settled tickets are owed, or what named tickets are
    Claim(ClaimArgs),
    /// Bring stake accounts in, or leave with them
    #[command(subcommand)]
    StakeAccount(StakeAccountCommand),
    /// Turn the token of another stake pool into the pool's
    Convert(ConvertArgs),
    /// Show, cancel or give away your exit requests
    Tickets(TicketsArgs),
    /// Show what comes when: epoch, rebalance window, lock, your tickets, announced changes
    Calendar(CalendarArgs),
    /// Show what somebody gained with the pool's token, epoch by epoch, and all that came and went
    Rewards(RewardsArgs),
    /// Create, inspect and administer pools
    #[command(subcommand)]
    Pool(PoolCommand),
    /// Add, weigh, retire and close validators, and explain how they stand
    #[command(subcommand)]
    Validator(ValidatorCommand),
    /// Do everything that a pool needs now, and say what and why; anybody may
    Crank(CrankArgs),
    /// Show the lookup tables that `crank --tables` made, and get their rent back
    #[command(subcommand)]
    Tables(TablesCommand),
    /// Deploy and upgrade programs, and say who may: this one, or your own
    #[command(subcommand)]
    Program(ProgramCommand),
    /// Look up transactions that were sent, or perhaps sent, and whose fate was not known
    Pending(PendingArgs),
    /// Send transactions of a file that everybody has signed
    Send(SendArgs),
}
