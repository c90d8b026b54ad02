//! Long runs on the model alone: `cargo xtask profit` and `cargo xtask random` start it.

mod profit;
mod random;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

/// Lives a pool without a chain.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    run: Run,
}

#[derive(Subcommand)]
enum Run {
    /// Searches for sequences that pay
    Profit {
        /// How many sequences to play
        #[arg(long, default_value_t = 1_000_000, value_name = "NUMBER")]
        sequences: u64,
        #[command(flatten)]
        stored: Stored,
    },
    /// Does random steps, and checks every invariant after each
    Random {
        /// How many steps
        #[arg(long, default_value_t = 10_000_000, value_name = "NUMBER")]
        steps: u64,
        #[command(flatten)]
        stored: Stored,
    },
}

/// Where a run is kept, and how it begins.
#[derive(Args)]
struct Stored {
    /// Where chances come from
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    seed: u64,
    /// Go on where the last run has ended
    #[arg(long)]
    resume: bool,
    /// Keep what was reached here
    #[arg(long, default_value = "target/model", value_name = "FOLDER")]
    folder: PathBuf,
}

fn main() -> Result<()> {
    match Arguments::parse().run {
        Run::Profit { sequences, stored } => profit::run(sequences, &stored),
        Run::Random { steps, stored } => random::run(steps, &stored),
    }
}
