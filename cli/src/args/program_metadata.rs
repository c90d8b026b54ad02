//! Arguments about what is told of a program beside its code.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sluice_client::plan::program::metadata::Kind;
use solana_pubkey::Pubkey;

use super::address;

#[derive(Debug, Subcommand)]
pub enum ProgramMetadataCommand {
    /// Write the interface (IDL) or the file of security to the cluster (upgrade authority)
    Write(WriteMetadataArgs),
    /// Show what the cluster tells about a program, and compare it with a file
    Show(ShowProgramMetadataArgs),
    /// Let one more key change it besides the upgrade authority, or only that one again
    SetAuthority(SetMetadataAuthorityArgs),
    /// Take it off the cluster and get the rent back (upgrade authority)
    Close(CloseMetadataArgs),
}

/// What is told about a program.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MetadataKind {
    /// Its interface, as `idl/sluice.json`
    Idl,
    /// Whom to tell about a weakness
    Security,
}

impl From<MetadataKind> for Kind {
    fn from(kind: MetadataKind) -> Self {
        match kind {
            MetadataKind::Idl => Self::Idl,
            MetadataKind::Security => Self::Security,
        }
    }
}

#[derive(Clone, Debug, Args)]
pub struct AboutArgs {
    /// What is told
    #[arg(value_name = "KIND", value_enum)]
    pub kind: MetadataKind,

    /// The program [default: Sluice]
    #[arg(long = "of", value_name = "PROGRAM", value_parser = address)]
    pub of: Option<Pubkey>,
}

#[derive(Clone, Debug, Args)]
pub struct WriteMetadataArgs {
    #[command(flatten)]
    pub about: AboutArgs,

    /// The file, in JSON [default: for Sluice's interface, the one that this command was built with]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Only write the buffer: any key may. A multisig publishes it with --from-buffer
    #[arg(long, conflicts_with = "from_buffer")]
    pub upload_only: bool,

    /// Publish this buffer, once it has what the file has: one transaction, as a multisig needs
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub from_buffer: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct ShowProgramMetadataArgs {
    #[command(flatten)]
    pub about: AboutArgs,

    /// Compare with this file, and fail unless the content is the same
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Print the content itself
    #[arg(long)]
    pub content: bool,
}

#[derive(Debug, Args)]
pub struct SetMetadataAuthorityArgs {
    #[command(flatten)]
    pub about: AboutArgs,

    /// Who may change it besides the upgrade authority
    #[arg(value_name = "ADDRESS", value_parser = address, required_unless_present = "none")]
    pub new: Option<Pubkey>,

    /// Nobody besides the upgrade authority
    #[arg(long, conflicts_with = "new")]
    pub none: bool,
}

#[derive(Debug, Args)]
pub struct CloseMetadataArgs {
    #[command(flatten)]
    pub about: AboutArgs,

    /// Close the keypair's own buffer instead, which an upload that broke off has left
    #[arg(long)]
    pub own_buffer: bool,
}
