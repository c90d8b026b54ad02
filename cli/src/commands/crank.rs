//! Doing everything that a pool needs now.

use std::{fmt, thread, time::Duration};

use anyhow::{Result, bail};
use serde::Serialize;
use sluice::{SluiceError, error::refuse};
use sluice_client::{
    CrankPlan, CrankProgress, CrankReport, Executor, PoolAddresses, PoolSnapshot, Step,
    plan::crank, send::packing::Packing,
};
use sluice_math::Lamports;
use solana_message::AddressLookupTableAccount;

use crate::{
    args::{CrankArgs, OutputFormat, SendMode},
    failure::{Code, Failure, incomplete},
    next,
    output::{announce, print, print_next},
    progress::Progress,
    session::{Actor, Session},
    transaction::{Transaction, preview},
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
    /// Of the failures.
    #[serde(skip)]
    code: Option<Code>,
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
    let mut executor = Executor::new(&session.rpc, actor.payer());
    if session.send_mode() != SendMode::Send {
        return look(session, &actor, executor, &pool, arguments, output);
    }
    if arguments.tables {
        let tables = ensure_tables(session, &executor)?;
        executor = executor.with_lookup_tables(tables);
    }
    if arguments.watch {
        return watch(
            &executor,
            &pool,
            Duration::from_secs(arguments.every),
            output,
        );
    }
    let cranked = crank_once(&executor, &pool)?;
    print(output, &cranked)?;
    match cranked.failures.first() {
        None => Ok(()),
        Some(failure) => Err(incomplete(
            format!("not everything that is due could be done: {failure}"),
            cranked.code.unwrap_or(Code::Refused),
        )),
    }
}

/// Shows what is due now. What becomes due when that is done cannot be known yet.
fn look(
    session: &Session,
    actor: &Actor,
    mut executor: Executor<'_>,
    pool: &PoolAddresses,
    arguments: CrankArgs,
    output: OutputFormat,
) -> Result<()> {
    if arguments.watch {
        bail!("--watch goes on sending: leave it off, or leave off --send");
    }
    if arguments.tables {
        let tables = executor.find_tables(pool)?;
        executor = executor.with_lookup_tables(tables);
    }
    let snapshot = PoolSnapshot::with_stakes(&session.rpc, pool)?;
    let CrankPlan { steps, waiting } = crank::plan(&snapshot)?;
    let packing = Packing {
        addresses: pool,
        payer: actor.payer_address(),
        tables: executor.lookup_tables(),
    };
    let batches = packing.pack(&steps)?.into_iter().enumerate();
    // Each step was planned on what the ones before it leave.
    let transactions: Vec<_> = batches
        .map(|(index, batch)| match index {
            0 => Transaction::new(batch.instructions),
            _ => Transaction::new(batch.instructions).after_the_previous(),
        })
        .collect();
    steps.iter().map(|step| &step.why).for_each(announce);
    later(&snapshot, waiting).iter().for_each(announce);
    match preview(session, &executor, &transactions)? {
        Some(preview) => print(output, &preview),
        None => Ok(()),
    }
}

/// Cranks whenever something is due. A node that is away for a while does not end it.
fn watch(
    executor: &Executor<'_>,
    pool: &PoolAddresses,
    pause: Duration,
    output: OutputFormat,
) -> Result<()> {
    announce("Looking for work until ctrl-c.");
    loop {
        match crank_once(executor, pool) {
            Ok(cranked) if cranked.did_nothing() => {}
            Ok(cranked) => print_next(output, &cranked)?,
            Err(error) => Failure::from(error).tell_and_go_on(output)?,
        }
        thread::sleep(pause);
    }
}

fn ensure_tables(
    session: &Session,
    executor: &Executor<'_>,
) -> Result<Vec<AddressLookupTableAccount>> {
    let snapshot = session.snapshot()?;
    let progress = Progress::steps("filling lookup tables");
    Ok(executor.ensure_tables(&snapshot, &mut |done, total| progress.at(done, total))?)
}

/// Does all that is due now.
fn crank_once(executor: &Executor<'_>, pool: &PoolAddresses) -> Result<Cranked> {
    let progress = Progress::steps("looking for work");
    let (mut done, mut total) = (0, 0);
    let report = executor.crank(pool, &mut |event| {
        match event {
            CrankProgress::Planned {
                steps,
                transactions,
            } => {
                total += transactions;
                if let Some(first) = steps.first() {
                    progress.tell(first.why.clone());
                }
            }
            CrankProgress::Sent { .. } | CrankProgress::Failed { .. } => done += 1,
        }
        progress.at(done, total);
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
                .map(|(step, error)| format!("{step}: {}", next::sentence(error)))
                .collect(),
            waiting: later(&report.snapshot, report.waiting.clone()),
            transactions: report.transactions,
            compute_units: report.compute_units,
            code: Code::of_all(report.failures.iter().map(|(_, error)| error)),
        }
    }

    fn did_nothing(&self) -> bool {
        self.steps.is_empty() && self.failures.is_empty()
    }
}

/// What cannot be done yet: of a pool that must be migrated, how that is done.
fn later(snapshot: &PoolSnapshot, waiting: Vec<String>) -> Vec<String> {
    if snapshot.needs_migration() {
        return vec![next::sentence(&refuse(SluiceError::MigrationNeeded).into())];
    }
    waiting
}

impl From<&Step> for DoneStep {
    fn from(step: &Step) -> Self {
        Self {
            step: step.kind.to_string(),
            validator: step.validator.map(|vote| vote.to_string()),
            lamports: step.lamports.map(Lamports::get),
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
            writeln!(formatter, "{:<11}  {}", step.step, step.why)?;
        }
        for failure in &self.failures {
            writeln!(formatter, "{:<11}  {failure}", "failed")?;
        }
        for waiting in &self.waiting {
            writeln!(formatter, "{:<11}  {waiting}", "later")?;
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
