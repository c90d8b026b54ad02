//! Cranks in rounds: what is due is planned, done as far as it works, and planned anew.

use std::time::Instant;

use solana_instruction::Instruction;

use super::{CrankFailure, CrankProgress, CrankReport, outcome};
use crate::{
    ClientError, Executor, PoolAddresses, PoolSnapshot, Repeat, Result, Sent, Simulated,
    plan::crank::{CrankPlan, Step, StepKind},
    pool::decode::events_by_instruction,
    send::{
        confirmed::Confirmed,
        packing::{Batch, Packing},
        paid::Purpose,
    },
    sluice_events,
};

/// How often everything is planned anew: pricing, moving, and what came between.
const ROUNDS: usize = 12;

/// Cranks that are being turned, and what was done until now.
pub(super) struct Turning<'a> {
    executor: &'a Executor<'a>,
    addresses: &'a PoolAddresses,
    most_transactions: usize,
    on_progress: &'a mut dyn FnMut(CrankProgress<'_>),
    /// When the last reading of the pool began.
    read: Instant,
    /// The slot of the last transaction that was confirmed: the pool is not read before it any more.
    landed: Option<u64>,
    report: CrankReport,
}

impl<'a> Turning<'a> {
    /// Begins with the pool as it is.
    pub fn new(
        executor: &'a Executor<'a>,
        addresses: &'a PoolAddresses,
        most_transactions: usize,
        on_progress: &'a mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<Self> {
        Ok(Self {
            executor,
            addresses,
            most_transactions,
            on_progress,
            read: Instant::now(),
            landed: None,
            report: CrankReport {
                signatures: Vec::new(),
                steps: Vec::new(),
                compute_units: Some(0),
                fee_lamports: Some(0),
                failures: Vec::new(),
                gave_way: false,
                waiting: Vec::new(),
                snapshot: PoolSnapshot::with_stakes(executor.rpc, addresses)?,
            },
        })
    }

    /// Turns until nothing is due, or what is due stays as it is. What was sent is no progress: a
    /// node that says what is not so would have it paid for again and again.
    pub fn run(mut self, plan: fn(&PoolSnapshot) -> Result<CrankPlan>) -> Result<CrankReport> {
        let (mut planned, addresses) = (Vec::new(), self.addresses);
        for round in 0..=ROUNDS {
            let CrankPlan { steps, waiting, .. } = match plan(&self.report.snapshot) {
                Ok(plan) => plan,
                Err(error) => return self.broken_off(error),
            };
            self.report.waiting = waiting;
            // What failed and is due no more was done by somebody else.
            self.report
                .failures
                .retain(|failure| is_still_due(failure, &steps));
            if steps.is_empty() || are_same(&steps, &planned) || round == ROUNDS || self.is_full() {
                break;
            }
            self.report.failures.clear();
            self.round(&steps)?;
            self.read = Instant::now();
            match PoolSnapshot::with_stakes_since(self.executor.rpc, addresses, self.landed) {
                Ok(snapshot) => self.report.snapshot = snapshot,
                Err(error) => return self.broken_off(error),
            }
            planned = steps;
        }
        Ok(self.report)
    }

    /// What was done is done, and told: what comes next cannot be known.
    fn broken_off(mut self, error: ClientError) -> Result<CrankReport> {
        if self.report.signatures.is_empty() {
            return Err(error);
        }
        let failure = CrankFailure { step: None, error };
        self.report.failures.push(failure);
        Ok(self.report)
    }

    /// Whether nothing more may be sent.
    fn is_full(&self) -> bool {
        self.executor.is_stopped()
            || self.report.gave_way
            || self.report.signatures.len() >= self.most_transactions
    }

    /// Somebody else has just done what was to be done here, and is probably about to do the next thing.
    fn give_way(&mut self) {
        self.report.gave_way = self.executor.gives_way;
    }

