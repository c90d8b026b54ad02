//! Changes that take effect with the next epoch.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::Event;

use super::slot_of;
use crate::{
    args::{ValidatorArgs, WeightArgs},
    commands::authority::require_curator,
    session::Session,
    transaction::{Outcome, Transaction, perform},
};

/// A change that waits for its epoch.
#[derive(Debug, Serialize)]
pub struct Changed {
    pool: String,
    vote: String,
    weight: u16,
    retires: bool,
    from_epoch: u64,
    signature: String,
}

/// Gives a validator another weight.
pub fn weigh(session: &Session, arguments: WeightArgs) -> Result<Outcome<Changed>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_curator(&snapshot, &actor)?;
    let pool = &snapshot.addresses;
    let placed = slot_of(&snapshot, &arguments.vote)?;
    let before = placed.slot.next_weight;
    let weigh = pool.set_weight(actor.address(), &placed.place, arguments.weight, before);
    let transaction = Transaction::new([weigh]).repeatable();
    let doing = "weighing the validator";
    perform(session, &actor, doing, transaction, |done| {
        let from_epoch = done.event(|event| match event {
            Event::WeightSet(set) => Some(set.from_epoch),
            _ => None,
        })?;
        Ok(Changed {
            pool: pool.pool.to_string(),
            vote: arguments.vote.to_string(),
            weight: arguments.weight,
            retires: false,
            from_epoch,
            signature: done.signature,
        })
    })
}

/// Lets a validator drain.
pub fn retire(session: &Session, arguments: ValidatorArgs) -> Result<Outcome<Changed>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_curator(&snapshot, &actor)?;
    let pool = &snapshot.addresses;
    let place = slot_of(&snapshot, &arguments.vote)?.place;
    let retire = pool.retire_validator(actor.address(), &place);
    let transaction = Transaction::new([retire]).repeatable();
    let doing = "retiring the validator";
    perform(session, &actor, doing, transaction, |done| {
        let from_epoch = done.event(|event| match event {
            Event::ValidatorRetired(retired) => Some(retired.from_epoch),
            _ => None,
        })?;
        Ok(Changed {
            pool: pool.pool.to_string(),
            vote: arguments.vote.to_string(),
            weight: 0,
            retires: true,
            from_epoch,
            signature: done.signature,
        })
    })
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            vote,
            weight,
            from_epoch,
            ..
        } = self;
        if self.retires {
            return writeln!(
                formatter,
                "{vote} retires from epoch {from_epoch} on: its stake leaves in that epoch's window, or in \
                 several where the movement cap does not let it go at once. Then \
                 `sluice validator close {vote}` closes its slot."
            );
        }
        writeln!(
            formatter,
            "{vote} has weight {weight} from epoch {from_epoch} on."
        )
    }
}
