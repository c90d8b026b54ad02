//! Turns a pool's cranks until nothing is due.

mod outcome;

use solana_instruction::Instruction;
use solana_signature::Signature;

use super::{
    confirmed::Confirmed,
    executor::{Executor, Repeat},
    packing::{Batch, Packing},
};
use crate::{
    ClientError, PoolAddresses, PoolSnapshot, Result,
    plan::crank::{self, CrankPlan, Step},
    pool::decode::events_by_instruction,
    sluice_events,
};

/// How often everything is planned anew: pricing, moving, and what came between.
const ROUNDS: usize = 12;

/// What happens while cranks are turned, for progress bars and logs.
#[derive(Debug)]
pub enum CrankProgress<'a> {
    /// These steps come next.
    Planned {
        /// The steps in order.
        steps: &'a [Step],
        /// Transactions that carry them.
        transactions: usize,
    },
    /// A transaction is confirmed.
    Sent {
        /// The steps in it, wholly or in part, as planned.
        planned: &'a [&'a Step],
        /// What it did, as its events say.
        done: &'a [Step],
        /// The transaction as it was executed, where a node tells.
        confirmed: Option<&'a Confirmed>,
    },
    /// A transaction failed; the others go on.
    Failed {
        /// The steps in it.
        steps: &'a [&'a Step],
        /// Why.
        error: &'a ClientError,
    },
}

/// Something that could not be done.
#[derive(Debug)]
pub struct CrankFailure {
    /// What; none where the pool could not be read again.
    pub step: Option<Step>,
    /// Why.
    pub error: ClientError,
}

impl CrankFailure {
    fn is_due(&self, steps: &[Step]) -> bool {
        self.step.as_ref().is_none_or(|failed| {
            steps
                .iter()
                .any(|step| step.kind == failed.kind && step.validator == failed.validator)
        })
    }
}

/// What was done.
#[derive(Debug)]
pub struct CrankReport {
    /// Confirmed transactions, in order.
    pub signatures: Vec<Signature>,
    /// Steps that were carried out, in order.
    pub steps: Vec<Step>,
    /// Compute units of all transactions; none where a node does not say what one took.
    pub compute_units: Option<u64>,
    /// What failed, and is due all the same.
    pub failures: Vec<CrankFailure>,
    /// What cannot be done yet, as sentences without their full stops.
    pub waiting: Vec<String>,
    /// The pool afterwards.
    pub snapshot: PoolSnapshot,
}

