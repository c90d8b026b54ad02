//! Programs and who may change them: everything that the upgradeable loader does.

mod show;

use anyhow::{Result, bail};

use crate::{
    args::{OutputFormat, ProgramCommand},
    output::print,
    session::Session,
};

/// Does a command about programs, and prints what came of it.
pub fn perform(session: &Session, command: &ProgramCommand, output: OutputFormat) -> Result<()> {
    match command {
        ProgramCommand::Show(arguments) => print(output, &show::show(session, arguments)?),
        _ => bail!("not yet"),
    }
}
