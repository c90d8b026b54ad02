//! One validator in the place of another.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::Event;

use super::{
    add::{adding, require_new},
    cost::Cost,
    slot_of,
};
use crate::{
    args::ReplaceArgs,
    commands::{authority::require_curator, funds::require_sol_beside_rent},
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A validator that takes the place of another.
#[derive(Debug, Serialize)]
pub struct Replaced {
    pool: String,
    retires: String,
    vote: String,
    weight: u16,
    serial: u64,
    rent_lamports: u64,
    from_epoch: u64,
    movement_cap_bps: u16,
    signature: String,
}

/// Retires a validator and adds another one with its weight, in one transaction: the pool never
/// has fewer validators with weight, so nothing stays idle below the share cap.
pub fn replace(session: &Session, arguments: ReplaceArgs) -> Result<Outcome<Replaced>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_curator(&snapshot, &actor)?;
    require_new(session, &snapshot, &[arguments.new])?;
    let pool = &snapshot.addresses;
    let leaves = slot_of(&snapshot, &arguments.old)?;
    let weight = leaves.slot.next_weight;
    let page = snapshot.pages_for_new_validators().next();
    let page = page.context("the pool has no room for another validator")?;
    let serial = snapshot.pool.next_serial;
    let cost = Cost::read(session, &snapshot, &[arguments.new])?;
    beforehand(session, &actor, Some(pool), &cost.facts())?;
    require_sol_beside_rent(session, &actor.address(), cost.total_lamports())?;
    let transaction = Transaction::new([
        pool.retire_validator(actor.address(), &leaves.place),
        adding(
            session,
            pool,
            actor.address(),
            arguments.new,
            (page, serial),
            weight,
        ),
    ]);
    let doing = "replacing the validator";
    perform(session, &actor, doing, transaction, |done| {
        let added = done.event(|event| match event {
            Event::ValidatorAdded(added) => Some(added),
            _ => None,
        })?;
        Ok(Replaced {
            pool: pool.pool.to_string(),
            retires: arguments.old.to_string(),
            vote: added.vote.to_string(),
            weight: added.weight,
            serial: added.serial,
            rent_lamports: added.rent_lamports,
            from_epoch: added.from_epoch,
            movement_cap_bps: snapshot.pool.config.movement_cap_bps,
            signature: done.signature,
        })
    })
}

impl fmt::Display for Replaced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pool,
            retires,
            vote,
            weight,
            from_epoch,
            movement_cap_bps,
            ..
        } = self;
        let cap = sluice_client::words::amounts::percent(*movement_cap_bps);
        writeln!(
            formatter,
            "{vote} has weight {weight} in the pool {pool} from epoch {from_epoch} on, in the place of \
             {retires}, which drains: at most {cap} of the pool moves per epoch."
        )
    }
}