impl Executor<'_> {
    /// Does everything that is due, in rounds, until nothing is. What fails is tried alone, then
    /// left to the report; a round in which nothing succeeds is the last.
    pub fn crank(
        &self,
        addresses: &PoolAddresses,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<CrankReport> {
        self.turn(addresses, crank::plan, on_progress)
    }

    /// Does only what makes the prices hold: what users need of a stale pool.
    pub fn refresh(
        &self,
        addresses: &PoolAddresses,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<CrankReport> {
        self.turn(addresses, crank::plan_pricing, on_progress)
    }

    fn turn(
        &self,
        addresses: &PoolAddresses,
        plan: fn(&PoolSnapshot) -> Result<CrankPlan>,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<CrankReport> {
        let mut report = CrankReport {
            signatures: Vec::new(),
            steps: Vec::new(),
            compute_units: Some(0),
            failures: Vec::new(),
            waiting: Vec::new(),
            snapshot: PoolSnapshot::with_stakes(self.rpc, addresses)?,
        };
        let mut planned = Vec::new();
        for _ in 0..ROUNDS {
            let CrankPlan { steps, waiting } = plan(&report.snapshot)?;
            report.waiting = waiting;
            // What failed and is due no more was done by somebody else.
            report.failures.retain(|failure| failure.is_due(&steps));
            if steps.is_empty() || steps == planned {
                break;
            }
            report.failures.clear();
            self.round(addresses, &steps, &mut report, on_progress)?;
            match PoolSnapshot::with_stakes(self.rpc, addresses) {
                Ok(snapshot) => report.snapshot = snapshot,
                Err(error) if report.signatures.is_empty() => return Err(error),
                // What was done is done, and told: what comes next cannot be known.
                Err(error) => {
                    report.failures.push(CrankFailure { step: None, error });
                    break;
                }
            }
            planned = steps;
        }
        Ok(report)
    }

    fn round(
        &self,
        addresses: &PoolAddresses,
        steps: &[Step],
        report: &mut CrankReport,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<()> {
        let packing = Packing {
            addresses,
            payer: self.payer.pubkey(),
            tables: &self.tables,
        };
        let batches = packing.pack(steps)?;
        on_progress(CrankProgress::Planned {
            steps,
            transactions: batches.len(),
        });
        for batch in &batches {
            let Err(error) = self.attempt(batch, steps, report, on_progress) else {
                continue;
            };
            if !is_refusal(&error) {
                // It may still arrive, or no node answers: nothing is to be tried right now.
                fail(batch, steps, error, report, on_progress);
                return Ok(());
            }
            if batch.instructions.len() == 1 {
                fail(batch, steps, error, report, on_progress);
                continue;
            }
            // One bad step must not hold up the others.
            for alone in batch.separate() {
                if let Err(error) = self.attempt(&alone, steps, report, on_progress) {
                    fail(&alone, steps, error, report, on_progress);
                }
            }
        }
        Ok(())
    }

    /// Sends what does something. A transaction in which everything was done by others is not sent.
    fn attempt(
        &self,
        batch: &Batch,
        steps: &[Step],
        report: &mut CrankReport,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<()> {
        let mut simulated = self.simulate(&batch.instructions)?;
        let useful = batch.without(&idle(&batch.instructions, &simulated.logs));
        if useful.instructions.is_empty() {
            return Ok(());
        }
        if useful.instructions.len() < batch.instructions.len() {
            simulated = self.simulate(&useful.instructions)?;
        }
        let sent = self.send_simulated(&useful.instructions, &[], Repeat::Harmless, simulated)?;
        report.signatures.push(sent.signature);
        let carried = carried(&useful, steps);
        let confirmed = Confirmed::read(self.rpc, &sent.signature);
        let units = confirmed.as_ref().and_then(|one| one.compute_units);
        let sum = report.compute_units.zip(units);
        report.compute_units = sum.map(|(sum, units)| sum.saturating_add(units));
        let done = match confirmed.as_ref().and_then(|one| one.logs.as_ref()) {
            Some(logs) => outcome::done(&carried, &sluice_events(logs)),
            // It is confirmed, and no node tells how much was moved.
            None => carried.iter().map(|step| step.without_amount()).collect(),
        };
        on_progress(CrankProgress::Sent {
            planned: &carried,
            done: &done,
            confirmed: confirmed.as_ref(),
        });
        for step in done {
            // A step that needs several transactions is one step.
            if report.steps.last() != Some(&step) {
                report.steps.push(step);
            }
        }
        Ok(())
    }
}

/// Whether a step was looked at and does not work.
fn is_refusal(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused(_) | ClientError::Rule(_))
}

/// Which instructions did nothing in a simulation: cranks of the program without an event. None
/// where the logs do not tell of all instructions.
fn idle(instructions: &[Instruction], logs: &[String]) -> Vec<bool> {
    let events = events_by_instruction(logs);
    // The compute budget comes first.
    let Some(first) = events.len().checked_sub(instructions.len()) else {
        return vec![false; instructions.len()];
    };
    instructions
        .iter()
        .zip(&events[first..])
        .map(|(instruction, events)| instruction.program_id == sluice::ID && events.is_empty())
        .collect()
}

fn fail(
    batch: &Batch,
    steps: &[Step],
    error: ClientError,
    report: &mut CrankReport,
    on_progress: &mut dyn FnMut(CrankProgress<'_>),
) {
    let carried = carried(batch, steps);
    on_progress(CrankProgress::Failed {
        steps: &carried,
        error: &error,
    });
    report.failures.push(CrankFailure {
        step: carried.first().map(|step| Step::clone(step)),
        error,
    });
}

fn carried<'a>(batch: &Batch, steps: &'a [Step]) -> Vec<&'a Step> {
    batch
        .steps
        .iter()
        .filter_map(|index| steps.get(*index))
        .collect()
}
