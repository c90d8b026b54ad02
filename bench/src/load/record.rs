//! The parts of a run, and what was executed in each.

use std::{
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use sluice_client::CrankReport;
use sluice_tests::net::PoolNet;
use solana_signer::Signer;

use super::{
    blocks::{Blocks, Executed},
    crowd::{Job, send_all},
};

/// A part of the run.
#[derive(Clone, Debug)]
pub struct Phase {
    /// What holders do, and a crank beside them.
    pub what: &'static str,
    /// How long it took.
    pub time: Duration,
    /// Its transactions among all.
    pub executed: Range<usize>,
}

/// Everything since the first block.
pub struct Record<'a> {
    blocks: Blocks,
    /// Told of every part before it begins.
    tell: &'a mut dyn FnMut(&str),
    /// All transactions, in the order of the blocks.
    pub executed: Vec<Executed>,
    /// The parts of the run, in order.
    pub phases: Vec<Phase>,
}

impl<'a> Record<'a> {
    /// Begins with what made the pool.
    ///
    /// # Errors
    ///
    /// If the blocks cannot be read.
    pub fn begin(net: &PoolNet, tell: &'a mut dyn FnMut(&str)) -> Result<Self> {
        let mut blocks = Blocks::of(net.addresses.pool);
        let executed = blocks.read(&net.rpc)?;
        Ok(Self {
            blocks,
            tell,
            executed,
            phases: Vec::new(),
        })
    }

    /// Holders send all of this.
    ///
    /// # Errors
    ///
    /// If anything fails.
    pub fn crowd(&mut self, net: &PoolNet, what: &'static str, jobs: &[Job<'_>]) -> Result<()> {
        (self.tell)(what);
        let begin = Instant::now();
        send_all(&net.url(), jobs)?;
        self.end_phase(net, what, begin.elapsed(), jobs.len())
    }

    /// Holders send all of this while somebody turns every crank that is due.
    ///
    /// # Errors
    ///
    /// If anything fails.
    pub fn crowd_and_crank(
        &mut self,
        net: &PoolNet,
        what: &'static str,
        jobs: &[Job<'_>],
    ) -> Result<()> {
        (self.tell)(what);
        let begin = Instant::now();
        thread::scope(|scope| {
            let crank = scope.spawn(|| turn(net));
            send_all(&net.url(), jobs)?;
            let turned = crank.join();
            turned.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        self.end_phase(net, what, begin.elapsed(), jobs.len())
    }

    fn end_phase(
        &mut self,
        net: &PoolNet,
        what: &'static str,
        time: Duration,
        sent: usize,
    ) -> Result<()> {
        let first = self.executed.len();
        self.executed.extend(self.blocks.read(&net.rpc)?);
        let executed = first..self.executed.len();
        let cranker = net.payer.pubkey();
        let users = self.executed[executed.clone()]
            .iter()
            .filter(|transaction| transaction.payer != cranker);
        let users = users.count();
        ensure!(
            users == sent,
            "{what}: {sent} were sent, {users} are in blocks"
        );
        self.phases.push(Phase {
            what,
            time,
            executed,
        });
        Ok(())
    }
}

/// Turns every crank that is due.
fn turn(net: &PoolNet) -> Result<()> {
    let report: CrankReport = net
        .executor()
        .crank(&net.addresses, &mut |_| {})
        .context("the crank stopped")?;
    let failures = &report.failures;
    ensure!(failures.is_empty(), "the crank failed: {failures:#?}");
    Ok(())
}
