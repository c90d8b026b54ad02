//! Doing everything that a pool needs now.

use std::{fmt, thread, time::Duration};

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    Executor, PoolAddresses,
    crank::Step,
    executor::{CrankProgress, CrankReport},
};

use crate::{
    args::{CrankArgs, OutputFormat},
    output::{announce, print},
    progress::Progress,
    session::{Actor, Session},
};

/// What a crank did, and what is not due yet.
#[derive(Debug, Serialize)]
pub struct Cranked {
    pool: String,
    epoch: u64,
    slot: u64,
    steps: Vec<DoneStep>,
    failures: Vec<String>,
    waiting: Vec<String>,
    transactions: usize,
    compute_units: u64,
}

/// A step that was taken.
#[derive(Debug, Serialize)]
struct DoneStep {
    step: String,
    validator: Option<String>,
    lamports: Option<u64>,
    why: String,
}

/// Does all that is due now; with `--watch`, again and again.
pub fn crank(session: &Session, arguments: CrankArgs, output: OutputFormat) -> Result<()> {
    let actor = session.actor()?;
    let pool = session.pool()?;
    if !arguments.watch {
        let cranked = crank_once(session, &actor, &pool)?;
        print(output, &cranked)?;
        return match cranked.failures.first() {
            None => Ok(()),
            Some(failure) => bail!("not everything that is due could be done: {failure}"),
        };
    }
    announce("Looking for work until ctrl-c.");
    loop {
        // A node that is away for a while must not end the watch.
        match crank_once(session, &actor, &pool) {
            Ok(cranked) if cranked.did_nothing() => {}
            Ok(cranked) => print(output, &cranked)?,
            Err(error) => announce(format_args!("{}", crate::failure::sentence(&error))),
        }
        thread::sleep(Duration::from_secs(arguments.every));
    }
}

/// Does all that is due now.
fn crank_once(session: &Session, actor: &Actor, pool: &PoolAddresses) -> Result<Cranked> {
    let progress = Progress::spinner("looking for work");
    let report = Executor::new(&session.rpc, actor.payer()).crank(pool, &mut |event| {
        if let CrankProgress::Planned { steps, .. } = event
            && let Some(first) = steps.first()
        {
            progress.tell(first.why.clone());
        }
    })?;
    Ok(Cranked::new(pool, &report))
}

impl Cranked {
    fn new(pool: &PoolAddresses, report: &CrankReport) -> Self {
        let clock = &report.snapshot.cluster.clock;
        Self {
            pool: pool.pool.to_string(),
            epoch: clock.epoch,
            slot: clock.slot,
            steps: report.steps.iter().map(DoneStep::from).collect(),
            failures: report
                .failures
                .iter()
                .map(|(step, error)| format!("{step}: {error}"))
                .collect(),
            waiting: report.waiting.clone(),
            transactions: report.transactions,
            compute_units: report.compute_units,
        }
    }

    fn did_nothing(&self) -> bool {
        self.steps.is_empty() && self.failures.is_empty()
    }
}

impl From<&Step> for DoneStep {
    fn from(step: &Step) -> Self {
        Self {
            step: step.kind.to_string(),
            validator: step.validator.map(|vote| vote.to_string()),
            lamports: step.lamports.map(|lamports| lamports.get()),
            why: step.why.clone(),
        }
    }
}

impl fmt::Display for Cranked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.did_nothing() {
            writeln!(formatter, "Epoch {}: nothing is due.", self.epoch)?;
        }
        for step in &self.steps {
            writeln!(formatter, "{:<10}  {}", step.step, step.why)?;
        }
        for failure in &self.failures {
            writeln!(formatter, "{:<10}  {failure}", "failed")?;
        }
        for waiting in &self.waiting {
            writeln!(formatter, "{:<10}  {waiting}", "later")?;
        }
        if self.transactions > 0 {
            let (transactions, units) = (self.transactions, self.compute_units);
            writeln!(
                formatter,
                "Transactions: {transactions}; compute units: {units}."
            )?;
        }
        Ok(())
    }
}