    fn round(&mut self, steps: &[Step]) -> Result<()> {
        let packing = Packing {
            addresses: self.addresses,
            payer: self.executor.payer.pubkey(),
            tables: &self.executor.tables,
        };
        let batches = packing.pack(steps)?;
        (self.on_progress)(CrankProgress::Planned {
            steps,
            transactions: batches.len(),
        });
        for batch in &batches {
            let Err(error) = self.attempt(batch, steps) else {
                continue;
            };
            if self.executor.gives_way && error.paid_in_vain().is_some() {
                self.overtaken(batch, steps, &error);
                return Ok(());
            }
            if !is_refusal(&error) {
                // It may still arrive, or no node answers: nothing is to be tried right now.
                self.fail(batch, steps, error);
                return Ok(());
            }
            if batch.instructions.len() == 1 {
                self.fail(batch, steps, error);
                continue;
            }
            self.tell_if_paid(batch, steps, &error);
            // One bad step must not hold up the others.
            for alone in batch.separate() {
                if let Err(error) = self.attempt(&alone, steps) {
                    self.fail(&alone, steps, error);
                }
            }
        }
        Ok(())
    }

    /// Sends what does something, as long as more may be sent. A transaction in which everything was
    /// done by others is not sent.
    fn attempt(&mut self, batch: &Batch, steps: &[Step]) -> Result<()> {
        if self.is_full() {
            return Ok(());
        }
        let executor = self.executor;
        let mut simulated = executor.simulate(&batch.instructions)?;
        let useful = batch.without(&idle(&batch.instructions, &simulated.logs));
        if useful.instructions.is_empty() {
            self.give_way();
            return Ok(());
        }
        let purpose = Purpose::of(&self.report.snapshot, &useful.instructions);
        if let Some(signature) = executor.paid.before(self.read, &purpose) {
            return Err(ClientError::PaidBefore { signature });
        }
        if useful.instructions.len() < batch.instructions.len() {
            simulated = executor.simulate(&useful.instructions)?;
        }
        let sent = self.pay(purpose, &useful.instructions, simulated)?;
        let confirmed = Confirmed::read(executor.hasty(), &sent.signature);
        let report = &mut self.report;
        report.signatures.push(sent.signature);
        let units = confirmed.as_ref().and_then(|one| one.compute_units);
        report.compute_units = summed(report.compute_units, units);
        let fee_lamports = confirmed.as_ref().map(|one| one.fee_lamports);
        report.fee_lamports = summed(report.fee_lamports, fee_lamports);
        let carried = carried(&useful, steps);
        let done = match confirmed.as_ref().and_then(|one| one.logs.as_ref()) {
            Some(logs) => outcome::done(&carried, &sluice_events(logs)),
            // It is confirmed, and no node tells how much was moved.
            None => carried.iter().map(|step| step.without_amount()).collect(),
        };
        (self.on_progress)(CrankProgress::Sent {
            planned: &carried,
            done: &done,
            signature: sent.signature,
            confirmed: confirmed.as_ref(),
        });
        if done.is_empty() {
            self.give_way();
        }
        for step in done {
            // A step that needs several transactions is one step.
            if self.report.steps.last() != Some(&step) {
                self.report.steps.push(step);
            }
        }
        Ok(())
    }

    /// Sends it, and remembers what was paid for.
    fn pay(
        &mut self,
        purpose: Purpose,
        instructions: &[Instruction],
        simulated: Simulated,
    ) -> Result<Sent> {
        let executor = self.executor;
        let sent = executor.send_simulated(instructions, &[], Repeat::Harmless, simulated);
        match &sent {
            Ok(sent) => {
                executor.paid.note(purpose, sent.signature, false);
                self.landed = self.landed.max(Some(sent.slot));
            }
            Err(error) => {
                if let Some(signature) = error.paid_in_vain() {
                    executor.paid.note(purpose, signature, true);
                }
            }
        }
        sent
    }

