//! What it takes to tell something about a program, before anything is paid.

use anyhow::{Context, Result};
use sluice_client::{
    plan::program::metadata::{Parts, Publication, Standing, pack},
    words::amounts::sol,
};

use super::{About, write::text};
use crate::{
    args::WriteMetadataArgs,
    commands::program::cost::Bill,
    session::{Actor, Session},
};

/// What it takes, and how much of that is lent to a buffer until all is told, in lamports. Nothing where it
/// is told already.
pub fn bill(
    session: &Session,
    actor: &Actor,
    arguments: &WriteMetadataArgs,
) -> Result<(Bill, u64)> {
    let about = About::from(&arguments.about);
    let text = text(&about, arguments)?;
    let standing = Standing::load(&session.rpc, &about.program, about.kind, &actor.address())?;
    if standing.tells(&text) {
        return Ok((Bill::default(), 0));
    }
    let parts = parts(&standing, actor, arguments, &pack(&text))?;
    let bill = of(&parts, actor);
    Ok((bill, parts.paid_for_buffer_lamports))
}

/// What is to be done.
pub fn parts(
    standing: &Standing,
    actor: &Actor,
    arguments: &WriteMetadataArgs,
    data: &[u8],
) -> Result<Parts> {
    let publication = Publication {
        data,
        authority: actor.address(),
        payer: actor.payer_address(),
        buffer: arguments.from_buffer,
    };
    let parts = match arguments.upload_only {
        true => standing.upload(&publication),
        false => standing.parts(&publication),
    };
    let about = About::from(&arguments.about);
    parts.with_context(|| format!("the {} of {} cannot be written", about.kind, about.program))
}

/// What that takes.
pub fn of(parts: &Parts, actor: &Actor) -> Bill {
    let ends = [&parts.open, &parts.publish];
    let ends = ends.iter().filter(|steps| !steps.is_empty()).count();
    let transactions = parts.writes.len().saturating_add(ends);
    let rents = [
        (
            "  Metadata",
            parts.paid_lamports,
            "it comes back where the metadata is closed",
        ),
        (
            "  Its buffer",
            parts.paid_for_buffer_lamports,
            "it comes back once all is told, or with the buffer",
        ),
    ];
    let paid = rents.iter().filter(|(_, lamports, _)| *lamports > 0);
    Bill {
        needed_lamports: parts
            .paid_lamports
            .saturating_add(parts.paid_for_buffer_lamports),
        parts: paid
            .map(|(name, lamports, when)| (*name, format!("{}, rent: {when}", sol(*lamports))))
            .collect(),
        transactions,
        in_order: transactions.saturating_sub(1),
        signatures: transactions.saturating_mul(actor.signatures()),
    }
}
