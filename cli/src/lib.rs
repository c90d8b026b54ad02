//! `sluice`: liquid staking from the command line.
//!
//! What is public here serves the commands of other binaries that connect, print and fail in the
//! same way.

pub mod args;
mod bound;
mod commands;
pub mod config;
mod confirm;
pub mod failure;
mod local_book;
pub mod moment;
mod new_accounts;
mod next;
pub mod output;
pub mod parameters;
pub mod progress;
pub mod session;
pub mod signers;
mod tokens;
mod transaction;
mod transaction_file;
pub mod typed;
mod usage;
mod version;

use std::process::ExitCode;

use anyhow::Result;
pub use commands::pool::yields;

use crate::{
    args::{
        Arguments, ClientConfigCommand, Command, ConfigCommand, GlobalArgs, KeypairCommand,
        LocalCommand, MetadataCommand, OutputFormat, PoolCommand, RateArgs, RewardsArgs,
        RoleCommand, StakeAccountCommand, TablesCommand, TicketsArgs, TicketsCommand, TopCommand,
        ValidatorCommand,
    },
    commands::{
        calendar, claim, client_config, convert, crank, custody, keypair, pages, pending,
        pool::{self, metadata, role},
        program, rewards, stake, stake_account, tables, tickets, unstake, validator,
    },
    config::Settings,
    failure::{Failure, exit_code, misuse},
    output::{print, print_difference, write},
    session::Session,
    typed::{Origins, Typed},
};

/// Does what was typed, and prints what came of it.
pub fn run() -> ExitCode {
    let typed = match typed::read::<Arguments>() {
        Ok(typed) => typed,
        Err(exit_code) => return exit_code,
    };
    let Typed { arguments, origins } = typed;
    let output = arguments.global.output.format;
    exit_code(output, perform(arguments, origins))
}

fn perform(Arguments { global, command }: Arguments, origins: Origins) -> Result<(), Failure> {
    let output = global.output.format;
    match command {
        TopCommand::Local(command) => Ok(perform_alone(global, origins, command)?),
        TopCommand::OnCluster(command) => {
            let session = Session::open(Settings::load(global, origins)?)?;
            let done = perform_on_cluster(&session, command, output);
            session.tell_set_aside();
            let done = done.map_err(|error| Failure::after(session.signatures(), error));
            // Of what could not be printed the journal still knows.
            if done
                .as_ref()
                .err()
                .is_none_or(|failure| !failure.is_unread())
            {
                session.strike_out_told();
            }
            done
        }
    }
}

/// What needs no cluster.
fn perform_alone(global: GlobalArgs, origins: Origins, command: LocalCommand) -> Result<()> {
    let output = global.output.format;
    match command {
        LocalCommand::Sign(arguments) => {
            let settings = Settings::load(global, origins)?;
            print(output, &custody::sign(&settings, &arguments)?)
        }
        LocalCommand::Keypair(KeypairCommand::New(arguments)) => {
            print(output, &keypair::new(&arguments.file)?)
        }
        LocalCommand::Config(ClientConfigCommand::Show) => {
            let settings = Settings::load(global, origins)?;
            print(output, &client_config::show(&settings)?)
        }
        LocalCommand::Completions(arguments) => pages::completions(arguments),
        LocalCommand::Man(arguments) => print(output, &pages::man(&arguments)?),
    }
}

fn perform_on_cluster(session: &Session, command: Command, output: OutputFormat) -> Result<()> {
    match command {
        Command::Stake(arguments) => print(output, &stake::stake(session, &arguments)?),
        Command::Unstake(arguments) => print(output, &unstake::unstake(session, &arguments)?),
        Command::StakeAccount(command) => perform_stake_account(session, &command, output),
        Command::Convert(arguments) => print(output, &convert::convert(session, &arguments)?),
        Command::Claim(arguments) => claim::claim(session, &arguments, output),
        Command::Calendar(arguments) => print(output, &calendar::show(session, arguments)?),
        Command::Rewards(arguments) => perform_rewards(session, &arguments, output),
        Command::Tickets(arguments) => perform_tickets(session, arguments, output),
        Command::Pool(command) => perform_pool(session, &command, output),
        Command::Validator(command) => perform_validator(session, command, output),
        Command::Pending(arguments) => print(output, &pending::pending(session, &arguments)?),
        Command::Crank(arguments) => crank::crank(session, arguments, output),
        Command::Tables(TablesCommand::List) => print(output, &tables::list(session)?),
        Command::Tables(TablesCommand::Close(arguments)) => {
            tables::close(session, &arguments, output)
        }
        Command::Program(command) => program::perform(session, &command, output),
        Command::Send(arguments) => print(output, &custody::send(session, &arguments)?),
    }
}

fn perform_stake_account(
    session: &Session,
    command: &StakeAccountCommand,
    output: OutputFormat,
) -> Result<()> {
    match command {
        StakeAccountCommand::List(arguments) => {
            print(output, &stake_account::list(session, *arguments)?)
        }
        StakeAccountCommand::Deposit(arguments) => {
            print(output, &stake_account::deposit(session, arguments)?)
        }
        StakeAccountCommand::Withdraw(arguments) => {
            print(output, &stake_account::withdraw(session, arguments)?)
        }
    }
}

