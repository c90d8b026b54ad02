//! Turns a pool's cranks until nothing is due.

use solana_signature::Signature;

use super::{
    executor::{Executor, Repeat, Sent},
    packing::{Batch, Packing},
};
use crate::{
    ClientError, PoolAddresses, PoolSnapshot, Result,
    plan::crank::{self, CrankPlan, Step},
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
        /// The steps in it, wholly or in part.
        steps: &'a [&'a Step],
        /// The transaction.
        sent: &'a Sent,
    },
    /// A transaction failed; the others go on.
    Failed {
        /// The steps in it.
        steps: &'a [&'a Step],
        /// Why.
        error: &'a ClientError,
    },
}

/// What was done.
#[derive(Debug)]
pub struct CrankReport {
    /// Confirmed transactions, in order.
    pub signatures: Vec<Signature>,
    /// Steps that were carried out, in order.
    pub steps: Vec<Step>,
    /// Compute units of all transactions.
    pub compute_units: u64,
    /// What failed, and is not done: the step's sentence and why.
    pub failures: Vec<(String, ClientError)>,
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
            compute_units: 0,
            failures: Vec::new(),
            waiting: Vec::new(),
            snapshot: PoolSnapshot::with_stakes(self.rpc, addresses)?,
        };
        for _ in 0..ROUNDS {
            let CrankPlan { steps, waiting } = plan(&report.snapshot)?;
            report.waiting = waiting;
            if steps.is_empty() {
                break;
            }
            report.failures.clear();
            let done_before = report.steps.len();
            self.round(addresses, &steps, &mut report, on_progress)?;
            match PoolSnapshot::with_stakes(self.rpc, addresses) {
                Ok(snapshot) => report.snapshot = snapshot,
                // What was done is done, and told: what comes next cannot be known.
                Err(error) if report.signatures.is_empty() => return Err(error),
                Err(error) => {
                    let what = "reading the pool again".to_owned();
                    report.failures.push((what, error));
                    break;
                }
            }
            if report.steps.len() == done_before {
                break;
            }
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

    fn attempt(
        &self,
        batch: &Batch,
        steps: &[Step],
        report: &mut CrankReport,
        on_progress: &mut dyn FnMut(CrankProgress<'_>),
    ) -> Result<()> {
        let sent = self.send(&batch.instructions, &[], Repeat::Harmless)?;
        let carried = carried(batch, steps);
        on_progress(CrankProgress::Sent {
            steps: &carried,
            sent: &sent,
        });
        report.signatures.push(sent.signature);
        report.compute_units += sent.compute_units;
        for step in carried {
            // A step that needs several transactions is one step.
            if report.steps.last() != Some(step) {
                report.steps.push(step.clone());
            }
        }
        Ok(())
    }
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
    let what = carried.first().map(|step| step.why.clone());
    report.failures.push((what.unwrap_or_default(), error));
}

fn carried<'a>(batch: &Batch, steps: &'a [Step]) -> Vec<&'a Step> {
    batch
        .steps
        .iter()
        .filter_map(|index| steps.get(*index))
        .collect()
}
