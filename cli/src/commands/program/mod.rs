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
mod show;
mod told;
mod upgrade;
mod upload;
mod verify;
mod write_buffer;

use anyhow::Result;

use crate::{
    args::{OutputFormat, ProgramCommand},
    output::print,
    session::Session,
};

/// Does a command about programs, and prints what came of it.
pub fn perform(session: &Session, command: &ProgramCommand, output: OutputFormat) -> Result<()> {
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