fn perform_tickets(session: &Session, arguments: TicketsArgs, output: OutputFormat) -> Result<()> {
    let search = arguments.search();
    match arguments.command {
        None => print(output, &tickets::list(session, arguments.owner, search)?),
        Some(TicketsCommand::Cancel { ticket }) => {
            print(output, &tickets::cancel(session, ticket)?)
        }
        Some(TicketsCommand::Transfer {
            ticket,
            to,
            program_owned,
        }) => print(
            output,
            &tickets::transfer(session, ticket, to, program_owned)?,
        ),
        Some(TicketsCommand::Note { ticket }) => print(output, &tickets::note(session, ticket)?),
    }
}

fn perform_pool(session: &Session, command: &PoolCommand, output: OutputFormat) -> Result<()> {
    match command {
        PoolCommand::Create(arguments) => print(output, &pool::create(session, arguments)?),
        PoolCommand::Show => print(output, &pool::show(session)?),
        PoolCommand::List => print(output, &pool::list(session)?),
        PoolCommand::History(arguments) => print(output, &pool::history(session, *arguments)?),
        PoolCommand::Yield(arguments) => print(output, &pool::explain_yield(session, arguments)?),
        PoolCommand::Export => print(output, &pool::export(session)?),
        PoolCommand::Plan(arguments) => print_difference(output, &pool::plan(session, arguments)?),
        PoolCommand::Apply(arguments) => print(output, &pool::apply(session, arguments)?),
        PoolCommand::Verify(arguments) => pool::verify(session, arguments, output),
        PoolCommand::Migrate => print(output, &pool::migrate(session)?),
        PoolCommand::Metadata(command) => perform_metadata(session, command, output),
        PoolCommand::Config(command) => perform_config(session, command, output),
        PoolCommand::Role(command) => perform_role(session, command, output),
        PoolCommand::Pause => print(output, &pool::pause(session)?),
        PoolCommand::Unpause => print(output, &pool::unpause(session)?),
        PoolCommand::AcknowledgeLoss => print(output, &pool::acknowledge_loss(session)?),
    }
}

fn perform_metadata(
    session: &Session,
    command: &MetadataCommand,
    output: OutputFormat,
) -> Result<()> {
    match command {
        MetadataCommand::Show => print(output, &metadata::show(session)?),
        MetadataCommand::Set(arguments) => print(output, &metadata::set(session, arguments)?),
        MetadataCommand::HandOver(arguments) => {
            print(output, &metadata::hand_over(session, *arguments)?)
        }
    }
}

fn perform_config(session: &Session, command: &ConfigCommand, output: OutputFormat) -> Result<()> {
    match command {
        ConfigCommand::Show => print(output, &pool::config::show(session)?),
        ConfigCommand::Schedule(arguments) => {
            print(output, &pool::config::schedule(session, arguments)?)
        }
        ConfigCommand::Cancel(arguments) => {
            print(output, &pool::config::cancel(session, arguments)?)
        }
    }
}

fn perform_role(session: &Session, command: &RoleCommand, output: OutputFormat) -> Result<()> {
    match command {
        RoleCommand::Show => print(output, &role::show(session)?),
        RoleCommand::NominateAdmin(arguments) => {
            print(output, &role::nominate(session, *arguments)?)
        }
        RoleCommand::AcceptAdmin => print(output, &role::accept(session)?),
        RoleCommand::SetCurator(arguments) => {
            print(output, &role::set_curator(session, *arguments)?)
        }
        RoleCommand::SetGuardian(arguments) => {
            print(output, &role::set_guardian(session, *arguments)?)
        }
        RoleCommand::SetTreasury(arguments) => {
            print(output, &role::set_treasury(session, *arguments)?)
        }
    }
}

fn perform_validator(
    session: &Session,
    command: ValidatorCommand,
    output: OutputFormat,
) -> Result<()> {
    match command {
        ValidatorCommand::Add(arguments) => print(output, &validator::add(session, &arguments)?),
        ValidatorCommand::Weight(arguments) => {
            print(output, &validator::weigh(session, arguments)?)
        }
        ValidatorCommand::Retire(arguments) => {
            print(output, &validator::retire(session, arguments)?)
        }
        ValidatorCommand::Replace(arguments) => {
            print(output, &validator::replace(session, arguments)?)
        }
        ValidatorCommand::Close(arguments) => print(output, &validator::close(session, arguments)?),
        ValidatorCommand::List => print(output, &validator::list(session)?),
        ValidatorCommand::Explain(arguments) => {
            print(output, &validator::explain(session, arguments)?)
        }
        ValidatorCommand::Rate(arguments) => perform_rate(session, &arguments, output),
        ValidatorCommand::Eject(arguments) => print(output, &validator::eject(session, arguments)?),
    }
}

fn perform_rewards(session: &Session, arguments: &RewardsArgs, output: OutputFormat) -> Result<()> {
    let format = rewards::csv_format(arguments);
    if format.is_some() && output == OutputFormat::Json {
        return Err(misuse(
            "--csv and --output json are two formats: choose one",
        ));
    }
    let statement = rewards::rewards(session, arguments)?;
    match format {
        Some(format) => write(&statement.csv(format, &arguments.symbol)?),
        None => print(output, &statement),
    }
}

fn perform_rate(session: &Session, arguments: &RateArgs, output: OutputFormat) -> Result<()> {
    if arguments.csv && output == OutputFormat::Json {
        return Err(misuse(
            "--csv and --output json are two formats: choose one",
        ));
    }
    let rated = validator::rate(session, arguments)?;
    match arguments.csv {
        true => write(&rated.csv()?),
        false => print(output, &rated),
    }
}
