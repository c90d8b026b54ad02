//! Closing a drained slot.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice::state::Marker;
use sluice_client::{AccountSource, Event, decode_existing, words::amounts::sol};
use solana_pubkey::Pubkey;

use super::slot_of;
use crate::{
    args::{NoCrank, ValidatorArgs},
    commands::freshness::{Fresh, Upkept, View, fresh_snapshot},
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A slot that was closed.
#[derive(Debug, Serialize)]
pub struct Closed {
    pool: String,
    vote: String,
    serial: u64,
    rent_lamports: u64,
    signature: String,
}

/// Closes the slot of a validator that has drained. Anybody may.
pub fn close(session: &Session, arguments: ValidatorArgs) -> Result<Outcome<Upkept<Closed>>> {
    let actor = session.actor()?;
    let no_crank = NoCrank { no_crank: false };
    let Fresh { snapshot, upkeep } = fresh_snapshot(session, &actor, no_crank, View::Prices)?;
    let pool = &snapshot.addresses;
    let place = slot_of(&snapshot, &arguments.vote)?.place;
    let payer = marker_payer(session, &pool.marker(&arguments.vote))?;
    beforehand(session, &actor, Some(pool), &[])?;
    let transaction = Transaction::new([pool.close_slot(&place, payer)]).repeatable();
    let outcome = perform(session, &actor, "closing the slot", transaction, |done| {
        let (serial, rent_lamports) = done.event(|event| match event {
            Event::SlotClosed(closed) => Some((closed.serial, closed.rent_lamports)),
            _ => None,
        })?;
        Ok(Closed {
            pool: pool.pool.to_string(),
            vote: arguments.vote.to_string(),
            serial,
            rent_lamports,
            signature: done.signature,
        })
    })?;
    Ok(outcome.map(|closed| upkeep.with(closed)))
}

/// Whoever paid for the validator's marker gets its rent back.
fn marker_payer(session: &Session, address: &Pubkey) -> Result<Pubkey> {
    let fetched = session.rpc.accounts(&[*address], None)?;
    let account = fetched
        .accounts
        .first()
        .context("the node answered nothing")?;
    Ok(decode_existing::<Marker>(address, account.as_ref())?.payer)
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "The slot of {} in the pool {} is closed. Its rent of {}, as far as it is still there, drips \
             to all holders.",
            self.vote,
            self.pool,
            sol(self.rent_lamports)
        )
    }
}
