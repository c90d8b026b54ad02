//! The one way in which commands send: what they send is described first, then sent, simulated
//! or dumped, as `--send` says.

mod done;
mod dump;
mod lifetime;
mod preview;
mod proposal;
mod simulation;

use std::fmt;

use anyhow::{Context, Result};
pub use done::{Done, confirmed_logs};
pub use lifetime::read_nonce;
pub use preview::{Preview, preview};
pub use proposal::Proposed;
use proposal::propose;
use serde::Serialize;
use sluice_client::Executor;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::{
    args::SendMode,
    progress::Progress,
    session::{Actor, Session},
};

/// A transaction that a command wants to send.
pub struct Transaction<'a> {
    instructions: Vec<Instruction>,
    signers: Vec<&'a dyn Signer>,
    follows: bool,
}

impl<'a> Transaction<'a> {
    /// A transaction that the actor and the fee payer sign.
    pub fn new(instructions: impl Into<Vec<Instruction>>) -> Self {
        Self {
            instructions: instructions.into(),
            signers: Vec::new(),
            follows: false,
        }
    }

    /// Others sign too.
    pub fn signed_by(mut self, signers: Vec<&'a dyn Signer>) -> Self {
        self.signers = signers;
        self
    }

    /// It works only once the transaction before it is confirmed.
    pub fn after_the_previous(mut self) -> Self {
        self.follows = true;
        self
    }
}

/// What came of a command: it was done, or only looked at.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Outcome<T> {
    /// Everything was sent and confirmed.
    Done(T),
    /// Nothing was sent.
    Preview(Preview),
    /// The members of a multisig were asked.
    Proposed(Proposed),
}

impl<T: fmt::Display> fmt::Display for Outcome<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(report) => report.fmt(formatter),
            Self::Preview(preview) => preview.fmt(formatter),
            Self::Proposed(proposed) => proposed.fmt(formatter),
        }
    }
}

impl<T> Outcome<T> {
    /// The same with another report.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(report) => Outcome::Done(convert(report)),
            Self::Preview(preview) => Outcome::Preview(preview),
            Self::Proposed(proposed) => Outcome::Proposed(proposed),
        }
    }
}

/// Does a command of one transaction, as `--send` says. `report` tells what came of it, once it
/// is confirmed.
pub fn perform<T>(
    session: &Session,
    actor: &Actor,
    doing: &'static str,
    transaction: Transaction<'_>,
    report: impl FnOnce(Done) -> Result<T>,
) -> Result<Outcome<T>> {
    perform_all(session, actor, doing, vec![transaction], |done| {
        let done = done.into_iter().next();
        report(done.context("no transaction was sent")?)
    })
}

/// Does a command of several transactions, in order.
pub fn perform_all<T>(
    session: &Session,
    actor: &Actor,
    doing: &'static str,
    transactions: Vec<Transaction<'_>>,
    report: impl FnOnce(Vec<Done>) -> Result<T>,
) -> Result<Outcome<T>> {
    let progress = match transactions.len() {
        1 => Progress::spinner(doing),
        _ => Progress::steps(doing),
    };
    if let Some(vault) = session.vault()
        && session.send_mode() != SendMode::Simulate
    {
        return propose(session, vault, &progress, &transactions);
    }
    let executor = Executor::new(&session.rpc, actor.payer());
    if let Some(preview) = preview(session, &executor, &transactions)? {
        return Ok(Outcome::Preview(preview));
    }
    let done = send_all(session, actor, &progress, transactions)?;
    report(done).map(Outcome::Done)
}

/// Sends transactions in order, each once the one before it is confirmed.
fn send_all(
    session: &Session,
    actor: &Actor,
    progress: &Progress,
    transactions: Vec<Transaction<'_>>,
) -> Result<Vec<Done>> {
    let executor = Executor::new(&session.rpc, actor.payer());
    let total = transactions.len();
    let mut done = Vec::with_capacity(total);
    for transaction in transactions {
        progress.at(done.len(), total);
        let sent = send(session, &executor, actor, transaction);
        done.push(sent.map_err(|error| match done.len() {
            0 => error,
            before => error.context(format!(
                "{before} of {total} transactions are done, and the next one failed"
            )),
        })?);
    }
    Ok(done)
}

/// Sends one transaction, signed by the actor and its other signers, and waits for its
/// confirmation.
fn send(
    session: &Session,
    executor: &Executor<'_>,
    actor: &Actor,
    transaction: Transaction<'_>,
) -> Result<Done> {
    let Transaction {
        instructions,
        mut signers,
        ..
    } = transaction;
    signers.push(&*actor.signer);
    let sent = executor.send(&instructions, &signers)?;
    Ok(Done::read(&session.rpc, sent))
}
