//! `sluice-keeper`: a service that keeps pools going, and says how they are.
//!
//! One thread turns all pools one after another, since one key pays for all. The others answer questions
//! from what it has noted and judge it; they ask nodes nothing of a pool.

mod alerts;
mod around;
mod check;
mod chronicle;
mod claims;
mod facts;
mod http;
mod known;
mod leftover;
mod log;
mod metrics;
mod outcome;
mod page;
mod probe;
mod purse;
mod service;
mod settings;
mod stop;
mod store;
mod tables;
mod trouble;

use std::{
    env, iter,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::Parser;
use sluice_cli::{
    args::OutputFormat,
    failure::{Failure, exit_code},
    output,
    typed::{self, Typed},
};

use crate::settings::{FILE_VARIABLE, Settings};

/// Keeps Sluice pools going: prices epochs, moves stake, settles the queue, and serves a page and metrics
/// about it
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Configuration file in TOML. Variables such as SLUICE_KEEPER_URLS win over it
    #[arg(
        short = 'C',
        long,
        env = FILE_VARIABLE,
        default_value = "keeper.toml",
        value_name = "FILE"
    )]
    config: PathBuf,

    /// Check the configuration and the nodes, say what would be done now, and end
    #[arg(long)]
    check: bool,

    /// Send a test message to each webhook too
    #[arg(long, requires = "check")]
    test_alerts: bool,
}

/// Does what the command line says until a signal ends it.
pub fn run() -> ExitCode {
    match typed::read::<Arguments>() {
        Ok(Typed { arguments, .. }) => exit_code(
            OutputFormat::Table,
            perform(&arguments).map_err(Failure::from),
        ),
        Err(exit_code) => exit_code,
    }
}

/// Whether the configuration in a file makes sense, as `--check` says before it asks a node.
///
/// # Errors
///
/// With everything that is wrong in it, in words.
pub fn check_configuration(path: &Path) -> Result<()> {
    Settings::load(path, iter::empty()).map(drop)
}

fn perform(arguments: &Arguments) -> Result<()> {
    let variables = env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        Some((name, value))
    });
    let settings = Settings::load(&arguments.config, variables)?;
    if arguments.check {
        let tested = match arguments.test_alerts {
            true => check::webhooks(&settings)?,
            false => String::new(),
        };
        return output::write(&(check::check(&settings)? + &tested));
    }
    log::start(settings.log);
    service::run(&settings)
}
