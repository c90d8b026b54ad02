//! Arguments of those who hold stake accounts, or want to.

use clap::{ArgGroup, Args, Subcommand};
use sluice_client::Sum;
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::{
    AllowProgramOwned, NoCrank, address,
    staking::{LeastLst, Slippage},
};

#[derive(Debug, Subcommand)]
pub enum StakeAccountCommand {
    /// Show a wallet's stake accounts, and the shortest way of each into the pool
    List(StakeAccountsArgs),
    /// Deposit stake accounts and receive the pool's token
    Deposit(DepositStakeArgs),
    /// Leave the pool with stake accounts, which stay active
    Withdraw(WithdrawStakeArgs),
}

#[derive(Clone, Copy, Debug, Args)]
pub struct StakeAccountsArgs {
    /// Whose stake accounts to show [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub owner: Option<Pubkey>,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["stake_accounts", "all"])))]
pub struct DepositStakeArgs {
    /// Stake accounts to deposit
    #[arg(value_name = "STAKE_ACCOUNT", value_parser = address)]
    pub stake_accounts: Vec<Pubkey>,

    /// Deposit every stake account of the keypair that can be
    #[arg(long)]
    pub all: bool,

    /// Deactivate those that cannot be deposited, so that their SOL can be, once it is free
    #[arg(long)]
    pub deactivate: bool,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,

    #[command(flatten)]
    pub least: LeastLst,
}

#[derive(Debug, Args)]
pub struct WithdrawStakeArgs {
    /// Tokens to give back, such as 12.5, or "all"
    #[arg(value_name = "LST|all")]
    pub amount: Sum,

    /// Vote account of the validator whose stake to take [default: the best for who stays]
    #[arg(long, value_name = "VOTE_ACCOUNT", value_parser = address)]
    pub validator: Option<Pubkey>,

    /// Staker and withdrawer of the new stake accounts [default: the keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub recipient: Option<Pubkey>,

    /// Stake accounts to take at most; what is left goes through the queue
    #[arg(long, default_value_t = 8, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub max_accounts: u8,

    /// Keypair file of a new stake account, which signs too; can be given several times
    /// [default: new random addresses]
    #[arg(long, value_name = "FILE")]
    pub stake_keypair: Vec<String>,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,

    #[command(flatten)]
    pub program_owned: AllowProgramOwned,

    /// Do nothing where the stake accounts would hold less than this in all, such as 12.5; what goes
    /// through the queue does not count [default: what --slippage-bps leaves of the quote]
    #[arg(long, value_name = "SOL")]
    pub min_sol: Option<Lamports>,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("how_much").required(true).args(["amount", "all"])))]
pub struct ConvertArgs {
    /// The stake pool whose token is given: a pool of SPL Stake Pool
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub from_pool: Pubkey,

    /// Tokens of that pool to convert, such as 12.5
    #[arg(value_name = "AMOUNT")]
    pub amount: Option<Sum>,

    /// Convert all that the keypair holds
    #[arg(long)]
    pub all: bool,

    /// Also trust this deployment of SPL Stake Pool with your tokens, if the pool belongs to it
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub trust_program: Option<Pubkey>,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,

    #[command(flatten)]
    pub least: LeastLst,
}

impl ConvertArgs {
    /// What to convert.
    pub fn sum(&self) -> Sum {
        self.amount.unwrap_or(Sum::All)
    }
}
