//! What earlier commands left undecided is settled before a plan is made: what the cluster shows before
//! that may not be so any more a moment later.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Error, Result, bail};
use sluice_client::{Outlook, Pending};
use solana_pubkey::Pubkey;

use crate::{
    args::SendMode,
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
pub struct Settled(Vec<(Pending, Outlook)>);

impl Settled {
    /// Looks them up, and waits for those that may be on their way, until they are done or should be.
    /// Nothing where nothing is sent.
    pub fn before_reading(session: &Session) -> Result<Self> {
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
        tell(session, &known)?;
        let slots = known.iter().filter_map(|(_, outlook)| match outlook {
            Outlook::Landed { slot } | Outlook::Failed { slot } => Some(*slot),
            Outlook::NeverArrived | Outlook::Undecided => None,
        });
        // Whatever is read then is of later, and the loader changes a program only once in a slot.
        if let Some(last) = slots.max() {
            session.wait_beyond(last)?;
        }
        Ok(Self(known))
    }

    /// An error, with what may be the reason for it.
    pub fn explain(&self, error: Error) -> Error {
        let open = self
            .0
            .iter()
            .find(|(entry, outlook)| *outlook == Outlook::Undecided && is_of_programs(&entry.what));
        match open {
            Some((entry, _)) if !sentence(&error).contains(&entry.signature) => error.context(format!(
                "transaction {} of an earlier command may have been executed meanwhile, so that this may be \
                 no fault: run the same command again once `sluice pending` says what became of it",
                entry.signature
            )),
            _ => error,
        }
    }
}

fn may_be_under_way((entry, outlook): &(Pending, Outlook)) -> bool {
    *outlook == Outlook::Undecided && entry.age_seconds() < ARRIVAL.as_secs()
}

fn is_of_programs(what: &str) -> bool {
    what.split(", ")
        .any(|name| OF_PROGRAMS.iter().any(|program| name.starts_with(program)))
}

/// Fails where an extension of this program of before may still arrive: a second one would be paid, too.
pub fn require_no_extension(session: &Session, program: &Pubkey) -> Result<()> {
    tell_pending(session)?;
    let program = Some(program.to_string());
    let left = session.left_behind();
    let open = left.iter().find(|(entry, outlook)| {
        let is_extension = entry.what.contains(EXTENSION) && entry.about == program;
        *outlook == Outlook::Undecided && is_extension
    });
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