    fn fail(&mut self, batch: &Batch, steps: &[Step], error: ClientError) {
        let carried = carried(batch, steps);
        (self.on_progress)(CrankProgress::Failed {
            steps: &carried,
            error: &error,
        });
        self.count_if_paid(&error);
        self.report.failures.push(CrankFailure {
            step: carried.first().map(|step| Step::clone(step)),
            error,
        });
    }

    /// A simulation had no fault, and the transaction failed: most likely somebody else has done its work
    /// in between.
    fn overtaken(&mut self, batch: &Batch, steps: &[Step], error: &ClientError) {
        self.count_if_paid(error);
        self.give_way();
        let steps = &carried(batch, steps);
        (self.on_progress)(CrankProgress::Overtaken { steps, error });
    }

    /// Tells of a transaction that was executed in vain, although its steps are tried again.
    fn tell_if_paid(&mut self, batch: &Batch, steps: &[Step], error: &ClientError) {
        if self.count_if_paid(error) {
            let steps = &carried(batch, steps);
            (self.on_progress)(CrankProgress::Failed { steps, error });
        }
    }

    /// Whether it was executed in vain, and paid for.
    fn count_if_paid(&mut self, error: &ClientError) -> bool {
        let paid = error.paid_in_vain();
        if let Some(signature) = paid {
            self.report.signatures.push(signature);
            self.report.fee_lamports = None;
        }
        paid.is_some()
    }
}

/// A sum with one more, as long as all are known.
fn summed(sum: Option<u64>, one: Option<u64>) -> Option<u64> {
    Some(sum?.saturating_add(one?))
}

/// Whether a failed step is among those that are due. What cannot be read is always to be told, and so is
/// what may still arrive: its signature stands nowhere else.
fn is_still_due(failure: &CrankFailure, steps: &[Step]) -> bool {
    let is_open = matches!(
        failure.error,
        ClientError::NotConfirmed { .. }
            | ClientError::PerhapsSent { .. }
            | ClientError::NotTaken { .. }
    );
    is_open
        || failure.step.as_ref().is_none_or(|failed| {
            steps
                .iter()
                .any(|step| step.kind == failed.kind && step.validator == failed.validator)
        })
}

/// Whether two plans are the same. What a batch is paid drips from slot to slot, and does not count; a
/// validator whose stake leaves in two parts has the same step twice, with another amount.
fn are_same(steps: &[Step], before: &[Step]) -> bool {
    let about = |step: &Step| {
        let amount = step.lamports.filter(|_| step.kind != StepKind::Settle);
        (step.kind, step.validator, amount, step.work.clone())
    };
    steps.iter().map(about).eq(before.iter().map(about))
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

fn carried<'a>(batch: &Batch, steps: &'a [Step]) -> Vec<&'a Step> {
    batch
        .steps
        .iter()
        .filter_map(|index| steps.get(*index))
        .collect()
}

#[cfg(test)]
mod tests {
    use sluice_math::Lamports;
    use solana_pubkey::Pubkey;

    use super::*;
    use crate::plan::crank::Work;

    fn step(kind: StepKind, lamports: u64) -> Step {
        Step {
            kind,
            validator: None,
            lamports: Some(Lamports::new(lamports)),
            what: lamports.to_string(),
            because: String::new(),
            work: Work::PayFees {
                treasury: Pubkey::default(),
            },
        }
    }

    #[test]
    fn a_plan_is_the_same_where_only_a_price_has_dripped() {
        use StepKind::{Settle, Undelegate};
        let same = |kind, before, now| are_same(&[step(kind, now)], &[step(kind, before)]);
        assert!(same(Settle, 5, 6));
        assert!(same(Undelegate, 5, 5));
        assert!(!same(Undelegate, 5, 1), "what is left of it");
        assert!(!are_same(
            &[step(Settle, 5), step(Undelegate, 5)],
            &[step(Settle, 5)]
        ));
    }
}
