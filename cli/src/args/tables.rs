//! Arguments of keepers about their lookup tables.

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;

use super::address;

#[derive(Debug, Subcommand)]
pub enum TablesCommand {
    /// Show the lookup tables of the fee payer for the pool: what they hold, and their rent
    List,
    /// Close lookup tables and get their rent back, in two steps: they are deactivated first, and can
    /// be closed 513 blocks later, in some minutes
    Close(CloseTablesArgs),
}

#[derive(Debug, Args)]
pub struct CloseTablesArgs {
    /// Tables to close [default: those that the pool's cranks do not need]
    #[arg(value_name = "TABLE", value_parser = address)]
    pub tables: Vec<Pubkey>,

    /// Close all tables of the pool: for who cranks it no longer
    #[arg(long, conflicts_with = "tables")]
    pub all: bool,
}
