//! Giving a program more room.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    Deployed,
    plan::program::{Costs, extend as extension, extensions},
    pool::rent,
    words::amounts::sol,
};
use solana_pubkey::Pubkey;

use super::{cost::Bill, settled::tell_of_others};
use crate::{
    args::ExtendArgs,
    confirm::{Asked, ask},
    output::Facts,
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A program with more room.
#[derive(Debug, Serialize)]
pub struct Extended {
    program: String,
    additional_bytes: u32,
    room_bytes: usize,
    rent_lamports: u64,
    signature: String,
}

/// Extends a program. Anybody may.
pub fn extend(session: &Session, arguments: &ExtendArgs) -> Result<Outcome<Extended>> {
    let actor = session.actor()?;
    let (program, bytes) = (arguments.program, arguments.bytes);
    let deployed = Deployed::load(&session.rpc, &program)?;
    require_extensible(&program, &deployed, bytes)?;
    let additional = usize::try_from(bytes).unwrap_or(usize::MAX);
    let room_bytes = deployed.room_bytes.saturating_add(additional);
    let rent = rent::read(&session.rpc)?;
    let rent_after = Costs::new(&rent, room_bytes, room_bytes).data_lamports;
    let rent_lamports = rent_after.saturating_sub(deployed.rent.get());
    let bill = Bill {
        needed_lamports: rent_lamports,
        parts: vec![(
            "  Room",
            format!("{}, rent of {bytes} bytes more", sol(rent_lamports)),
        )],
        transactions: 1,
        // The fee payer's alone: anybody may.
        signatures: 1,
        ..Bill::default()
    };
    let executor = session.executor(actor.payer())?;
    let mut facts = vec![
        ("Program", program.to_string()),
        (
            "Room",
            format!("{room_bytes} bytes, instead of {}", deployed.room_bytes),
        ),
    ];
    facts.extend(bill.facts(&executor));
    beforehand(session, &actor, None, &facts)?;
    bill.require_balance(session, &executor, &actor.payer_address())?;
    ask(session, Asked::AtTerminal, "nothing was sent")?;
    tell_of_others(session, &program, &actor.payer_address())?;
    let instruction = extension(&program, &actor.payer_address(), bytes);
    let transaction = Transaction::new([instruction]).paying_again();
    perform(
        session,
        &actor,
        "extending the program",
        transaction,
        |done| {
            session.wait_beyond(done.slot)?;
            Ok(Extended {
                program: program.to_string(),
                additional_bytes: bytes,
                room_bytes,
                rent_lamports,
                signature: done.signature,
            })
        },
    )
}

/// Fails where the loader gives this program no such room, or where it is of no use.
fn require_extensible(program: &Pubkey, deployed: &Deployed, bytes: u32) -> Result<()> {
    if deployed.upgrade_authority.is_none() {
        bail!("nobody can change the program {program} any more, so more room is of no use to it");
    }
    match extensions(deployed.room_bytes) {
        None => bail!("{program} is as large as a program can be"),
        Some(possible) if !possible.contains(&bytes) => bail!(
            "the loader extends this program by {} bytes at least and {} at most, and {bytes} were asked \
             for",
            possible.start(),
            possible.end()
        ),
        Some(_) => Ok(()),
    }
}

impl fmt::Display for Extended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Facts(&[
            ("Program", self.program.clone()),
            (
                "Room",
                format!("{} bytes, {} more", self.room_bytes, self.additional_bytes),
            ),
            ("Rent paid", sol(self.rent_lamports)),
        ])
        .fmt(formatter)
    }
}
