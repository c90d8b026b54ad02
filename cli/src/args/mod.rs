//! What can be typed after `sluice`. The sentences here are the help that people read.

mod authority;
mod cranking;
mod global;
mod pool;
mod stake_account;
mod staking;
mod validator;

use clap::{Parser, Subcommand};

pub use authority::{CancelArgs, ConfigCommand, RoleArgs, RoleCommand, ScheduleArgs, TreasuryArgs};
pub use cranking::{CrankArgs, NoCrank, Yes};
pub use global::{ClusterArgs, GlobalArgs, OutputArgs, OutputFormat, SendMode};
pub use pool::{CreateArgs, HistoryArgs, PoolCommand};
pub use stake_account::{
    ConvertArgs, DepositStakeArgs, StakeAccountCommand, StakeAccountsArgs, WithdrawStakeArgs,
};
pub use staking::{Slippage, StakeArgs, Sum, TicketsArgs, TicketsCommand, UnstakeArgs};
pub use validator::{AddArgs, ValidatorArgs, ValidatorCommand, WeightArgs};

/// Liquid staking on Solana: stake, unstake, run a pool, and crank it.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Deposit SOL and receive the pool's token
    Stake(StakeArgs),
    /// Leave the pool: through the queue at the full exit price, or at once for a fee
    Unstake(UnstakeArgs),
    /// Collect everything that your settled tickets are owed
    Claim,
    /// Bring stake accounts in, or leave with them
    #[command(subcommand)]
    StakeAccount(StakeAccountCommand),
    /// Turn the token of another stake pool into the pool's
    Convert(ConvertArgs),
    /// Show, cancel or give away your exit requests
    Tickets(TicketsArgs),
    /// Create, inspect and administer pools
    #[command(subcommand)]
    Pool(PoolCommand),
    /// Add, weigh, retire and close validators, and explain how they stand
    #[command(subcommand)]
    Validator(ValidatorCommand),
    /// Do everything that a pool needs now, and say what and why; anybody may
    Crank(CrankArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// The codes of the errors about authority.
    const AUTHORITY: std::ops::RangeInclusive<u32> = 6060..=6069;

    /// Whether the words are a command, as far as they are no flags or values.
    fn is_command(words: &str) -> bool {
        let mut command = &Arguments::command();
        for word in words.split_whitespace() {
            match command.find_subcommand(word) {
                Some(found) => command = found,
                None => return !command.has_subcommands(),
            }
        }
        true
    }

    #[test]
    fn every_command_that_advice_about_authority_names_exists() {
        assert!(is_command("pool role show") && !is_command("pool roles"));
        let mut named = 0;
        for code in AUTHORITY {
            let advice = sluice_client::words::explain::of_sluice(code).unwrap().next;
            for quoted in advice.split('`').skip(1).step_by(2) {
                if let Some(words) = quoted.strip_prefix("sluice ") {
                    assert!(is_command(words), "{words}");
                    named += 1;
                }
            }
        }
        assert!(named > 5, "{named}");
    }
}
