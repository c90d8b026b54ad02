//! Arguments about transactions that wait for signatures.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct SignArgs {
    /// The file: what `--send dump --output json` printed
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Where to write the file with the signatures [default: where it was]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Sign also instructions that cannot be put into words
    #[arg(long)]
    pub allow_unknown_programs: bool,
}

#[derive(Debug, Args)]
pub struct SendArgs {
    /// The file, or several copies of it that different people have signed
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}
