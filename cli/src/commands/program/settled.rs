//! What earlier commands left undecided is settled before a plan is made: what the cluster shows before
//! that may not be so any more a moment later.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Error, Result, bail};
use sluice_client::{ClientError, LoaderError, Outlook, Pending, pool::loader::LoaderAccount};
use solana_pubkey::Pubkey;

use crate::{
    args::{ProgramCommand, SendMode},
    commands::pending::{tell, tell_pending},
    failure::sentence,
    progress::Progress,
    session::Session,
};

/// Within this time after its signing a transaction is executed that was sent, nearly always.
const ARRIVAL: Duration = Duration::from_secs(8);
const STEP: Duration = Duration::from_millis(500);
/// What the journal calls an extension of a program.
const EXTENSION: &str = "extend_program";
/// How the journal begins the names of what changes programs, and what is told about them.
const OF_PROGRAMS: [&str; 2] = ["Upgradeable Loader ", "Program Metadata "];

/// What is known of them.
#[derive(Default)]
pub struct Settled {
    known: Vec<(Pending, Outlook)>,
    /// Extensions of the program that is to be extended: whoever sends another one tells of them.
    same: Vec<(Pending, Outlook)>,
    /// The program or the buffer that the command names, where it names one.
    named: Option<Pubkey>,
}

impl Settled {
    /// Looks them up, and waits for those that may be on their way, until they are done or should be.
    /// Nothing where nothing is sent. Says what became of them, but for what has perhaps extended the
    /// program that the command extends.
    pub fn before_reading(session: &Session, command: &ProgramCommand) -> Result<Self> {
        if !matches!(session.send_mode(), SendMode::Send | SendMode::Propose) {
            return Ok(Self::default());
        }
        session.look_behind()?;
        let until = Instant::now() + ARRIVAL;
        let is_awaited = || session.left_behind().iter().any(may_be_under_way);
        if is_awaited() {
            let _progress = Progress::spinner("waiting for what an earlier command has sent");
            while is_awaited() && Instant::now() < until {
                thread::sleep(STEP);
                session.look_behind()?;
            }
        }
        let known = session.left_behind();
        let named = named(command);
        let extended = matches!(command, ProgramCommand::Extend(_))
            .then_some(named)
            .flatten();
        let is_same = |seen: &(Pending, Outlook)| {
            extended.is_some_and(|program| has_perhaps_extended(seen, &program))
        };
        let (same, others): (Vec<_>, Vec<_>) = known.iter().cloned().partition(is_same);
        tell(session, &others)?;
        let slots = known.iter().filter_map(|(_, outlook)| match outlook {
            Outlook::Landed { slot } | Outlook::Failed { slot } => Some(*slot),
            Outlook::NeverArrived | Outlook::Undecided => None,
        });
        // Whatever is read then is of later, and the loader changes a program only once in a slot.
        if let Some(last) = slots.max() {
            session.wait_beyond(last)?;
        }
        Ok(Self { known, same, named })
    }

    /// An error, with what may be the reason for it. Says what nobody has said until then.
    pub fn explain(&self, session: &Session, error: Error) -> Error {
        let said = sentence(&error);
        let is_unsaid = |seen: &&(Pending, Outlook)| !said.contains(&seen.0.signature);
        let unsaid: Vec<_> = self.same.iter().filter(is_unsaid).cloned().collect();
        let error = match tell(session, &unsaid) {
            Ok(()) => error,
            Err(untold) => error.context(untold),
        };
        let mut known = self.known.iter();
        let open = known.find(|(entry, outlook)| {
            *outlook == Outlook::Undecided
                && is_of_programs(&entry.what)
                && self.may_concern(session, entry)
        });
        match open {
            Some(open @ (entry, _)) if is_unsaid(&open) => error.context(format!(
                "transaction {} of an earlier command may have been executed meanwhile, so that this may be \
                 no fault: run the same command again once `sluice pending` says what became of it",
                entry.signature
            )),
            _ => error,
        }
    }

    /// Whether a transaction may have changed what the command is about. One of another program has not; but it
    /// may have used up a buffer.
    fn may_concern(&self, session: &Session, entry: &Pending) -> bool {
        let (Some(about), Some(named)) = (&entry.about, &self.named) else {
            return true;
        };
        *about == named.to_string() || !is_program(session, named)
    }
}

/// Whether a program is at an address, or was until it was closed.
fn is_program(session: &Session, address: &Pubkey) -> bool {
    matches!(
        LoaderAccount::load(&session.rpc, address),
        Ok(LoaderAccount::Program(..)) | Err(ClientError::Loader(LoaderError::Closed { .. }))
    )
}

/// The program or the buffer that a command names.
fn named(command: &ProgramCommand) -> Option<Pubkey> {
    match command {
        ProgramCommand::Upgrade(arguments) => Some(arguments.program),
        ProgramCommand::SetAuthority(arguments) => Some(arguments.address),
        ProgramCommand::Extend(arguments) => Some(arguments.program),
        ProgramCommand::Close(arguments) => arguments.address,
        _ => None,
    }
}

fn may_be_under_way((entry, outlook): &(Pending, Outlook)) -> bool {
    *outlook == Outlook::Undecided && entry.age_seconds() < ARRIVAL.as_secs()
}

fn is_of_programs(what: &str) -> bool {
    what.split(", ")
        .any(|name| OF_PROGRAMS.iter().any(|program| name.starts_with(program)))
}

fn has_perhaps_extended((entry, outlook): &(Pending, Outlook), program: &Pubkey) -> bool {
    matches!(outlook, Outlook::Landed { .. } | Outlook::Undecided)
        && entry.what.contains(EXTENSION)
        && entry.about == Some(program.to_string())
}

/// Fails where an extension of this program of before may still arrive: a second one would be paid, too.
pub fn require_no_extension(session: &Session, program: &Pubkey) -> Result<()> {
    tell_pending(session)?;
    let left = session.left_behind();
    let open = left
        .iter()
        .find(|seen| seen.1 == Outlook::Undecided && has_perhaps_extended(seen, program));
    match open {
        None => Ok(()),
        Some((entry, _)) => bail!(
            "transaction {} of an earlier command may still arrive, and gives a program more room: a \
             second one would be paid as well. Run the same command again \
             once `sluice pending` says what became of it, within five minutes",
            entry.signature
        ),
    }
}
