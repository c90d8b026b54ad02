//! `sluice-localnet`: a cluster to try Sluice on, and the story of a stake on it.

mod args;
mod cluster;
mod control;
mod demo;
mod fixture;
mod living;
mod page;
mod rehearsal;
mod said;
mod stage;
mod start;
mod wallet;

use std::process::ExitCode;

use anyhow::Result;
use sluice_cli::{
    config::Settings,
    failure::{Failure, exit_code},
    output::print,
    session::Session,
    typed::{self, Origins, Typed},
};

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let typed = match typed::read::<Arguments>() {
        Ok(typed) => typed,
        Err(exit_code) => return exit_code,
    };
    let Typed { arguments, origins } = typed;
    let output = arguments.global.output.format;
    exit_code(output, perform(arguments, origins).map_err(Failure::from))
}

fn perform(Arguments { global, command }: Arguments, origins: Origins) -> Result<()> {
    let output = global.output.format;
    match command {
        Command::Start(arguments) => start::start(&arguments, output),
        Command::Advance(arguments) => {
            let session = Session::open(Settings::load(global.into(), origins)?)?;
            print(output, &control::advance(&session.rpc, arguments)?)
        }
        Command::Airdrop(arguments) => {
            let session = Session::open(Settings::load(global.into(), origins)?)?;
            let to = session.address_or_own(arguments.to)?;
            print(
                output,
                &control::airdrop(&session.rpc, to, arguments.amount)?,
            )
        }
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Rehearse(arguments) => rehearsal::run(&arguments),
        Command::Living(arguments) => living::run(&arguments, output),
        Command::Fixture(arguments) => fixture::write(&arguments, output),
    }
}
