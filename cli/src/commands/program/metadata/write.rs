//! Writing what is told about a program.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sluice_client::{
    plan::program::metadata::{Kind, Parts, Standing, UploadBuffer, pack, require_of},
    send::files::read_text,
    words::amounts::sol,
};
use solana_pubkey::Pubkey;

use super::{About, cost};
use crate::{
    args::{SendMode, WriteMetadataArgs},
    failure::misuse,
    output::Facts,
    session::{Actor, Session},
    transaction::{Done, Outcome, Transaction, beforehand, perform_all},
};

/// Sluice's own interface, as this command was built with.
pub(super) const OWN_IDL: &str = include_str!("../../../../../idl/sluice.json");

/// What was written.
#[derive(Debug, Serialize)]
pub struct Written {
    program: String,
    kind: String,
    address: String,
    buffer: Option<String>,
    content_bytes: usize,
    packed_bytes: usize,
    rent_lamports: u64,
    transactions: usize,
    says: &'static str,
    signature: Option<String>,
}

/// Writes a content, or goes on where an earlier try ended.
pub fn write(session: &Session, arguments: &WriteMetadataArgs) -> Result<Outcome<Written>> {
    let about = About::from(&arguments.about);
    let text = text(&about, arguments)?;
    let (program, kind) = (about.program, about.kind);
    about.require_available(session, &format!("write {kind} {program} FILE"))?;
    let actor = session.actor()?;
    let standing = Standing::load(&session.rpc, &program, kind, &actor.address())?;
    if standing.tells(&text) {
        let says = "This very content is told already: there was nothing to do.";
        return Ok(Outcome::nothing_sent(Written::new(&about, &text, says)));
    }
    if !arguments.upload_only {
        about.require_writer(session, &actor, standing.metadata.as_ref())?;
    }
    let data = pack(&text);
    if let Some(buffer) = arguments.from_buffer {
        require_content(session, buffer, &data)?;
    }
    let parts = cost::parts(&standing, &actor, arguments, &data)?;
    require_one_transaction(session, &about, &parts)?;
    tell(session, &actor, &about, &parts)?;
    let written = Written {
        buffer: arguments.upload_only.then(|| {
            let upload = kind.upload_address(&program, &actor.address());
            upload.to_string()
        }),
        packed_bytes: data.len(),
        rent_lamports: parts.rent_lamports,
        ..Written::new(&about, &text, "")
    };
    let doing = "writing what is told about the program";
    perform_all(session, &actor, doing, transactions(parts), |done| {
        written.after(session, &about, &text, &data, &done)
    })
}

/// What a command tells.
pub fn kind_of(arguments: &WriteMetadataArgs) -> Kind {
    arguments.about.kind.into()
}

/// Fails unless its file can be told about the program.
pub fn require_content_of(arguments: &WriteMetadataArgs) -> Result<()> {
    text(&About::from(&arguments.about), arguments).map(drop)
}

/// The members of a multisig agree to one transaction, not to two dozen.
fn require_one_transaction(session: &Session, about: &About, parts: &Parts) -> Result<()> {
    let is_proposed = session.send_mode() == SendMode::Propose;
    if is_proposed && !(parts.open.is_empty() && parts.writes.is_empty()) {
        let (kind, program) = (about.kind, about.program);
        return Err(misuse(format!(
            "a multisig decides on one transaction: have a key at hand write the buffer with \
             `sluice program metadata write {kind} FILE --of {program} --upload-only`, then pass its \
             address with --from-buffer"
        )));
    }
    Ok(())
}

/// The content: of the file, or Sluice's own interface.
pub(super) fn text(about: &About, arguments: &WriteMetadataArgs) -> Result<String> {
    let (text, file) = match &arguments.file {
        Some(file) => {
            let text = read_text(file);
            let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
            (text, file.display().to_string())
        }
        None if about.kind == Kind::Idl && about.program == sluice::ID => (
            OWN_IDL.to_owned(),
            "the interface of this command".to_owned(),
        ),
        None => return Err(misuse(format!("name the file with the {}", about.kind))),
    };
    require_of(&text, about.kind, &about.program)
        .with_context(|| format!("{file} cannot be told about {}", about.program))?;
    Ok(text)
}

