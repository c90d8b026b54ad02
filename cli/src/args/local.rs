//! Arguments of what needs no cluster.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::SignArgs;

#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Sign transactions that wait in a file; asks no cluster, so that the key can stay offline
    Sign(SignArgs),
    /// Make keypairs
    #[command(subcommand)]
    Keypair(KeypairCommand),
    /// Show the settings of this command line (`sluice pool config` is about a pool's)
    #[command(subcommand)]
    Config(ClientConfigCommand),
    /// Print a script that lets a shell complete commands and options
    Completions(CompletionsArgs),
    /// Write manual pages, one for each command
    Man(ManArgs),
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ClientConfigCommand {
    /// Show what is in force, and which flag, variable or file says so; no secrets
    Show,
}

#[derive(Debug, Subcommand)]
pub enum KeypairCommand {
    /// Make a keypair from the system's randomness; never writes over a file
    New(NewKeypairArgs),
}

#[derive(Debug, Args)]
pub struct NewKeypairArgs {
    /// File to make, which only its owner may read
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder to write them to; it is made where it is missing
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}
