//! What the pool's token is called, and who may change that.

use std::fmt;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use sluice_client::{ClientError, PoolAddresses, TokenMetadata, TokenName, require_signer};
use solana_instruction::Instruction;

use crate::{
    args::{HandOverArgs, SetMetadataArgs},
    output::{Facts, announce},
    session::{Actor, Session},
    transaction::{Outcome, Transaction, beforehand, perform},
};

const FOR_GOOD: &str = "nobody can give it one: the mint is the pool's";

/// What wallets show of the pool's token.
#[derive(Debug, Serialize)]
pub struct Shown {
    pool: String,
    mint: String,
    metadata: String,
    token: Option<Token>,
}

#[derive(Debug, Serialize)]
struct Token {
    name: String,
    symbol: String,
    uri: String,
    update_authority: String,
    is_mutable: bool,
}

/// The same after a change.
#[derive(Debug, Serialize)]
pub struct Changed {
    #[serde(flatten)]
    shown: Shown,
    signature: String,
}

/// Shows what the configured pool's token is called.
pub fn show(session: &Session) -> Result<Shown> {
    Shown::read(session, &session.pool()?)
}

/// Changes what the token is called.
pub fn set(session: &Session, arguments: &SetMetadataArgs) -> Result<Outcome<Changed>> {
    let change = Change::begin(session)?;
    let before = &change.metadata;
    if !before.is_mutable {
        bail!("what this token is called was made final: nobody can change it");
    }
    for field in before.not_shown() {
        let given = match field {
            "name" => &arguments.name,
            "symbol" => &arguments.symbol,
            _ => &arguments.uri,
        };
        if given.is_none() {
            bail!(
                "its {field} has characters that cannot be shown: give another one with --{field}"
            );
        }
    }
    let (name, symbol, uri) = (before.name(), before.symbol(), before.uri());
    let after = TokenName::new(
        arguments.name.as_deref().unwrap_or(&name),
        arguments.symbol.as_deref().unwrap_or(&symbol),
        arguments.uri.as_deref().unwrap_or(&uri),
    )
    .map_err(ClientError::from)?;
    if before.is_called(&after) {
        bail!("the token is called so already: there is nothing to change");
    }
    // All three are signed, and what was left out is only what a node says.
    let signed = [
        ("Name", after.name().to_owned()),
        ("Symbol", after.symbol().to_owned()),
        ("URI", after.uri().to_owned()),
    ];
    beforehand(session, &change.actor, Some(&change.pool), &signed)?;
    warn_of_insecure_uri(&after);
    let changes: Vec<String> = [
        ("name", &name, after.name()),
        ("symbol", &symbol, after.symbol()),
        ("URI", &uri, after.uri()),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(what, before, after)| format!("the {what} {after} instead of {before}"))
    .collect();
    announce(format_args!(
        "Once wallets have read it again, they {} show {}.",
        session.will(),
        changes.join(", ")
    ));
    let set = before.set(&after);
    change.perform(session, set)
}

/// Says so where others can change what wallets read.
pub fn warn_of_insecure_uri(name: &TokenName) {
    if name.has_insecure_uri() {
        announce(format_args!(
            "The URI {} is not encrypted: whoever is between a wallet and that server can show \
             another logo, or nothing. https://, ipfs:// and ar:// are safe from that.",
            name.uri()
        ));
    }
}

/// Lets another key change what the token is called.
pub fn hand_over(session: &Session, arguments: HandOverArgs) -> Result<Outcome<Changed>> {
    let change = Change::begin(session)?;
    let (before, to) = (&change.metadata, arguments.to);
    if to == before.update_authority {
        bail!("{to} may change it already: there is nothing to hand over");
    }
    require_signer(&session.rpc, &change.pool, &to)?;
    beforehand(session, &change.actor, Some(&change.pool), &[])?;
    announce(format_args!(
        "This {} let {to} change what the token is called instead of {}: only {to} can take that back \
         then.",
        session.will(),
        before.update_authority
    ));
    let hand_over = before.hand_over(to);
    change.perform(session, hand_over)
}

/// A change that somebody asks for who may.
struct Change {
    actor: Actor,
    pool: PoolAddresses,
    metadata: TokenMetadata,
}

impl Change {
    fn begin(session: &Session) -> Result<Self> {
        let (actor, pool) = (session.actor()?, session.pool()?);
        let metadata = TokenMetadata::load(&session.rpc, &pool)?
            .with_context(|| format!("the pool's token has no name, and {FOR_GOOD}"))?;
        let (own, authority) = (actor.address(), metadata.update_authority);
        if own != authority {
            bail!(
                "{own} may not change what this token is called, {authority} may: pass that key with \
                 --keypair; where it signs elsewhere, as a multisig does, pass its address and --send \
                 dump"
            );
        }
        Ok(Self {
            actor,
            pool,
            metadata,
        })
    }

    fn perform(self, session: &Session, instruction: Instruction) -> Result<Outcome<Changed>> {
        let transaction = Transaction::new([instruction]);
        let doing = "changing what the token is called";
        perform(session, &self.actor, doing, transaction, |done| {
            Ok(Changed {
                shown: Shown::read(session, &self.pool)?,
                signature: done.signature,
            })
        })
    }
}

impl Shown {
    fn read(session: &Session, pool: &PoolAddresses) -> Result<Self> {
        Ok(Self {
            pool: pool.pool.to_string(),
            mint: pool.mint.to_string(),
            metadata: pool.metadata().to_string(),
            token: TokenMetadata::load(&session.rpc, pool)?.map(Token::from),
        })
    }
}

impl From<TokenMetadata> for Token {
    fn from(metadata: TokenMetadata) -> Self {
        Self {
            name: metadata.name(),
            symbol: metadata.symbol(),
            uri: metadata.uri(),
            update_authority: metadata.update_authority.to_string(),
            is_mutable: metadata.is_mutable,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(token) = &self.token else {
            return writeln!(formatter, "The pool's token has no name, and {FOR_GOOD}.");
        };
        let who = if token.is_mutable {
            token.update_authority.clone()
        } else {
            "nobody: it is final".to_owned()
        };
        Facts(&[
            ("Pool", self.pool.clone()),
            ("Name", token.name.clone()),
            ("Symbol", token.symbol.clone()),
            ("URI", token.uri.clone()),
            ("Changed by", who),
            ("Token mint", self.mint.clone()),
            ("Metadata", self.metadata.clone()),
        ])
        .fmt(formatter)
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(formatter)
    }
}
