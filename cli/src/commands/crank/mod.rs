//! Doing everything that a pool needs now.

mod tables;
mod watch;

use std::{fmt, time::Duration};

use anyhow::{Result, bail, ensure};
use serde::Serialize;
use sluice::{SluiceError, error::refuse};
use sluice_client::{
    CrankFailure, CrankPlan, CrankProgress, CrankReport, Executor, PoolAddresses, PoolSnapshot,
    Step,
    plan::crank,
    send::{lookup_tables::active, packing::Packing},
    words::{amounts::sol, next::Next},
};
use sluice_math::Lamports;

use crate::{
    args::{CrankArgs, OutputFormat, SendMode},
    commands::{pending::tell_pending, tables::OwnTables},
    failure::{Code, incomplete},
    next,
    output::{announce, known, print},
    progress::Progress,
    session::{Actor, Session, note_of_minimum},
    transaction::{Transaction, beforehand, preview},
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
    signatures: Vec<String>,
    /// None where no node says what a transaction took.
    compute_units: Option<u64>,
    /// Fees of all transactions, priority included; none where the node does not say.
    network_fee_lamports: Option<u64>,
    /// Of the failures: the exit code in words.
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
    let mut executor = session.executor(actor.payer())?;
    ensure!(
        session.vault().is_none(),
        "anybody can crank, so no multisig needs to: leave off --squads"
    );
    if session.send_mode() != SendMode::Send {
        return look(session, &actor, executor, &pool, arguments, output);
    }
    tell_pending(session)?;
    beforehand(session, &actor, Some(&pool), &[])?;
    if arguments.tables {
        let tables = tables::ensure(session, &executor, actor.payer_address())?;
        executor = executor.with_lookup_tables(tables);
    }
    if arguments.watch {
        let pause = Duration::from_secs(arguments.every);
        return watch::watch(session, &executor, pool, pause, output);
    }
    let cranked = Cranked::new(&pool, crank_once(&executor, &pool)?);
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
    beforehand(session, actor, Some(pool), &[])?;
    if arguments.tables {
        let found = OwnTables::find(session, &actor.payer_address(), &pool.pool)?;
        executor = executor.with_lookup_tables(active(&found.tables));
    }
    let snapshot = PoolSnapshot::with_stakes(&session.rpc, pool)?;
    note_of_minimum(&snapshot.cluster);
    let CrankPlan { steps, waiting, .. } = crank::plan(&snapshot)?;
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
    steps.iter().map(Step::why).for_each(announce);
    later(&snapshot, waiting).iter().for_each(announce);
    match preview(session, &executor, &transactions)? {
        Some(preview) => print(output, &preview),
        None => Ok(()),
    }
}

/// Does all that is due now.
fn crank_once(executor: &Executor<'_>, pool: &PoolAddresses) -> Result<CrankReport> {
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
                    progress.tell(first.why());
                }
            }
            CrankProgress::Sent { .. }
            | CrankProgress::Overtaken { .. }
            | CrankProgress::Failed { .. } => done += 1,
        }
        progress.at(done, total);
    })?;
    note_of_minimum(&report.snapshot.cluster);
    Ok(report)
}

impl Cranked {
    fn new(pool: &PoolAddresses, report: CrankReport) -> Self {
        let clock = &report.snapshot.cluster.clock;
        Self {
            pool: pool.pool.to_string(),
            epoch: clock.epoch,
            slot: clock.slot,
            steps: report.steps.iter().map(DoneStep::from).collect(),
            waiting: later(&report.snapshot, report.waiting),
            transactions: report.signatures.len(),
            signatures: report.signatures.iter().map(ToString::to_string).collect(),
            compute_units: report.compute_units,
            network_fee_lamports: report.fee_lamports,
            code: Code::of_all(report.failures.iter().map(|failure| &failure.error))
                .map(|code| code.after(&report.signatures)),
            failures: report.failures.into_iter().map(failed).collect(),
        }
    }

    fn did_nothing(&self) -> bool {
        self.steps.is_empty() && self.failures.is_empty()
    }
}

/// What failed, and why. Cranking is no advice: it has just been tried.
fn failed(CrankFailure { step, error }: CrankFailure) -> String {
    let step = step.map_or_else(|| "reading the pool again".to_owned(), |step| step.why());
    format!("{step}: {}", next::sentence(&error.without(Next::Crank)))
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
            why: step.why(),
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
            let units = self.compute_units;
            let units = units.map_or_else(|| "not known yet".to_owned(), |units| units.to_string());
            writeln!(
                formatter,
                "Transactions: {}; compute units: {units}; fees: {}.",
                self.transactions,
                known(self.network_fee_lamports, sol)
            )?;
            for signature in &self.signatures {
                writeln!(formatter, "  {signature}")?;
            }
        }
        Ok(())
    }
}
