//! Taking an announced change back.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::Event;

use super::unit;
use crate::{
    args::CancelArgs,
    commands::authority::require_admin,
    output::announce,
    parameters::{Setting, name, shown},
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A change that waits no longer.
#[derive(Debug, Serialize)]
pub struct Cancelled {
    pool: String,
    name: &'static str,
    unit: &'static str,
    value: Setting,
    cancelled_value: Setting,
    signature: String,
}

/// Takes an announced change back.
pub fn cancel(session: &Session, arguments: &CancelArgs) -> Result<Outcome<Cancelled>> {
    let parameter = arguments.parameter;
    let name = name(parameter);
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_admin(&snapshot, &actor)?;
    let value = snapshot.pool.parameters().get(parameter);
    let change = snapshot
        .pool
        .governance
        .pending_change(parameter)
        .with_context(|| {
            format!("no change of {name} waits: `sluice pool config show` shows those that do")
        })?;
    let pool = &snapshot.addresses;
    beforehand(session, &actor, Some(pool), &[])?;
    announce(format_args!(
        "This {} take back that {name} becomes {} in epoch {}: it stays {} then.",
        session.will(),
        shown(parameter, change.value),
        change.from_epoch,
        shown(parameter, value)
    ));
    let cancel = pool.cancel_change(actor.address(), parameter, change);
    let transaction = Transaction::new([cancel]).repeatable();
    let doing = "taking the change back";
    perform(session, &actor, doing, transaction, |done| {
        let cancelled_value = done.event(|event| match event {
            Event::ChangeCancelled(change) => Some(change.value),
            _ => None,
        })?;
        Ok(Cancelled {
            pool: pool.pool.to_string(),
            name,
            unit: unit(parameter),
            value: Setting { parameter, value },
            cancelled_value: Setting {
                parameter,
                value: cancelled_value,
            },
            signature: done.signature,
        })
    })
}

impl fmt::Display for Cancelled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Taken back: {} of the pool {} stays {}.",
            self.name, self.pool, self.value
        )
    }
}
