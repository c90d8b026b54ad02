//! Commands of several things that do not depend on each other: one that fails does not stop the
//! others.

use std::ops::{ControlFlow, Range};

use anyhow::{Error, Result, anyhow};
use sluice_client::{AccountSource, ClientError, Executor};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use thiserror::Error;

use super::{Done, Outcome, Trace, Transaction, send, unsent};
use crate::{
    commands::pending::tell_pending,
    failure::{Code, incomplete, sentence},
    output::announce,
    progress::Progress,
    session::{Actor, Session},
};

/// Things to do.
pub struct Things {
    /// What several are called, such as `claims`.
    pub name: &'static str,
    /// Each with the account that it is about.
    pub each: Vec<(Pubkey, Instruction)>,
    /// How many fit into a transaction.
    pub per_transaction: usize,
    /// What is the case where the account of a refused one is gone, where that is known.
    pub gone: Option<&'static str>,
}

/// What became of them.
#[derive(Default)]
pub struct Attempts {
    /// Confirmed transactions, in order.
    pub done: Vec<Done>,
    /// What failed: the account, and why.
    pub failed: Vec<(Pubkey, String)>,
    worst: Option<Error>,
}

/// Does each of them, as `--send` says. `report` tells what came of it. Where some failed, the error is
/// to be said after the report; where all did, there is no report.
pub fn perform_each<T>(
    session: &Session,
    actor: &Actor,
    doing: &'static str,
    things: &Things,
    report: impl FnOnce(&Attempts) -> Result<T>,
) -> Result<(Outcome<T>, Option<Error>)> {
    let total = things.each.len();
    let parts: Vec<Range<usize>> = (0..total)
        .step_by(things.per_transaction)
        .map(|start| start..total.min(start.saturating_add(things.per_transaction)))
        .collect();
    let transactions: Vec<_> = parts.iter().map(|part| things.transaction(part)).collect();
    if let Some(outcome) = unsent(session, actor, doing, &transactions)? {
        return Ok((outcome, None));
    }
    tell_pending(session)?;
    let progress = Progress::steps(doing);
    let executor = session.executor(actor.payer())?;
    let mut attempts = Attempts::default();
    for part in parts {
        progress.at(part.start, total);
        let tried = things.attempt(session, &executor, actor, &part, &mut attempts);
        if tried.is_break() {
            attempts.skip(things.each.get(part.end..).unwrap_or_default());
            break;
        }
    }
    drop(progress);
    if total > 1 {
        attempts.failures().iter().for_each(announce);
    }
    let failed = attempts.failed.len();
    let Some(worst) = attempts.worst.take() else {
        let trace = Trace::of(&attempts.done);
        return Ok((trace.outcome(report(&attempts)), None));
    };
    let summary = format!("{failed} of {total} {} failed", things.name);
    if failed == total {
        return Err(if total == 1 {
            worst
        } else {
            worst.context(summary)
        });
    }
    let code = worst.downcast_ref().and_then(|worst| Code::of_all([worst]));
    let failure = incomplete(
        format!("{summary}: {}", sentence(&worst)),
        code.unwrap_or(Code::Refused),
    );
    let trace = Trace::of(&attempts.done);
    Ok((trace.outcome(report(&attempts)), Some(failure)))
}

impl Things {
    fn transaction(&self, part: &Range<usize>) -> Transaction<'static> {
        let each = self.each.get(part.clone()).unwrap_or_default().iter();
        let instructions = each.map(|(_, instruction)| instruction.clone());
        // A second one finds nothing to do.
        Transaction::new(instructions.collect::<Vec<_>>()).repeatable()
    }

    /// Tries a part, and where it is refused each thing of it alone: what the cluster refuses has done
    /// nothing. After any other failure a thing may still be done, so it is not tried again. Breaks
    /// where nothing can be sent any more.
    fn attempt(
        &self,
        session: &Session,
        executor: &Executor<'_>,
        actor: &Actor,
        part: &Range<usize>,
        attempts: &mut Attempts,
    ) -> ControlFlow<()> {
        let error = match send(session, executor, actor, self.transaction(part)) {
            Ok(done) => {
                attempts.done.push(done);
                return ControlFlow::Continue(());
            }
            Err(error) => error,
        };
        if part.len() > 1 && is_refusal(&error) {
            return part.clone().try_for_each(|index| {
                let alone = index..index.saturating_add(1);
                self.attempt(session, executor, actor, &alone, attempts)
            });
        }
        let tried = self.each.get(part.clone()).unwrap_or_default();
        attempts.fail(tried, self.explained(session, tried, error))
    }

    /// A refusal of what is gone meanwhile, by that.
    fn explained(&self, session: &Session, tried: &[(Pubkey, Instruction)], error: Error) -> Error {
        let (Some(gone), [(account, _)], true) = (self.gone, tried, is_refusal(&error)) else {
            return error;
        };
        let found = session.afterwards.accounts(&[*account], None);
        match found.is_ok_and(|found| found.accounts.iter().all(Option::is_none)) {
            true => anyhow!(Gone(gone)),
            false => error,
        }
    }
}

impl Attempts {
    /// What failed, as sentences without their full stops.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.failed.iter();
        failed
            .map(|(account, why)| format!("{account}: {why}"))
            .collect()
    }

    /// Notes a failure. It breaks where neither node nor signer is there.
    fn fail(&mut self, things: &[(Pubkey, Instruction)], error: Error) -> ControlFlow<()> {
        let why = sentence(&error);
        for (account, _) in things {
            self.failed.push((*account, why.clone()));
        }
        let breaks = matches!(
            error.downcast_ref(),
            Some(ClientError::Rpc(_) | ClientError::Signing(_))
        );
        // What may be done all the same matters more than what was refused.
        let is_worse = self
            .worst
            .as_ref()
            .is_none_or(|worst| (is_refusal(worst) || worst.is::<Gone>()) && !error.is::<Gone>());
        if is_worse {
            self.worst = Some(error);
        }
        if breaks {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Notes what was not tried any more.
    fn skip(&mut self, things: &[(Pubkey, Instruction)]) {
        let untried = things.iter().map(|(account, _)| {
            let why = "not tried: what came before it failed";
            (*account, why.to_owned())
        });
        self.failed.extend(untried);
    }
}

/// What was to be done was done meanwhile.
#[derive(Debug, Error)]
#[error("{0}")]
struct Gone(&'static str);

fn is_refusal(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(ClientError::Refused(_)))
}
