//! `sluice`: liquid staking from the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_cli::run()
}
