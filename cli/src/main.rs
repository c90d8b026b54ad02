//! `sluice`: liquid staking from the command line.

use std::process::ExitCode;

use clap::Parser;
use sluice_cli::{args::Arguments, failure::exit_code, perform};

fn main() -> ExitCode {
    exit_code(perform(Arguments::parse()))
}
