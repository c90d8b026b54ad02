//! Arguments about a pool as a file.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct SetArgs {
    /// The file, as `sluice pool export` writes one
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Let weights be proposed that earn most, under the caps of the file's table for that
    #[arg(long)]
    pub optimise: bool,
}
