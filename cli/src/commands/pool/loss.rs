//! An abnormal loss, and opening again what it has closed.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::{Event, PoolSnapshot, words::amounts::sol};
use sluice_math::Lamports;

use crate::{
    commands::authority::require_admin,
    moment::{Calendar, EpochStart},
    output::announce,
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A loss that has closed deposits and instant exits.
#[derive(Debug, Serialize)]
pub struct Loss {
    epoch: u64,
    /// Unknown once all of it is restored.
    lost_lamports: Option<u64>,
    restored_lamports: Option<u64>,
    unrestored_lamports: u64,
    /// When the queue is paid all the same.
    settles_from: EpochStart,
    /// When it ends by itself.
    ends: EpochStart,
}

/// A loss that closes nothing any more.
#[derive(Debug, Serialize)]
pub struct Acknowledged {
    pool: String,
    unrestored_lamports: u64,
    signature: String,
}

/// Opens again what an abnormal loss has closed.
pub fn acknowledge_loss(session: &Session) -> Result<Outcome<Acknowledged>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_admin(&snapshot, &actor)?;
    let loss = snapshot
        .loss_mode()?
        .context("no abnormal loss has closed anything: there is nothing to acknowledge")?;
    let pool = &snapshot.addresses;
    beforehand(session, &actor, Some(pool), &[])?;
    let will = session.will();
    announce(format_args!(
        "This {will} open deposits, instant exits, exits with stake and payments from the queue again, \
         at the price as it is."
    ));
    if !loss.unrestored.is_zero() {
        announce(format_args!(
            "The next gains {will} no longer restore the {} that are left of the loss: they drip like \
             all others then.",
            sol(loss.unrestored.get())
        ));
    }
    announce(format_args!(
        "The message names the loss of epoch {}, with {} of it left: if more is left when it is executed, or \
         the loss is another one, it is refused.",
        loss.epoch,
        sol(loss.unrestored.get())
    ));
    let acknowledge = pool.acknowledge_loss(actor.address(), loss.epoch, loss.unrestored);
    let transaction = Transaction::new([acknowledge]);
    let doing = "acknowledging the loss";
    perform(session, &actor, doing, transaction, |done| {
        let unrestored_lamports = done.event(|event| match event {
            Event::LossAcknowledged(loss) => Some(loss.unrestored_lamports),
            _ => None,
        })?;
        Ok(Acknowledged {
            pool: pool.pool.to_string(),
            unrestored_lamports,
            signature: done.signature,
        })
    })
}

impl Loss {
    /// The loss that closes something now, if there is one.
    pub fn of(snapshot: &PoolSnapshot, calendar: &Calendar<'_>) -> Result<Option<Self>> {
        let loss = snapshot.loss_mode()?;
        Ok(loss.map(|loss| Self {
            epoch: loss.epoch,
            lost_lamports: loss.lost.map(Lamports::get),
            restored_lamports: loss.restored.map(Lamports::get),
            unrestored_lamports: loss.unrestored.get(),
            settles_from: calendar.start_of(loss.settles_from_epoch),
            ends: calendar.start_of(loss.ends_epoch),
        }))
    }

    /// What was lost, and what is left of that.
    pub fn amounts(&self) -> String {
        match (self.lost_lamports, self.restored_lamports) {
            (Some(lost), Some(restored)) => format!(
                "{} in epoch {}; later gains have restored {} of it, {} are left",
                sol(lost),
                self.epoch,
                sol(restored),
                sol(self.unrestored_lamports)
            ),
            _ => format!("in epoch {}; later gains have restored it", self.epoch),
        }
    }

    /// What is closed, and until when.
    pub fn closed(&self) -> String {
        let ends = if self.ends.has_begun {
            "the pool is cranked".to_owned()
        } else {
            format!("{}, or until the admin acknowledges the loss", self.ends)
        };
        let queue = if self.settles_from.has_begun {
            String::new()
        } else {
            format!("; payments from the queue until {}", self.settles_from)
        };
        format!("deposits, instant exits and exits with stake until {ends}{queue}")
    }
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Acknowledged: everything in the pool {} is open again. {} of the loss were not restored.",
            self.pool,
            sol(self.unrestored_lamports)
        )
    }
}
