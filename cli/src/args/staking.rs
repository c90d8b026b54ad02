//! Arguments of holders.

use std::str::FromStr;

use clap::{Args, Subcommand};
use sluice_math::{BPS, Bps, Floor, Lamports, Lst, MathError, ParseAmountError};
use solana_pubkey::Pubkey;

use super::NoCrank;

#[derive(Debug, Args)]
pub struct StakeArgs {
    /// SOL to deposit, such as 12.5
    #[arg(value_name = "SOL")]
    pub amount: Lamports,

    /// Owner of the tokens [default: the keypair]
    #[arg(long, value_name = "ADDRESS")]
    pub recipient: Option<Pubkey>,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,
}

#[derive(Debug, Args)]
pub struct UnstakeArgs {
    /// Tokens to give back, such as 12.5, or "all"
    #[arg(value_name = "LST|all")]
    pub amount: Sum,

    /// Leave at once, for a fee, from what the reserve holds
    #[arg(long)]
    pub instant: bool,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,
}

/// How far the result may fall below the quote.
#[derive(Clone, Copy, Debug, Args)]
pub struct Slippage {
    /// Accept this much less than quoted, in basis points; nothing happens if it would be less
    #[arg(long, default_value_t = 10, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    pub slippage_bps: u16,
}

impl Slippage {
    /// The least to accept where `quoted` was quoted, rounded down.
    pub fn minimum(self, quoted: u64) -> Result<u64, MathError> {
        let kept = Bps::new(BPS.saturating_sub(self.slippage_bps))?;
        Floor(kept.ratio()).apply(quoted)
    }
}

/// An amount of tokens, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    All,
    Exactly(Lst),
}

impl FromStr for Sum {
    type Err = ParseAmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            amount => amount.parse().map(Self::Exactly),
        }
    }
}

#[derive(Debug, Args)]
pub struct TicketsArgs {
    /// Whose tickets to show [default: the keypair's]
    #[arg(long, value_name = "ADDRESS")]
    pub owner: Option<Pubkey>,

    #[command(subcommand)]
    pub command: Option<TicketsCommand>,
}

#[derive(Debug, Subcommand)]
pub enum TicketsCommand {
    /// Take tokens out of the queue again, as long as their batch is not locked
    Cancel {
        /// The ticket's address
        ticket: Pubkey,
    },
    /// Give a ticket to another owner, who will be paid
    Transfer {
        /// The ticket's address
        ticket: Pubkey,
        /// The new owner: an address that can receive SOL
        to: Pubkey,
    },
}