/// Fails unless a buffer has this content: whoever signs says so with it.
fn require_content(session: &Session, address: Pubkey, data: &[u8]) -> Result<()> {
    let Some(buffer) = UploadBuffer::load(&session.rpc, address)? else {
        bail!("there is no buffer at {address}. Nothing was sent");
    };
    ensure!(
        buffer.data == data,
        "the buffer {address} does not have what the file has: it was written from another file, or not \
         to the end. Nothing was sent"
    );
    Ok(())
}

fn tell(session: &Session, actor: &Actor, about: &About, parts: &Parts) -> Result<()> {
    let (bill, executor) = (cost::of(parts, actor), session.executor(actor.payer())?);
    let mut facts = vec![
        ("Program", about.program.to_string()),
        ("Told", about.kind.to_string()),
    ];
    facts.extend(bill.facts(&executor));
    beforehand(session, actor, None, &facts)?;
    bill.require_balance(session, &executor, &actor.payer_address())
}

/// One after another. A second writing of the same bytes changes nothing.
fn transactions<'a>(parts: Parts) -> Vec<Transaction<'a>> {
    let Parts {
        open,
        writes,
        publish,
        ..
    } = parts;
    let writes = writes.into_iter().map(|write| (vec![write], true));
    let ends = |steps| (steps, false);
    let all = [ends(open)]
        .into_iter()
        .chain(writes)
        .chain([ends(publish)]);
    let present = all.filter(|(steps, _)| !steps.is_empty());
    present
        .enumerate()
        .map(|(index, (steps, is_repeatable))| {
            let transaction = Transaction::new(steps);
            let transaction = match is_repeatable {
                true => transaction.repeatable(),
                false => transaction,
            };
            match index {
                0 => transaction,
                _ => transaction.after_the_previous(),
            }
        })
        .collect()
}

impl Written {
    fn new(about: &About, text: &str, says: &'static str) -> Self {
        Self {
            program: about.program.to_string(),
            kind: about.kind.to_string(),
            address: about.kind.address(&about.program).to_string(),
            buffer: None,
            content_bytes: text.len(),
            packed_bytes: 0,
            rent_lamports: 0,
            transactions: 0,
            says,
            signature: None,
        }
    }

    /// What came of it, as the cluster has it now.
    fn after(
        self,
        session: &Session,
        about: &About,
        text: &str,
        data: &[u8],
        done: &[Done],
    ) -> Result<Self> {
        let says = match self.buffer.as_deref().map(str::parse) {
            Some(buffer) => {
                require_content(session, buffer?, data)?;
                "The buffer has it all. Publish it with --from-buffer."
            }
            None => {
                let told = super::present(session, about)?.text();
                ensure!(
                    told.as_deref() == Ok(text),
                    "the cluster tells something else"
                );
                "Explorers can read it now."
            }
        };
        Ok(Self {
            says,
            transactions: done.len(),
            signature: done.last().map(|done| done.signature.clone()),
            ..self
        })
    }
}

impl fmt::Display for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![
            ("Program", self.program.clone()),
            ("Told", self.kind.clone()),
            ("Metadata", self.address.clone()),
        ];
        if let Some(buffer) = &self.buffer {
            facts.push(("Buffer", buffer.clone()));
        }
        if self.transactions > 0 {
            let size = format!("{} bytes, {} packed", self.content_bytes, self.packed_bytes);
            facts.push(("Size", size));
            facts.push(("Rent", sol(self.rent_lamports)));
            facts.push(("Transactions", self.transactions.to_string()));
        }
        Facts(&facts).fmt(formatter)?;
        writeln!(formatter, "\n{}", self.says)
    }
}
