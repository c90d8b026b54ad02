//! Announcing another value of a parameter.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice::state::Parameter;
use sluice_client::{ClientError, Event, PlannedChange, PoolSnapshot};

use super::unit;
use crate::{
    args::ScheduleArgs,
    commands::authority::require_admin,
    moment::{Calendar, EpochStart},
    output::announce,
    parameters::{Setting, name, read, shown},
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A change that waits now.
#[derive(Debug, Serialize)]
pub struct Scheduled {
    pool: String,
    name: &'static str,
    unit: &'static str,
    before: Setting,
    value: Setting,
    can_cost: bool,
    from: EpochStart,
    signature: String,
}

/// Announces another value. What it will do is said before anything is sent.
pub fn schedule(session: &Session, arguments: &ScheduleArgs) -> Result<Outcome<Scheduled>> {
    let parameter = arguments.parameter;
    let value = read(parameter, &arguments.value)?;
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_admin(&snapshot, &actor)?;
    let planned = plan(&snapshot, parameter, value)?;
    let from = Calendar::measure(session, &snapshot)?.start_of(planned.from_epoch);
    let pool = &snapshot.addresses;
    beforehand(session, &actor, Some(pool), &[])?;
    say(session.will(), parameter, &planned, &from);

    let replaces = snapshot.pool.planned_value(parameter);
    let schedule = pool.schedule_change(actor.address(), parameter, value, replaces);
    let transaction = Transaction::new([schedule]);
    let doing = "announcing the change";
    perform(session, &actor, doing, transaction, |done| {
        let (before, from_epoch) = done.event(|event| match event {
            Event::ChangeScheduled(change) => Some((change.before, change.from_epoch)),
            _ => None,
        })?;
        Ok(Scheduled {
            pool: pool.pool.to_string(),
            name: name(parameter),
            unit: unit(parameter),
            before: Setting {
                parameter,
                value: before,
            },
            value: Setting { parameter, value },
            can_cost: parameter.can_cost(before, value),
            // An epoch may have begun meanwhile.
            from: Calendar::measure(session, &snapshot)?.start_of(from_epoch),
            signature: done.signature,
        })
    })
}

/// What the change would do, or why it cannot be announced.
fn plan(snapshot: &PoolSnapshot, parameter: Parameter, value: u64) -> Result<PlannedChange> {
    let name = name(parameter);
    let waits = snapshot.pool.governance.pending_change(parameter);
    let before = snapshot.pool.parameters().get(parameter);
    if value == before && !parameter.can_cost(before, value) {
        let instead = match waits {
            Some(_) => {
                format!("; `sluice pool config cancel {name}` takes back the change that waits")
            }
            None => String::new(),
        };
        bail!("{name} is {} already{instead}", shown(parameter, value));
    }
    if let Some(same) = waits.filter(|change| change.value == value) {
        bail!(
            "{name} will be {} from epoch {} already, and announcing it again would only delay it",
            shown(parameter, value),
            same.from_epoch
        );
    }
    let is_instant_fee = matches!(
        parameter,
        Parameter::InstantFeeMinBps | Parameter::InstantFeeMaxBps
    );
    match snapshot.plan_change(parameter, value) {
        // Its own bounds hold: what is left is the order of the two fees.
        Err(ClientError::Rule(_)) if is_instant_fee => bail!(
            "instant-fee-min-bps may not be above instant-fee-max-bps, as they are or will be \
             (`sluice pool config show`): announce the other one first"
        ),
        planned => Ok(planned?),
    }
}

/// What will happen, before anything is sent.
fn say(will: &str, parameter: Parameter, planned: &PlannedChange, from: &EpochStart) {
    let name = name(parameter);
    announce(format_args!(
        "{name} is {} now and {will} be {} from {from}.",
        shown(parameter, planned.before),
        shown(parameter, planned.value)
    ));
    announce(if planned.can_cost {
        format!("This can cost holders, so it {will} wait for two epochs, in which they can leave.")
    } else {
        format!("This costs holders nothing, so it {will} act with the next epoch.")
    });
    if let Some(replaced) = planned.replaces {
        announce(format_args!(
            "It {will} take the place of {} from epoch {}.",
            shown(parameter, replaced.value),
            replaced.from_epoch
        ));
    }
    if !planned.fits {
        announce("As the other parameters are then, it would be dropped.");
    }
}

impl fmt::Display for Scheduled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pool,
            name,
            value,
            from,
            ..
        } = self;
        writeln!(
            formatter,
            "Announced: {name} of the pool {pool} is {value} from {from}. Until then \
             `sluice pool config cancel {name}` takes it back."
        )
    }
}
