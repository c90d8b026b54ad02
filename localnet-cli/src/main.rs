//! `sluice-localnet`: a cluster to try Sluice on, and the story of a stake on it.

mod args;
mod cluster;
mod control;
mod demo;
mod start;
mod wallet;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use sluice_cli::{config::Settings, failure::exit_code, output::print, session::Session, usage};

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::try_parse();
    exit_code(perform(arguments.unwrap_or_else(|error| {
        usage::as_typed::<Arguments>(error).exit()
    })))
}

fn perform(Arguments { global, command }: Arguments) -> Result<()> {
    let output = global.output.format;
    match command {
        Command::Start(arguments) => start::start(&arguments, output),
        Command::Advance(arguments) => {
            let session = Session::open(Settings::load(global.into())?)?;
            print(output, &control::advance(&session.rpc, arguments)?)
        }
        Command::Airdrop(arguments) => {
            let session = Session::open(Settings::load(global.into())?)?;
            let to = session.address_or_own(arguments.to)?;
            print(
                output,
                &control::airdrop(&session.rpc, to, arguments.amount)?,
            )
        }
        Command::Demo(arguments) => demo::run(&arguments),
    }
}
