//! Pausing deposits and delegation.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice::state::{PAUSE_EPOCHS, PAUSE_WINDOW_EPOCHS};
use sluice_client::{Event, PauseStatus, PoolSnapshot, words::amounts::counted};

use crate::{
    commands::authority::{require_guardian, require_guardian_or_admin},
    moment::{Calendar, EpochStart},
    output::announce,
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
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
    let pool = &snapshot.addresses;
    beforehand(session, &actor, Some(pool), &[])?;
    let will = session.will();
    announce(format_args!(
        "This {will} stop deposits and delegation for {}, this one included: until {}. Exits go on.",
        counted(epochs, "epoch"),
        calendar.start_of(epoch.saturating_add(epochs))
    ));
    announce(format_args!(
        "The guardian may pause {PAUSE_EPOCHS} epochs of any {PAUSE_WINDOW_EPOCHS}, and this {will} \
         take all that is left; `sluice pool unpause` gives back what is not needed."
    ));
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
    let pool = &snapshot.addresses;
    beforehand(session, &actor, Some(pool), &[])?;
    announce(format_args!(
        "This {} let deposits and delegation go on at once, and not only from epoch {until}.",
        session.will()
    ));
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
                counted(epochs, "epoch")
            ),
        }
    }
}

impl fmt::Display for Paused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Paused: deposits and delegation of the pool {}, until {}. `sluice pool unpause` ends it \
             before.",
            self.pool, self.until
        )
    }
}

impl fmt::Display for Unpaused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Deposits and delegation of the pool {} go on. The guardian may begin another pause of {}, \
             this one included.",
            self.pool,
            counted(self.available_epochs, "epoch")
        )
    }
}
