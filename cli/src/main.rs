//! `sluice`: liquid staking from the command line.

use std::process::ExitCode;

use clap::Parser;
use sluice_cli::{args::Arguments, failure::exit_code, perform, usage};

fn main() -> ExitCode {
    let arguments = Arguments::try_parse();
    exit_code(perform(arguments.unwrap_or_else(|error| {
        usage::as_typed::<Arguments>(error).exit()
    })))
}
