//! `sluice`: liquid staking from the command line.

mod args;
mod commands;
mod config;
mod failure;
mod output;
mod progress;
mod wallet;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::{
    args::{Arguments, Command, LocalnetArgs, LocalnetCommand},
    commands::localnet,
    config::Settings,
    output::print,
};

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let outcome = match Settings::load(global) {
        Ok(settings) => perform(&settings, command).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", failure::sentence(&error));
            ExitCode::FAILURE
        }
    }
}

async fn perform(settings: &Settings, command: Command) -> Result<()> {
    match command {
        Command::Localnet(arguments) => perform_localnet(settings, arguments).await,
        _ => unreachable!(),
    }
}

async fn perform_localnet(settings: &Settings, arguments: LocalnetArgs) -> Result<()> {
    let output = settings.output;
    let rpc = || settings.url().map(|url| solana_rpc_client::nonblocking::rpc_client::RpcClient::new(url.to_owned()));
    match arguments.command {
        None => {
            let running = localnet::Running::start(&arguments.start).await?;
            print(output, &running.report(&arguments.start))?;
            running.until_interrupted().await
        }
        Some(LocalnetCommand::Advance(advance)) => {
            print(output, &localnet::advance(&rpc()?, advance).await?)
        }
        Some(LocalnetCommand::Airdrop(airdrop)) => {
            let to = match airdrop.to {
                Some(to) => to,
                None => solana_signer::Signer::pubkey(&settings.keypair()?),
            };
            print(output, &localnet::airdrop(&rpc()?, to, airdrop.amount).await?)
        }
    }
}
