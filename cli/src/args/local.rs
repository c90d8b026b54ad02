//! Commands that ask no cluster.

use clap::Subcommand;

use super::SignArgs;

#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Sign transactions that wait in a file; asks no cluster, so that the key can stay offline
    Sign(SignArgs),
}
