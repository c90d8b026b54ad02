//! What is told about a program beside its code: its interface, and whom to tell about a weakness.

mod change;
mod cost;
mod show;
mod write;

use anyhow::{Context, Result, bail};
use sluice_client::{
    plan::program::metadata::{
        Kind, Metadata, PROGRAM_METADATA_PROGRAM, is_available, is_written, told_of,
    },
    pool::loader::LoaderAccount,
    words::amounts::sol,
};
use solana_pubkey::Pubkey;

pub use self::{
    cost::bill,
    write::{Written, kind_of, require_content_of, write},
};
use crate::{
    args::{AboutArgs, OutputFormat, ProgramMetadataCommand, SendMode},
    output::{announce, print},
    session::{Actor, Session},
};

/// The published client that writes the same accounts.
const NPM_CLIENT: &str = "@solana-program/program-metadata@0.7.0";

/// Does a command about what is told of a program, and prints what came of it.
pub fn perform(
    session: &Session,
    command: &ProgramMetadataCommand,
    output: OutputFormat,
) -> Result<()> {
    match command {
        ProgramMetadataCommand::Write(arguments) => {
            print(output, &write::write(session, arguments)?)
        }
        ProgramMetadataCommand::Show(arguments) => show::show(session, arguments, output),
        ProgramMetadataCommand::SetAuthority(arguments) => {
            print(output, &change::set_authority(session, arguments)?)
        }
        ProgramMetadataCommand::Close(arguments) => {
            print(output, &change::close(session, arguments)?)
        }
    }
}

/// Fails where a program's interface is not on the cluster: once nobody can upgrade the program, nobody can
/// write it any more.
pub fn require_interface(session: &Session, program: &Pubkey) -> Result<()> {
    if is_written(&session.rpc, program)? {
        return Ok(());
    }
    if !is_available(&session.rpc)? {
        bail!(
            "this cluster does not have the Program Metadata program ({PROGRAM_METADATA_PROGRAM}), which \
             keeps interfaces: once nobody can upgrade {program}, explorers can never read its interface. To \
             go on without it, pass --without-metadata. Nothing was sent"
        );
    }
    bail!(
        "the cluster does not have the interface of {program}, and once nobody can upgrade it, nobody can \
         ever write it. Deploy it without --final, write it with \
         `sluice program metadata write idl FILE --of {program}`, then give the program up. To go on \
         without it, pass --without-metadata. Nothing was sent"
    );
}

/// Fails where something is told of a program that is about to be closed: only its upgrade authority can take
/// it off the cluster, and a closed program has none.
pub fn require_none(session: &Session, program: &Pubkey) -> Result<()> {
    let told = told_of(&session.rpc, program)?;
    if told.is_empty() {
        return Ok(());
    }
    let rent_lamports = told
        .iter()
        .fold(0_u64, |sum, (_, rent)| sum.saturating_add(*rent));
    let commands = told
        .iter()
        .map(|(kind, _)| format!("`sluice program metadata close {kind} --of {program}`"));
    bail!(
        "the cluster keeps metadata of {program}, and once it is closed, nobody can close that: {} of rent \
         would be lost. First run {}. To close the program all the same, pass --keep-metadata. Nothing was \
         sent",
        sol(rent_lamports),
        commands.collect::<Vec<_>>().join(" and ")
    );
}

/// What a command is about.
struct About {
    program: Pubkey,
    kind: Kind,
}

impl From<&AboutArgs> for About {
    fn from(arguments: &AboutArgs) -> Self {
        Self {
            program: arguments.of.unwrap_or(sluice::ID),
            kind: arguments.kind.into(),
        }
    }
}

impl About {
    /// Fails where the cluster lacks the program that keeps these accounts, unless nothing is sent.
    fn require_available(&self, session: &Session, npm: &str) -> Result<()> {
        if is_available(&session.rpc)? {
            return Ok(());
        }
        if matches!(session.send_mode(), SendMode::Dump) {
            announce(format_args!(
                "This cluster does not have the Program Metadata program ({PROGRAM_METADATA_PROGRAM}): \
                 these messages fail until it has."
            ));
            return Ok(());
        }
        bail!(
            "this cluster does not have the Program Metadata program ({PROGRAM_METADATA_PROGRAM}), which \
             keeps what is told about programs. --send dump prints the messages for later; where the \
             program is, its own client does the same: `npx {NPM_CLIENT} {npm}`. Nothing was sent"
        );
    }

    /// Fails unless the actor may write what is told about the program: it is the upgrade authority, or
    /// the key that this one has let change it.
    fn require_writer(
        &self,
        session: &Session,
        actor: &Actor,
        told: Option<&Metadata>,
    ) -> Result<()> {
        let (own, program) = (actor.address(), &self.program);
        if told.is_some_and(|told| !told.is_mutable) {
            bail!("what is told about {program} was made final: nobody can change it");
        }
        let authority = self.upgrade_authority(session)?;
        let delegate = told.and_then(|told| told.authority);
        if authority == Some(own) || delegate == Some(own) {
            return Ok(());
        }
        match authority.or(delegate) {
            Some(may) => bail!(
                "{own} may not write what is told about {program}, {may} may: pass that key with \
                 --keypair; where it signs elsewhere, as a multisig does, pass its address and --send \
                 dump. Nothing was sent"
            ),
            None => bail!(
                "nobody can write what is told about {program} any more: it has no upgrade authority. \
                 Nothing was sent"
            ),
        }
    }

    fn upgrade_authority(&self, session: &Session) -> Result<Option<Pubkey>> {
        let account = LoaderAccount::load(&session.rpc, &self.program)?;
        match account {
            LoaderAccount::Program(..) => Ok(account.authority()),
            _ => bail!("{} is no program", self.program),
        }
    }
}

/// What nobody else may have changed since: the metadata of a program that has some.
fn present(session: &Session, about: &About) -> Result<Metadata> {
    let (program, kind) = (&about.program, about.kind);
    Metadata::load(&session.rpc, program, kind)?
        .with_context(|| format!("the cluster tells no {kind} of {program}"))
}
