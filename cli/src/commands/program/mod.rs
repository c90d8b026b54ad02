//! Programs and who may change them: everything that the upgradeable loader does.

mod address;
mod authority;
mod close;
mod cost;
mod deploy;
mod extend;
mod file;
mod layout;
mod live;
mod metadata;
mod pools;
mod settled;
mod show;
mod told;
mod upgrade;
mod upload;
mod verify;
mod write_buffer;

use anyhow::Result;
use settled::Settled;

use crate::{
    args::{OutputFormat, ProgramCommand, ProgramMetadataCommand},
    output::print,
    session::Session,
};

/// Does a command about programs, and prints what came of it. What earlier commands have sent is settled
/// before anything is read that a plan is made of.
pub fn perform(session: &Session, command: &ProgramCommand, output: OutputFormat) -> Result<()> {
    let only_reads = matches!(
        command,
        ProgramCommand::Show(_)
            | ProgramCommand::Verify(_)
            | ProgramCommand::Metadata(ProgramMetadataCommand::Show(_))
    );
    let settled = match only_reads {
        true => Settled::default(),
        false => Settled::before_reading(session, command)?,
    };
    let done = perform_settled(session, command, output);
    done.map_err(|error| settled.explain(session, error))
}

fn perform_settled(
    session: &Session,
    command: &ProgramCommand,
    output: OutputFormat,
) -> Result<()> {
    match command {
        ProgramCommand::Deploy(arguments) => print(output, &deploy::deploy(session, arguments)?),
        ProgramCommand::Upgrade(arguments) => print(output, &upgrade::upgrade(session, arguments)?),
        ProgramCommand::WriteBuffer(arguments) => {
            print(output, &write_buffer::write(session, arguments)?)
        }
        ProgramCommand::Show(arguments) => show::show(session, arguments, output),
        ProgramCommand::Verify(arguments) => verify::verify(session, arguments, output),
        ProgramCommand::SetAuthority(arguments) => {
            print(output, &authority::set(session, arguments)?)
        }
        ProgramCommand::Extend(arguments) => print(output, &extend::extend(session, arguments)?),
        ProgramCommand::Close(arguments) => close::close(session, arguments, output),
        ProgramCommand::Metadata(command) => metadata::perform(session, command, output),
    }
}
