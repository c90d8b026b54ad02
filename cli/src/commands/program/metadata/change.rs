//! Who may change what is told about a program, and taking it off the cluster.

use std::fmt;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use sluice_client::{
    plan::program::metadata::{Target, UploadBuffer},
    require_signer_anywhere,
    words::amounts::sol,
};
use solana_instruction::Instruction;

use super::{About, present};
use crate::{
    args::{CloseMetadataArgs, SetMetadataAuthorityArgs},
    confirm::{Asked, ask},
    output::Facts,
    session::{Actor, Session},
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// What was done.
#[derive(Debug, Serialize)]
pub struct Changed {
    program: String,
    kind: String,
    address: String,
    says: String,
    returned_lamports: u64,
    signature: String,
}

/// Lets one more key change the metadata, or only the upgrade authority.
pub fn set_authority(
    session: &Session,
    arguments: &SetMetadataAuthorityArgs,
) -> Result<Outcome<Changed>> {
    let (about, actor) = (About::from(&arguments.about), session.actor()?);
    let told = present(session, &about)?;
    about.require_writer(session, &actor, Some(&told))?;
    let new = arguments.new;
    if told.authority == new {
        bail!("that is so already: there is nothing to do");
    }
    if let Some(key) = &new {
        require_signer_anywhere(&session.rpc, key)?;
    }
    let says = match new {
        Some(key) => format!("{key} may change it too, besides the program's upgrade authority."),
        None => "Only the program's upgrade authority may change it.".to_owned(),
    };
    let target = Target::metadata(about.program, about.kind, actor.address());
    let change = target.set_authority(new);
    about.change(session, &actor, change, says, 0)
}

/// Closes the metadata, or the actor's own buffer.
pub fn close(session: &Session, arguments: &CloseMetadataArgs) -> Result<Outcome<Changed>> {
    let (about, actor) = (About::from(&arguments.about), session.actor()?);
    let payer = actor.payer_address();
    if arguments.own_buffer {
        let target = Target::upload(about.program, about.kind, actor.address());
        let buffer = UploadBuffer::load(&session.rpc, target.account)?;
        let buffer = buffer.with_context(|| {
            let (own, kind) = (actor.address(), about.kind);
            format!("{own} has no buffer for the {kind} of {}", about.program)
        })?;
        let says = format!("The buffer {} is closed.", buffer.address);
        return about.change(session, &actor, target.close(payer), says, buffer.lamports);
    }
    let told = present(session, &about)?;
    about.require_writer(session, &actor, Some(&told))?;
    let close = Target::metadata(about.program, about.kind, actor.address()).close(payer);
    let says = format!(
        "The cluster tells no {} of the program any more.",
        about.kind
    );
    about.change(session, &actor, close, says, told.lamports)
}

impl About {
    fn change(
        &self,
        session: &Session,
        actor: &Actor,
        instruction: Instruction,
        says: String,
        returned_lamports: u64,
    ) -> Result<Outcome<Changed>> {
        let facts = [
            ("Program", self.program.to_string()),
            ("Told", self.kind.to_string()),
            ("Afterwards", says.clone()),
        ];
        beforehand(session, actor, None, &facts)?;
        ask(session, Asked::Always, "nothing was sent")?;
        // A second one finds that it is so already, and fails.
        let transaction = Transaction::new([instruction]).repeatable();
        let doing = "changing what is told about the program";
        perform(session, actor, doing, transaction, |done| {
            Ok(Changed {
                program: self.program.to_string(),
                kind: self.kind.to_string(),
                address: self.kind.address(&self.program).to_string(),
                says,
                returned_lamports,
                signature: done.signature,
            })
        })
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![
            ("Program", self.program.clone()),
            ("Told", self.kind.clone()),
        ];
        if self.returned_lamports > 0 {
            facts.push(("Rent paid out", sol(self.returned_lamports)));
        }
        Facts(&facts).fmt(formatter)?;
        writeln!(formatter, "\n{}", self.says)
    }
}
