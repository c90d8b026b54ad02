//! Arguments of holders.

use clap::{Args, Subcommand};
use sluice_client::{
    Sum, TicketSearch, Tolerance,
    pool::tickets::NUMBERS_PER_EPOCH,
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use super::{AllowProgramOwned, NoCrank, SendMode, address};
use crate::bound::Bound;

#[derive(Debug, Args)]
pub struct StakeArgs {
    /// SOL to deposit, such as 12.5
    #[arg(value_name = "SOL")]
    pub amount: Lamports,

    /// Owner of the tokens [default: the keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub recipient: Option<Pubkey>,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,

    #[command(flatten)]
    pub program_owned: AllowProgramOwned,

    #[command(flatten)]
    pub least: LeastLst,
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
    pub request: RequestArgs,

    #[command(flatten)]
    pub slippage: Slippage,

    #[command(flatten)]
    pub no_crank: NoCrank,

    /// With --instant: do nothing where less than this would be received, such as 12.5
    /// [default: what --slippage-bps leaves of the quote]
    #[arg(long, value_name = "SOL", requires = "instant")]
    pub min_sol: Option<Lamports>,
}

/// A request in the queue.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct RequestArgs {
    /// Owner of the ticket, who will be paid and can cancel [default: the keypair]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "instant", value_parser = address)]
    pub owner: Option<Pubkey>,

    /// Owner of the tokens, who has approved the keypair as delegate [default: the keypair]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "instant", value_parser = address)]
    pub from: Option<Pubkey>,

    /// Let the request wait for signatures: it can join the queue in so many epochs to come
    /// [default: 1, with --send dump 8]
    #[arg(long, value_name = "EPOCHS", conflicts_with = "instant", value_parser = clap::value_parser!(u64).range(1..=8))]
    pub valid_epochs: Option<u64>,

    /// Number of the ticket, where other machines request for the same keypair, too
    /// [default: the lowest free one of this epoch]
    #[arg(long, value_name = "NUMBER", conflicts_with = "instant")]
    pub ticket_number: Option<u64>,

    #[command(flatten)]
    pub program_owned: AllowProgramOwned,
}

/// How far the result may fall below the quote.
#[derive(Clone, Copy, Debug, Args)]
pub struct Slippage {
    /// Accept this much less than quoted, in basis points; nothing happens if it would be less
    /// [default: 10, with --send dump 100: a price moves while a message waits for signatures]
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    pub slippage_bps: Option<u16>,
}

impl Slippage {
    /// What is accepted of a quote that is used in this way.
    pub fn tolerance(self, mode: SendMode) -> Tolerance {
        let default = match mode.waits() {
            true => Tolerance::WAITING,
            false => Tolerance::USUAL,
        };
        self.slippage_bps.map_or(default, Tolerance::of_bps)
    }
}

/// The least of the pool's token that is accepted, whatever the node quotes.
#[derive(Clone, Copy, Debug, Args)]
pub struct LeastLst {
    /// Do nothing where less than this would be received in all, such as 12.5
    /// [default: what --slippage-bps leaves of the quote]
    #[arg(long, value_name = "LST")]
    pub min_lst: Option<Lst>,
}

impl LeastLst {
    /// The bound that was asked for.
    pub fn bound(self) -> Bound {
        Bound {
            flag: "--min-lst",
            least: self.min_lst.map(Lst::get),
            in_words: lst,
        }
    }
}

/// The least SOL that is accepted, if `--min-sol` says so.
pub fn least_sol(min_sol: Option<Lamports>) -> Bound {
    Bound {
        flag: "--min-sol",
        least: min_sol.map(Lamports::get),
        in_words: sol,
    }
}

#[derive(Debug, Args)]
pub struct ClaimArgs {
    /// Tickets to claim, by address, also of others: the SOL goes to their owners. No index is needed
    /// for them [default: all of the keypair's]
    #[arg(value_name = "TICKET", value_parser = address)]
    pub tickets: Vec<Pubkey>,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct CalendarArgs {
    /// Whose tickets of the pool to show, too [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub owner: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct TicketsArgs {
    /// Whose tickets to show [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub owner: Option<Pubkey>,

    /// Ask no index: search the addresses of what was requested in so many epochs, and the local
    /// book [default: 16, where the node has no index]
    #[arg(long, value_name = "EPOCHS")]
    pub search_epochs: Option<u64>,

    /// The same, with the first so many numbers of each epoch: fewer make a long search quicker
    /// [default: 256, which are all that an epoch has]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=NUMBERS_PER_EPOCH))]
    pub search_numbers: Option<u64>,

    #[command(subcommand)]
    pub command: Option<TicketsCommand>,
}

impl TicketsArgs {
    /// Where to search without an index, if that is wanted.
    pub fn search(&self) -> Option<TicketSearch> {
        let usual = TicketSearch::default();
        (self.search_epochs.is_some() || self.search_numbers.is_some()).then(|| TicketSearch {
            epochs: self.search_epochs.unwrap_or(usual.epochs),
            numbers: self.search_numbers.unwrap_or(usual.numbers),
        })
    }
}

#[derive(Debug, Subcommand)]
pub enum TicketsCommand {
    /// Take tokens out of the queue again, as long as their batch is not locked
    Cancel {
        /// The ticket's address
        #[arg(value_parser = address)]
        ticket: Pubkey,
    },
    /// Give a ticket to another owner, who will be paid
    Transfer {
        /// The ticket's address
        #[arg(value_parser = address)]
        ticket: Pubkey,
        /// The new owner: an address that can receive SOL
        #[arg(value_parser = address)]
        to: Pubkey,
        #[command(flatten)]
        program_owned: AllowProgramOwned,
    },
    /// Note a ticket that somebody gave you in the local book, where it is found without an index
    Note {
        /// The ticket's address
        #[arg(value_parser = address)]
        ticket: Pubkey,
    },
}
