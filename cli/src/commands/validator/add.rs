//! Adding a validator.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{Event, words::amounts::sol};

use crate::{
    args::AddArgs,
    session::Session,
    transaction::{Outcome, Transaction, perform},
};

/// A validator that was added.
#[derive(Debug, Serialize)]
pub struct Added {
    pool: String,
    vote: String,
    weight: u16,
    page: u16,
    slot_index: u8,
    serial: u64,
    main: String,
    transient: String,
    rent_lamports: u64,
    signature: String,
}

/// Adds a validator to the configured pool.
pub fn add(session: &Session, arguments: AddArgs) -> Result<Outcome<Added>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    let pool = &snapshot.addresses;
    let page = snapshot.page_for_new_validator();
    let serial = snapshot.pool.next_serial;
    let AddArgs { vote, weight } = arguments;
    if let Some(listed) = snapshot.slot_of(&vote) {
        let serial = listed.slot.serial;
        bail!(
            "{vote} is a validator of this pool already, with serial {serial}: give it another weight with `sluice validator weight`"
        );
    }
    let add = pool.add_validator(actor.address(), vote, page, serial, weight);
    let transaction = Transaction::new([add]);
    perform(
        session,
        &actor,
        "adding the validator",
        transaction,
        |done| {
            let added = done.event(|event| match event {
                Event::ValidatorAdded(added) => Some(added),
                _ => None,
            })?;
            Ok(Added {
                pool: pool.pool.to_string(),
                vote: vote.to_string(),
                weight: added.weight,
                page: added.page,
                slot_index: added.slot_index,
                serial: added.serial,
                main: pool.main(added.serial).to_string(),
                transient: pool.transient(added.serial).to_string(),
                rent_lamports: added.rent_lamports,
                signature: done.signature.clone(),
            })
        },
    )
}

impl fmt::Display for Added {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} joined with weight {}. Its two stake accounts hold {} of rent.",
            self.vote,
            self.weight,
            sol(self.rent_lamports)
        )
    }
}
