//! The one way in which commands send: what they send is described first, then sent, simulated
//! or dumped, as `--send` says.

mod beforehand;
mod done;
mod dump;
mod each;
mod in_order;
mod lifetime;
mod preview;
mod proposal;
mod repeated;
mod simulation;

use std::fmt;

use anyhow::{Context, Result};
pub use beforehand::{beforehand, tell};
pub use done::{Done, last_slot, rent_beside, rent_of, returned_rent};
pub use each::{Attempts, Things, perform_each};
pub use in_order::in_order;
pub use lifetime::read_nonce;
pub use preview::{Preview, preview};
use proposal::propose;
pub use proposal::{Proposed, proposing};
pub use repeated::{Errands, require_meant};
use serde::Serialize;
use sluice_client::{Executor, Repeat, words::amounts::sol};
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::{
    args::SendMode,
    failure::sentence,
    output::announce,
    progress::Progress,
    session::{Actor, Session},
};

/// A transaction that a command wants to send.
pub struct Transaction<'a> {
    instructions: Vec<Instruction>,
    signers: Vec<&'a dyn Signer>,
    follows: bool,
    repeat: Repeat,
    pays_again: bool,
}

impl<'a> Transaction<'a> {
    /// A transaction that the actor and the fee payer sign.
    pub fn new(instructions: impl Into<Vec<Instruction>>) -> Self {
        Self {
            instructions: instructions.into(),
            signers: Vec::new(),
            follows: false,
            repeat: Repeat::Harmful,
            pays_again: false,
        }
    }

    /// A second one would do nothing or fail, so that it may be signed anew whenever it seems to
    /// have expired.
    pub fn repeatable(mut self) -> Self {
        self.repeat = Repeat::Harmless;
        self
    }

    /// A command that is typed once more makes another one, which pays or takes as much again.
    pub fn paying_again(mut self) -> Self {
        self.pays_again = true;
        self
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
    Done(Landed<T>),
    /// Nothing was sent.
    Preview(Preview),
    /// The members of a multisig were asked.
    Proposed(Proposed),
}

/// What was done, and what the cluster took for it.
#[derive(Debug, Serialize)]
pub struct Landed<T> {
    #[serde(flatten)]
    report: Report<T>,
    /// Fees of all transactions, priority included; none where the node does not say.
    network_fee_lamports: Option<u64>,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Report<T> {
    /// What the command tells.
    Read(T),
    /// It was done, and no node tells yet what came of it.
    Unread { signatures: Vec<String> },
}

impl<T> Report<T> {
    fn map<U>(self, convert: impl FnOnce(T) -> U) -> Report<U> {
        match self {
            Self::Read(report) => Report::Read(convert(report)),
            Self::Unread { signatures } => Report::Unread { signatures },
        }
    }
}

impl<T: fmt::Display> fmt::Display for Report<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(report) => report.fmt(formatter),
            Self::Unread { signatures } => write!(
                formatter,
                "It was done. What came of it is not known yet: {}.",
                signatures.join(", ")
            ),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Landed<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.report.to_string().trim_end())?;
        match self.network_fee_lamports {
            Some(lamports) => write!(formatter, "\nFees paid to the cluster: {}", sol(lamports)),
            None => write!(formatter, "\nThe node does not say what fees were paid."),
        }
    }
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
    /// What the cluster took for it, where it was done and the node says so.
    pub fn network_fee_lamports(&self) -> Option<u64> {
        match self {
            Self::Done(landed) => landed.network_fee_lamports,
            Self::Preview(_) | Self::Proposed(_) => None,
        }
    }

    /// What the command tells, where it was done and can be read.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(Landed {
                report: Report::Read(report),
                ..
            }) => Some(report),
            _ => None,
        }
    }

    /// The same after fees that were paid before.
    pub fn after_fees(self, before: Option<u64>) -> Self {
        match self {
            Self::Done(landed) => {
                let own = landed.network_fee_lamports;
                let both = before.zip(own);
                Self::Done(Landed {
                    network_fee_lamports: both.map(|(before, own)| before.saturating_add(own)),
                    ..landed
                })
            }
            other => other,
        }
    }

    /// There was nothing to send.
    pub fn nothing_sent(report: T) -> Self {
        Self::Done(Landed {
            report: Report::Read(report),
            network_fee_lamports: Some(0),
        })
    }

    /// The same with another report.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(landed) => Outcome::Done(Landed {
                report: landed.report.map(convert),
                network_fee_lamports: landed.network_fee_lamports,
            }),
            Self::Preview(preview) => Outcome::Preview(preview),
            Self::Proposed(proposed) => Outcome::Proposed(proposed),
        }
    }
}

