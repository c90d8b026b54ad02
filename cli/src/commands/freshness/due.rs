//! What the pool needs before its prices hold, and doing it.

use anyhow::{Context, Error, Result, anyhow, bail};
use sluice::{SluiceError, error::refuse};
use sluice_client::{
    ClientError, CrankReport, PoolAddresses, PoolSnapshot, plan::crank, send::packing::Packing,
    words::next::Next,
};

use super::{
    cost::{Cost, most},
    upkeep::Upkeep,
};
use crate::{
    args::{NoCrank, SendMode},
    output::announce,
    progress::Progress,
    session::{Actor, Session, note_of_minimum},
};

/// What pools need before a command can do its own work.
pub trait Due {
    /// The pools as they are read.
    type Books;

    /// The pool that the command is about.
    fn pool(&self) -> &PoolAddresses;

    /// What has to be done.
    fn cost(&self) -> Cost;

    /// The pools as they would be if nothing had been earned or lost: what estimates are made of.
    fn assumed(&self) -> Self::Books;

    /// Does it, tells what was done, and reads the pools. Fails with the first cause where the pools
    /// are not up to date afterwards.
    fn carry_out(self, session: &Session, actor: &Actor) -> Result<(Self::Books, Upkeep)>;
}

/// What of a pool is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Enough for prices and quotes.
    Prices,
    /// With the stake and vote accounts of all validators.
    Stakes,
}

/// The configured pool, and how many transactions price it for the current epoch.
pub struct PoolDue {
    snapshot: PoolSnapshot,
    transactions: usize,
}

impl PoolDue {
    /// Looks at the pool. Fails where it is not to be priced, or cannot be yet.
    pub fn of(session: &Session, actor: &Actor, no_crank: NoCrank, view: View) -> Result<Self> {
        let mut snapshot = session.snapshot()?;
        if snapshot.needs_migration() {
            return Err(ClientError::from(refuse(SluiceError::MigrationNeeded)).into());
        }
        if !snapshot.is_fresh() {
            require_crankable(session, no_crank, snapshot.cluster.clock.epoch)?;
        }
        if !snapshot.is_fresh() || view == View::Stakes {
            snapshot = session.snapshot_with_stakes()?;
        }
        let transactions = match snapshot.is_fresh() {
            true => 0,
            false => planned(&snapshot, actor)?,
        };
        Ok(Self {
            snapshot,
            transactions,
        })
    }

    /// The pool before anything is done.
    pub fn snapshot(&self) -> &PoolSnapshot {
        &self.snapshot
    }
}

impl Due for PoolDue {
    type Books = PoolSnapshot;

    fn pool(&self) -> &PoolAddresses {
        &self.snapshot.addresses
    }

    fn cost(&self) -> Cost {
        let epoch = self.snapshot.cluster.clock.epoch;
        Cost::of(self.pool().pool, "priced", epoch, self.transactions)
    }

    fn assumed(&self) -> PoolSnapshot {
        self.snapshot.as_if_priced()
    }

    fn carry_out(self, session: &Session, actor: &Actor) -> Result<(PoolSnapshot, Upkeep)> {
        if self.transactions == 0 {
            return Ok((self.snapshot, Upkeep::default()));
        }
        let pool = self.pool().pool;
        let progress = Progress::spinner("pricing the pool");
        let report = session.executor(actor.payer())?.refresh(
            &self.snapshot.addresses,
            most(self.transactions),
            &mut |_| (),
        )?;
        drop(progress);
        let upkeep = Upkeep::from(&report);
        if !upkeep.is_nothing() {
            announce(format_args!("Cranked {pool}: {upkeep}."));
        }
        if !report.snapshot.is_fresh() {
            return Err(not_priced(report));
        }
        note_of_minimum(&report.snapshot.cluster);
        Ok((report.snapshot, upkeep))
    }
}

fn require_crankable(session: &Session, no_crank: NoCrank, epoch: u64) -> Result<()> {
    if no_crank.no_crank {
        bail!(
            "the pool is not priced for epoch {epoch} yet: run `sluice crank` first, or leave off \
             --no-crank"
        );
    }
    if session.send_mode() != SendMode::Send {
        bail!(
            "the pool is not priced for epoch {epoch} yet, and a command that only shows or proposes \
             something does not price it: run `sluice crank` first, with any keypair"
        );
    }
    Ok(())
}

/// How many transactions price the pool. Fails with what has to be waited for.
fn planned(snapshot: &PoolSnapshot, actor: &Actor) -> Result<usize> {
    let plan = crank::plan_pricing(snapshot)?;
    if plan.steps.is_empty() {
        let why = plan.waiting.into_iter().next();
        bail!(why.context("nothing prices the pool now")?);
    }
    let packing = Packing {
        addresses: &snapshot.addresses,
        payer: actor.payer_address(),
        tables: &[],
    };
    Ok(packing.pack(&plan.steps)?.len())
}

/// Why a pool is not priced after all. Cranking is no advice any more: it has just been tried.
fn not_priced(report: CrankReport) -> Error {
    let pool = report.snapshot.addresses.pool;
    let epoch = report.snapshot.cluster.clock.epoch;
    let what = format!("{pool} could not be priced for epoch {epoch}, which comes first");
    if let Some(failure) = report.failures.into_iter().next() {
        return Error::from(failure.error.without(Next::Crank)).context(what);
    }
    match report.waiting.into_iter().next() {
        Some(waiting) => anyhow!(waiting).context(what),
        None => anyhow!(
            "cranks change nothing. Perhaps the node's clock is ahead, or the node is behind: try again, \
             or use another node"
        )
        .context(what),
    }
}
