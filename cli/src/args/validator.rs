//! Arguments of curators.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;

use super::address;

#[derive(Debug, Subcommand)]
pub enum ValidatorCommand {
    /// Add validators to the pool; the curator pays the rent of two stake accounts and a marker of each, and
    /// for the first one, and now and then for a later one, that of a page, 0.07 SOL
    Add(AddArgs),
    /// Give a validator another weight from the next epoch on
    Weight(WeightArgs),
    /// Let a validator drain from the next epoch on, within the movement cap of each epoch
    Retire(ValidatorArgs),
    /// Retire a validator and add another one with its weight
    Replace(ReplaceArgs),
    /// Close the slot of a validator that has drained
    Close(ValidatorArgs),
    /// Show the pool's validators: stake, target and what moves
    List,
    /// Say how any vote account stands with the pool: listed or why not, and what comes next
    Explain(ValidatorArgs),
    /// Rate all validators of the cluster by what they paid; needs no pool
    Rate(RateArgs),
    /// Let a validator drain that breaks the pool's rules; anybody may, and cranks do
    Eject(ValidatorArgs),
}

#[derive(Clone, Debug, Args)]
pub struct AddArgs {
    /// The validators' vote accounts
    #[arg(required = true, value_name = "VOTE", value_parser = address)]
    pub votes: Vec<Pubkey>,

    /// The weight of each: its share of the pool is its weight over the sum of all weights
    #[arg(long, default_value_t = 100)]
    pub weight: u16,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct WeightArgs {
    /// The validator's vote account
    #[arg(value_parser = address)]
    pub vote: Pubkey,

    /// The new weight; zero takes all stake away and keeps the slot
    pub weight: u16,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct ReplaceArgs {
    /// The vote account of the validator that leaves
    #[arg(value_parser = address)]
    pub old: Pubkey,
    /// The vote account of the one that comes
    #[arg(value_parser = address)]
    pub new: Pubkey,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct ValidatorArgs {
    /// The validator's vote account
    #[arg(value_parser = address)]
    pub vote: Pubkey,
}

#[derive(Clone, Debug, Args)]
pub struct RateArgs {
    /// How many validators to print, the best first [default: 20, or all with --csv and in JSON]
    #[arg(long, value_name = "VALIDATORS")]
    pub limit: Option<usize>,

    /// A file in TOML that says which validators are left out [default: the thresholds of the book]
    #[arg(long, value_name = "FILE")]
    pub thresholds: Option<PathBuf>,

    /// How many finished epochs count [default: 10, or what the thresholds say]
    #[arg(long, value_name = "EPOCHS", value_parser = clap::value_parser!(u64).range(1..=64))]
    pub epochs: Option<u64>,

    /// Of how many validators at most a stake account is looked at, because what they took is in doubt
    #[arg(long, value_name = "VALIDATORS", default_value_t = 20)]
    pub samples: usize,

    /// Print comma-separated values with all columns
    #[arg(long, conflicts_with = "explain")]
    pub csv: bool,

    /// Say what the score of this vote account is made of
    #[arg(long, value_name = "VOTE", value_parser = address)]
    pub explain: Option<Pubkey>,
}