impl<T> Outcome<Result<T>> {
    /// The same, unless what was read shows that something else was done: that is a failure.
    pub fn sound(self) -> Result<Outcome<T>> {
        Ok(match self {
            Self::Done(landed) => Outcome::Done(Landed {
                report: match landed.report {
                    Report::Read(report) => Report::Read(report?),
                    Report::Unread { signatures } => Report::Unread { signatures },
                },
                network_fee_lamports: landed.network_fee_lamports,
            }),
            Self::Preview(preview) => Outcome::Preview(preview),
            Self::Proposed(proposed) => Outcome::Proposed(proposed),
        })
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
    if let Some(outcome) = unsent(session, actor, doing, &transactions)? {
        return Ok(outcome);
    }
    let done = send_all(session, actor, doing, transactions)?;
    let trace = Trace::of(&done);
    Ok(trace.outcome(report(done)))
}

/// What is said where nothing is sent: what a multisig is asked, or what would be sent.
fn unsent<T>(
    session: &Session,
    actor: &Actor,
    doing: &'static str,
    transactions: &[Transaction<'_>],
) -> Result<Option<Outcome<T>>> {
    if let Some(vault) = session.vault()
        && session.send_mode() != SendMode::Simulate
    {
        return propose(session, vault, doing, transactions).map(Some);
    }
    let executor = session.executor(actor.payer())?;
    let preview = preview(session, &executor, transactions)?;
    Ok(preview.map(Outcome::Preview))
}

/// What remains of confirmed transactions, whatever can be read of them.
struct Trace {
    network_fee_lamports: Option<u64>,
    signatures: Vec<String>,
}

impl Trace {
    fn of(done: &[Done]) -> Self {
        // A node says what they were: their sum may be nonsense, and is no reason to fail.
        let mut fees = done.iter().map(|done| done.fee_lamports);
        Self {
            network_fee_lamports: fees.try_fold(0, |sum: u64, fee| Some(sum.saturating_add(fee?))),
            signatures: done.iter().map(|done| done.signature.clone()).collect(),
        }
    }

    /// Everything is confirmed: what cannot be read now is no failure.
    fn outcome<T>(self, report: Result<T>) -> Outcome<T> {
        let report = report.map(Report::Read).unwrap_or_else(|error| {
            announce(format_args!(
                "Everything was done, but not everything could be read afterwards: {}.",
                sentence(&error)
            ));
            Report::Unread {
                signatures: self.signatures,
            }
        });
        Outcome::Done(Landed {
            report,
            network_fee_lamports: self.network_fee_lamports,
        })
    }
}

/// Sends transactions in order, each once the one before it is confirmed.
fn send_all(
    session: &Session,
    actor: &Actor,
    doing: &'static str,
    transactions: Vec<Transaction<'_>>,
) -> Result<Vec<Done>> {
    let executor = session.executor(actor.payer())?;
    require_meant(session, &errands(&executor, &transactions)?)?;
    // Not before: a bar would be drawn over a question.
    let progress = Progress::of(transactions.len(), doing);
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

/// What those are for that pay again.
fn errands(executor: &Executor<'_>, transactions: &[Transaction<'_>]) -> Result<Errands> {
    let costly = transactions.iter().filter(|one| one.pays_again);
    let errands = costly.map(|one| executor.errand(&one.instructions));
    Ok(Errands {
        all: errands.collect::<sluice_client::Result<_>>()?,
        signed: Vec::new(),
    })
}

/// Sends one transaction, signed by its other signers, and by the actor where that is one of them, and
/// waits for its confirmation.
fn send(
    session: &Session,
    executor: &Executor<'_>,
    actor: &Actor,
    transaction: Transaction<'_>,
) -> Result<Done> {
    let Transaction {
        instructions,
        mut signers,
        repeat,
        ..
    } = transaction;
    let own = actor.address();
    let mut accounts = instructions.iter().flat_map(|step| &step.accounts);
    // What anybody may do, only the fee payer signs.
    if accounts.any(|account| account.is_signer && account.pubkey == own) {
        signers.push(&*actor.signer);
    }
    let sent = executor.send(&instructions, &signers, repeat)?;
    let signature = sent.signature;
    let done = Done::read(&session.afterwards, sent);
    if done.is_denied {
        session.journal()?.doubt(&signature);
        announce(format_args!(
            "A node says that {signature} is confirmed, and none shows it. If `sluice pending` does not know it \
             either in a minute, ask another node (--url) before you believe it."
        ));
    }
    Ok(done)
}
