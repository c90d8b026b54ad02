//! Writing code to the cluster without deploying it.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    Buffer,
    plan::program::{Elf, first_difference, set_authority},
    pool::{buffers::OwnBuffer, deployed::hash_text, rent},
    require_signer_anywhere,
    words::amounts::sol,
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    cost::Bill,
    file,
    upload::{Upload, Uploaded},
};
use crate::{
    args::WriteBufferArgs,
    confirm::{Asked, ask},
    output::{Facts, announce},
    session::{Actor, Session},
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A buffer that is complete.
#[derive(Debug, Serialize)]
pub struct WrittenBuffer {
    buffer: String,
    authority: Option<String>,
    elf_bytes: usize,
    hash: String,
    rent_lamports: u64,
    /// Transactions that wrote code.
    written: usize,
    signatures: Vec<String>,
}

/// Writes a buffer, or what an earlier try left of it, and hands it over.
pub fn write(session: &Session, arguments: &WriteBufferArgs) -> Result<Outcome<WrittenBuffer>> {
    let actor = session.actor()?;
    let elf = file::read(session, &arguments.elf)?;
    let own = actor.address();
    let to = arguments.buffer_authority.filter(|to| *to != own);
    let named = arguments.buffer.buffer.as_deref();
    if let Some(given) = given(session, &own, to.as_ref(), &elf, named)? {
        return Ok(Outcome::nothing_sent(given));
    }
    if let Some(to) = &to {
        require_signer_anywhere(&session.rpc, to)?;
    }
    let rent = rent::read(&session.rpc)?;
    let upload = Upload::plan(session, &actor, &elf, named, None, &rent)?;
    tell(session, &actor, &upload, to.as_ref())?;
    let (poured, fees) = match upload.write(session, &actor)? {
        Uploaded::Complete { poured, fees } => (poured, fees),
        Uploaded::Looked(preview) => return Ok(Outcome::Preview(preview)),
    };
    let buffer = upload.buffer;
    let Some(to) = to else {
        let written = WrittenBuffer::read(session, &buffer, poured.written, Vec::new())?;
        return Ok(Outcome::nothing_sent(written).after_fees(fees));
    };
    // A second one finds that this key may no longer.
    let given = set_authority(&buffer, false, &own, Some(&to), false);
    let transaction = Transaction::new([given]).repeatable();
    let outcome = perform(session, &actor, "handing it over", transaction, |done| {
        WrittenBuffer::read(session, &buffer, poured.written, vec![done.signature])
    })?;
    Ok(outcome.after_fees(fees))
}

/// The buffer, where an earlier try has written it and handed it over.
fn given(
    session: &Session,
    own: &Pubkey,
    to: Option<&Pubkey>,
    elf: &Elf,
    named: Option<&str>,
) -> Result<Option<WrittenBuffer>> {
    let address = match named {
        None => OwnBuffer::of(*own, elf.bytes()).address,
        Some(named) => match (file::buffer_keypair(named)?, named.parse()) {
            (Some(keypair), _) => keypair.pubkey(),
            (None, Ok(address)) => address,
            // The upload says what is wrong with it.
            (None, Err(_)) => return Ok(None),
        },
    };
    let Some(found) = Buffer::load(&session.rpc, &address, None)? else {
        return Ok(None);
    };
    let is_given = to.is_some() && found.authority.as_ref() == to;
    let is_whole = first_difference(&found.code, elf.bytes()).is_none();
    Ok((is_given && is_whole).then(|| WrittenBuffer::new(&found, 0, Vec::new())))
}

fn tell(session: &Session, actor: &Actor, upload: &Upload<'_>, to: Option<&Pubkey>) -> Result<()> {
    let executor = session.executor(actor.payer())?;
    let bill = Bill {
        needed_lamports: upload.rent_lamports(),
        parts: vec![(
            "  Buffer",
            upload.rent_told("goes to who deploys the buffer or closes it"),
        )],
        transactions: upload
            .transactions()
            .saturating_add(usize::from(to.is_some())),
        signatures: upload
            .signatures(actor)
            .saturating_add(to.map_or(0, |_| actor.signatures())),
        ..Bill::default()
    };
    let own = actor.address();
    let mut facts = upload.facts();
    facts.push(("Decided by", to.unwrap_or(&own).to_string()));
    facts.extend(bill.facts(&executor));
    beforehand(session, actor, None, &facts)?;
    if let Some(to) = to {
        announce(format_args!(
            "{to} does not sign, so nobody checks that it is right: compare every letter with where it \
             comes from. If nobody can sign for it, the buffer and its rent {} be lost.",
            session.will()
        ));
    }
    bill.require_balance(session, &executor, &actor.payer_address())?;
    ask(session, Asked::Always, "nothing was sent")
}

impl WrittenBuffer {
    fn read(
        session: &Session,
        address: &Pubkey,
        written: usize,
        signatures: Vec<String>,
    ) -> Result<Self> {
        let Some(buffer) = Buffer::load(&session.rpc, address, None)? else {
            bail!("the buffer {address} is gone: somebody with its key has deployed or closed it");
        };
        Ok(Self::new(&buffer, written, signatures))
    }

    fn new(buffer: &Buffer, written: usize, signatures: Vec<String>) -> Self {
        Self {
            buffer: buffer.address.to_string(),
            authority: buffer.authority.map(|key| key.to_string()),
            elf_bytes: buffer.elf_bytes(),
            hash: hash_text(&buffer.hash()),
            rent_lamports: buffer.rent.get(),
            written,
            signatures,
        }
    }
}

impl fmt::Display for WrittenBuffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.authority.as_deref().unwrap_or("nobody");
        let facts = [
            ("Buffer", self.buffer.clone()),
            ("SHA-256", self.hash.clone()),
            ("Code", format!("{} bytes", self.elf_bytes)),
            ("Decided by", authority.to_owned()),
            ("Rent", sol(self.rent_lamports)),
        ];
        writeln!(formatter, "{}", Facts(&facts))?;
        write!(
            formatter,
            "`sluice program upgrade PROGRAM ELF --buffer {}` makes the program of it.",
            self.buffer
        )
    }
}
