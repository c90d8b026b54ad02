//! Who may change a program or a buffer.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    plan::program::{Elf, set_authority},
    pool::loader::LoaderAccount,
    require_signer_anywhere,
};
use solana_pubkey::Pubkey;
use solana_signer::{Signer, null_signer::NullSigner};

use super::{layout::require_layout, metadata};
use crate::{
    args::{SendMode, SetAuthorityArgs},
    confirm::{Asked, ask, retype},
    failure::misuse,
    output::{Facts, announce},
    session::{Actor, Session},
    signers::Source,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A program or a buffer that another key may change.
#[derive(Debug, Serialize)]
pub struct Given {
    kind: &'static str,
    address: String,
    authority: Option<String>,
    /// None where it was so already, as the signature.
    former_authority: Option<String>,
    signature: Option<String>,
}

/// Gives a program or a buffer to another authority, or a program to nobody.
pub fn set(session: &Session, arguments: &SetAuthorityArgs) -> Result<Outcome<Given>> {
    let actor = session.actor()?;
    let address = arguments.address;
    let account = LoaderAccount::load(&session.rpc, &address)?;
    let is_program = matches!(account, LoaderAccount::Program(..));
    let kind = account.name();
    if arguments.r#final && !is_program {
        bail!("a buffer always has an authority: close it if nobody needs it");
    }
    let new = new_authority(session, arguments)?;
    let key = new.as_deref().map(Signer::pubkey);
    if key == Some(actor.address()) && key == account.authority() {
        bail!(
            "{} may change it already: there is nothing to do",
            actor.address()
        );
    }
    if key == account.authority() {
        // An earlier try has done it, perhaps.
        return Ok(Outcome::nothing_sent(Given::found(kind, &address, key)));
    }
    require_authority(kind, &address, account.authority(), &actor)?;
    if arguments.r#final {
        require_lasting(session, arguments, &account)?;
    }
    let text = key.map_or_else(|| "nobody, for good".to_owned(), |key| key.to_string());
    let facts = [(word(kind), address.to_string()), ("Changed by", text)];
    beforehand(session, &actor, None, &facts)?;
    warn(session, kind, key.as_ref(), arguments.skip_new_signer);
    match key {
        Some(_) => ask(session, Asked::Always, "nothing was sent")?,
        None => retype(session, &address, arguments.again.again, "nothing was sent")?,
    }
    let is_checked = key.is_some() && !arguments.skip_new_signer;
    let own = actor.address();
    let instruction = set_authority(&address, is_program, &own, key.as_ref(), is_checked);
    // A second one finds that this key may no longer.
    let mut transaction = Transaction::new([instruction]).repeatable();
    if let Some(new) = new.as_deref().filter(|_| is_checked) {
        transaction = transaction.signed_by(vec![new]);
    }
    perform(session, &actor, "giving it away", transaction, |done| {
        Ok(Given {
            kind,
            address: address.to_string(),
            authority: key.map(|key| key.to_string()),
            former_authority: Some(own.to_string()),
            signature: Some(done.signature),
        })
    })
}

/// Fails where a program cannot stay as it is for ever: its interface is missing, or it does not know the
/// pools that only it can move.
fn require_lasting(
    session: &Session,
    arguments: &SetAuthorityArgs,
    account: &LoaderAccount,
) -> Result<()> {
    let address = &arguments.address;
    if *address == sluice::ID {
        let elf = Elf::new(account.code().to_vec())?;
        require_layout(session, &elf, address, "")?;
    }
    match arguments.without_metadata {
        true => Ok(()),
        false => metadata::require_interface(session, address),
    }
}

/// Who may from now on; nobody where it is final.
fn new_authority(
    session: &Session,
    arguments: &SetAuthorityArgs,
) -> Result<Option<Box<dyn Signer>>> {
    let Some(text) = arguments.new.as_deref() else {
        return Ok(None);
    };
    if arguments.skip_new_signer {
        let address: Pubkey = text.parse().map_err(|_| {
            misuse("with --skip-new-signer the new authority is an address, and this is none")
        })?;
        require_signer_anywhere(&session.rpc, &address)?;
        return Ok(Some(Box::new(NullSigner::new(&address))));
    }
    if session.send_mode() == SendMode::Propose {
        return Err(misuse(
            "nobody but the vault signs a proposal: pass the new authority's address and \
             --skip-new-signer",
        ));
    }
    let source = Source {
        name: "new-authority",
        named: "the new authority".to_owned(),
        instead: "name it".to_owned(),
        elsewhere: ", or pass --skip-new-signer to let it not sign, as a multisig's vault",
        text,
    };
    source.open(session.send_mode() != SendMode::Send).map(Some)
}

fn warn(session: &Session, kind: &str, key: Option<&Pubkey>, skips: bool) {
    let will = session.will();
    match key {
        None => announce(format_args!(
            "Nobody {will} ever be able to replace this program's code again: not to mend it, and not \
             to follow a change of the cluster. This cannot be taken back."
        )),
        Some(key) if skips => announce(format_args!(
            "{key} does not sign, so nobody checks that it is right: compare every letter with where \
             it comes from. If nobody can sign for it, the {kind} {will} be lost to everybody."
        )),
        Some(_) => {}
    }
}

fn word(kind: &str) -> &'static str {
    match kind {
        "program" => "Program",
        _ => "Buffer",
    }
}

/// Fails unless the actor may change a program or a buffer.
pub fn require_authority(
    kind: &str,
    address: &Pubkey,
    authority: Option<Pubkey>,
    actor: &Actor,
) -> Result<()> {
    let own = actor.address();
    match authority {
        Some(authority) if authority == own => Ok(()),
        Some(authority) => bail!(
            "{own} may not change the {kind} {address}, {authority} may: pass that key with --keypair; \
             where it signs elsewhere, as a multisig does, pass its address and --send dump. Nothing \
             was sent"
        ),
        None => bail!("nobody can change the {kind} {address} any more. Nothing was sent"),
    }
}

impl Given {
    fn found(kind: &'static str, address: &Pubkey, authority: Option<Pubkey>) -> Self {
        Self {
            kind,
            address: address.to_string(),
            authority: authority.map(|key| key.to_string()),
            former_authority: None,
            signature: None,
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = self.authority.as_deref().unwrap_or("nobody, for good");
        let mut facts = vec![
            (word(self.kind), self.address.clone()),
            ("Changed by", by.to_owned()),
        ];
        match &self.former_authority {
            Some(before) => {
                facts.push(("Before", before.clone()));
                Facts(&facts).fmt(formatter)
            }
            None => write!(
                formatter,
                "{}\nThis is so already: there was nothing to do.",
                Facts(&facts)
            ),
        }
    }
}
