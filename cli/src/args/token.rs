//! Arguments about what a token is called.

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;

use super::address;

#[derive(Debug, Args)]
#[command(next_help_heading = "The token's name")]
pub struct TokenArgs {
    /// What wallets call the token: at most 32 bytes
    #[arg(long, value_name = "TEXT", requires_all = ["symbol", "uri"])]
    pub name: Option<String>,

    /// Its short name: at most 10 bytes
    #[arg(long, value_name = "TEXT", requires = "name")]
    pub symbol: Option<String>,

    /// Where the JSON file with its logo and description is, as https://, ipfs:// or ar://: at most
    /// 200 bytes
    #[arg(long, value_name = "URI", requires = "name")]
    pub uri: Option<String>,

    /// May change the three later [default: the admin]
    #[arg(long, value_name = "ADDRESS", requires = "name", value_parser = address)]
    pub update_authority: Option<Pubkey>,

    /// Do without a name for good: nobody can give one to the token of a pool
    #[arg(long, conflicts_with = "name")]
    pub no_metadata: bool,
}

#[derive(Debug, Subcommand)]
pub enum MetadataCommand {
    /// Show what the token is called, and who may change that
    Show,
    /// Change what the token is called (its update authority)
    Set(SetMetadataArgs),
    /// Let another key change what the token is called, from now on (its update authority)
    HandOver(HandOverArgs),
}

/// What is not given stays.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct SetMetadataArgs {
    /// What wallets call the token: at most 32 bytes
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,

    /// Its short name: at most 10 bytes
    #[arg(long, value_name = "TEXT")]
    pub symbol: Option<String>,

    /// Where the JSON file with its logo and description is, as https://, ipfs:// or ar://: at most
    /// 200 bytes
    #[arg(long, value_name = "URI")]
    pub uri: Option<String>,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct HandOverArgs {
    /// Who may change it from now on
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub to: Pubkey,
}
