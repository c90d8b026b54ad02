//! Closing buffers and programs.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    ClientError,
    plan::program::{Closing, LoaderError, close as closing},
    pool::{buffers::ListedBuffer, loader::LoaderAccount},
    require_recipient_anywhere,
    words::amounts::sol,
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::{authority::require_authority, metadata, pools::require_none_owns, show::all_of};
use crate::{
    args::{CloseProgramArgs, OutputFormat},
    confirm::{Asked, ask, retype},
    output::{announce, print, table},
    session::{Actor, Session},
    transaction::{Attempts, Things, beforehand, perform_each},
};

/// Buffers that are closed in one transaction.
const PER_TRANSACTION: usize = 8;

/// What was closed.
#[derive(Debug, Serialize)]
struct Closed {
    recipient: String,
    closed: Vec<String>,
    returned_lamports: u64,
    failures: Vec<String>,
}

/// What is to be closed, with its rent.
type Rented = (Closing, Pubkey, Lamports);

/// Closes a buffer, all buffers of the keypair, or a program for ever.
pub fn close(session: &Session, arguments: &CloseProgramArgs, output: OutputFormat) -> Result<()> {
    let actor = session.actor()?;
    let recipient = recipient(session, &actor, arguments)?;
    let Some(address) = arguments.address else {
        return close_all(session, &actor, &recipient, output);
    };
    let account = match LoaderAccount::load(&session.rpc, &address) {
        // A command before this one, whose end nobody was told, may have done it.
        Err(ClientError::Loader(LoaderError::Closed { .. })) => {
            announce(format_args!(
                "{address} was closed before: nothing is to be done."
            ));
            return perform(session, &actor, &recipient, &[], output);
        }
        account => account?,
    };
    require_authority(account.name(), &address, account.authority(), &actor)?;
    let to = ("Rent goes to", recipient.to_string());
    match account {
        LoaderAccount::Buffer(buffer) => {
            let facts = [("Buffer", address.to_string()), to];
            beforehand(session, &actor, None, &facts)?;
            ask(session, Asked::AtTerminal, "nothing was sent")?;
            let rented = (Closing::Buffer(address), address, buffer.rent);
            perform(session, &actor, &recipient, &[rented], output)
        }
        LoaderAccount::Program(deployed, _) => {
            if deployed.data_address == address {
                bail!("{address} is a program of an older loader, which closes none");
            }
            require_none_owns(session, &address)?;
            if !arguments.keep_metadata {
                metadata::require_none(session, &address)?;
            }
            let facts = [("Program", address.to_string()), to];
            beforehand(session, &actor, None, &facts)?;
            announce(format_args!(
                "The program {} be gone for ever, with everything that only it can move, and nothing \
                 can be deployed at its address again. Its code's rent is {}.",
                session.will(),
                sol(deployed.rent.get())
            ));
            ask(session, Asked::Always, "nothing was sent")?;
            retype(session, &address, arguments.again.again, "nothing was sent")?;
            let rented = (Closing::Program(address), address, deployed.rent);
            perform(session, &actor, &recipient, &[rented], output)
        }
    }
}

/// Who gets the rent: who was named, unless it would be lost there, or the fee payer. Who signs needs no
/// check.
fn recipient(session: &Session, actor: &Actor, arguments: &CloseProgramArgs) -> Result<Pubkey> {
    let own = [actor.payer_address(), actor.address()];
    let recipient = arguments.recipient.unwrap_or(own[0]);
    if !own.contains(&recipient) {
        let program_owned = arguments.program_owned.program_owned();
        require_recipient_anywhere(&session.rpc, &recipient, program_owned)?;
    }
    Ok(recipient)
}

fn close_all(
    session: &Session,
    actor: &Actor,
    recipient: &Pubkey,
    output: OutputFormat,
) -> Result<()> {
    let found = all_of(session, &actor.address())?;
    let facts = [
        ("Authority", actor.address().to_string()),
        ("Rent goes to", recipient.to_string()),
    ];
    beforehand(session, actor, None, &facts)?;
    if !found.is_empty() {
        announce(list(&found));
        ask(session, Asked::Always, "nothing was sent")?;
    }
    let all: Vec<Rented> = found
        .iter()
        .map(|buffer| (Closing::Buffer(buffer.address), buffer.address, buffer.rent))
        .collect();
    perform(session, actor, recipient, &all, output)
}

fn list(buffers: &[ListedBuffer]) -> String {
    let mut lines = table(["buffer", "bytes", "rent"], 1);
    for buffer in buffers {
        lines.add_row([
            buffer.address.to_string(),
            buffer.room_bytes.to_string(),
            sol(buffer.rent.get()),
        ]);
    }
    lines.to_string()
}

fn perform(
    session: &Session,
    actor: &Actor,
    recipient: &Pubkey,
    all: &[Rented],
    output: OutputFormat,
) -> Result<()> {
    let own = actor.address();
    let things = Things {
        name: "buffers",
        each: all
            .iter()
            .map(|(what, address, _)| (*address, closing(*what, &own, recipient)))
            .collect(),
        per_transaction: PER_TRANSACTION,
        gone: None,
    };
    let (outcome, failure) = perform_each(session, actor, "closing", &things, |attempts| {
        Closed::new(recipient, all, attempts)
    })?;
    print(output, &outcome)?;
    failure.map_or(Ok(()), Err)
}

impl Closed {
    fn new(recipient: &Pubkey, all: &[Rented], attempts: &Attempts) -> Result<Self> {
        let failed = |address: &Pubkey| attempts.failed.iter().any(|(failed, _)| failed == address);
        let closed = all.iter().filter(|(_, address, _)| !failed(address));
        let mut rents = closed.clone().map(|(_, _, rent)| *rent);
        let returned = rents.try_fold(Lamports::ZERO, Lamports::add)?;
        Ok(Self {
            recipient: recipient.to_string(),
            closed: closed.map(|(_, address, _)| address.to_string()).collect(),
            returned_lamports: returned.get(),
            failures: attempts.failures(),
        })
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.closed.is_empty() && self.failures.is_empty() {
            return writeln!(formatter, "There is nothing to close.");
        }
        for address in &self.closed {
            writeln!(formatter, "{address} is closed.")?;
        }
        if !self.closed.is_empty() {
            let (recipient, rent) = (&self.recipient, sol(self.returned_lamports));
            writeln!(formatter, "{recipient} received {rent} of rent.")?;
        }
        Ok(())
    }
}
