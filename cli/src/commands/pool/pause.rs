//! Pausing deposits and delegation.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice::state::{PAUSE_EPOCHS, PAUSE_WINDOW_EPOCHS};
use sluice_client::{Event, PauseStatus, PoolSnapshot};

use crate::{
    commands::authority::{require_guardian, require_guardian_or_admin},
    moment::{Calendar, EpochStart},
    output::announce,
    session::Session,
    transaction::{Outcome, Transaction, perform},
};

/// Whether deposits and delegation are paused, and how long the guardian could pause them.
#[derive(Debug, Serialize)]
pub struct Pause {
    /// When they go on.
    until: Option<EpochStart>,
    /// Epochs that a pause begun now would last, this one included.
    available_epochs: u64,
    /// When a pause could begin.
    available_from: EpochStart,
}

/// A pause that began.
#[derive(Debug, Serialize)]
pub struct Paused {
    pool: String,
    epoch: u64,
    until: EpochStart,
    signature: String,
}

/// A pause that was ended.
#[derive(Debug, Serialize)]
pub struct Unpaused {
    pool: String,
    epoch: u64,
    available_epochs: u64,
    signature: String,
}

/// Pauses the configured pool for as long as the guardian may.
pub fn pause(session: &Session) -> Result<Outcome<Paused>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_guardian(&snapshot, &actor)?;
    let calendar = Calendar::measure(session, &snapshot)?;
    let epoch = snapshot.cluster.clock.epoch;
    let status = snapshot.pause_status();
    require_pausable(&status, &calendar)?;
    let epochs = status.available_epochs;
    announce(format_args!(
        "Deposits and delegation stop for {}, this one included: until {}. Exits go on.",
        count(epochs),
        calendar.start_of(epoch.saturating_add(epochs))
    ));
    announce(format_args!(
        "The guardian may pause {PAUSE_EPOCHS} epochs of any {PAUSE_WINDOW_EPOCHS}, and this takes \
         all that is left; `sluice pool unpause` gives back what is not needed."
    ));

    let pool = &snapshot.addresses;
    let transaction = Transaction::new([pool.pause(actor.address())]);
    perform(session, &actor, "pausing", transaction, |done| {
        let until_epoch = done.event(|event| match event {
            Event::PoolPaused(paused) => Some(paused.until_epoch),
            _ => None,
        })?;
        Ok(Paused {
            pool: pool.pool.to_string(),
            epoch,
            until: calendar.start_of(until_epoch),
            signature: done.signature,
        })
    })
}

/// The program would begin the same pause again, and refuse where nothing is left of it.
fn require_pausable(status: &PauseStatus, calendar: &Calendar<'_>) -> Result<()> {
    if let Some(until) = status.until_epoch {
        bail!(
            "the pool is paused already, until {}, and that is as long as the guardian may",
            calendar.start_of(until)
        );
    }
    if status.available_epochs == 0 {
        bail!(
            "the guardian has used up its {PAUSE_EPOCHS} epochs of any {PAUSE_WINDOW_EPOCHS}, and \
             may pause again from {}",
            calendar.start_of(status.available_from_epoch)
        );
    }
    Ok(())
}

/// Ends the pause of the configured pool.
pub fn unpause(session: &Session) -> Result<Outcome<Unpaused>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_guardian_or_admin(&snapshot, &actor)?;
    let Some(until) = snapshot.pause_status().until_epoch else {
        bail!("the pool is not paused: deposits need no help");
    };
    announce(format_args!(
        "Deposits and delegation go on now, and not only from epoch {until}."
    ));
    let pool = &snapshot.addresses;
    let transaction = Transaction::new([pool.unpause(actor.address(), until)]);
    perform(session, &actor, "ending the pause", transaction, |done| {
        let epoch = done.event(|event| match event {
            Event::PoolUnpaused(unpaused) => Some(unpaused.epoch),
            _ => None,
        })?;
        Ok(Unpaused {
            pool: pool.pool.to_string(),
            epoch,
            available_epochs: session
                .snapshot_afterwards(pool)?
                .pause_status()
                .available_epochs,
            signature: done.signature,
        })
    })
}

impl Pause {
    pub fn new(snapshot: &PoolSnapshot, calendar: &Calendar<'_>) -> Self {
        let status = snapshot.pause_status();
        Self {
            until: status.until_epoch.map(|epoch| calendar.start_of(epoch)),
            available_epochs: status.available_epochs,
            available_from: calendar.start_of(status.available_from_epoch),
        }
    }
}

/// `1 epoch`, `5 epochs`.
fn count(epochs: u64) -> String {
    match epochs {
        1 => "1 epoch".to_owned(),
        _ => format!("{epochs} epochs"),
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.until, self.available_epochs) {
            (Some(until), _) => write!(formatter, "deposits and delegation, until {until}"),
            (None, 0) => write!(
                formatter,
                "none, and the guardian may not begin one before {}",
                self.available_from
            ),
            (None, epochs) => write!(
                formatter,
                "none; the guardian may begin one of {}, this one included",
                count(epochs)
            ),
        }
    }
}

impl fmt::Display for Paused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Paused: deposits and delegation, until {}. `sluice pool unpause` ends it before.",
            self.until
        )
    }
}

impl fmt::Display for Unpaused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Deposits and delegation go on. The guardian may begin another pause of {}, this one \
             included.",
            count(self.available_epochs)
        )
    }
}
