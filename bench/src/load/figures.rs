//! What follows from the blocks: what each kind of transaction counts, how many of it a block admits,
//! and what a crank takes of that.

use std::time::Duration;

use sluice_tests::net::PoolNet;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{Outcome, blocks::Executed, books::Sums, record::Record};

/// Slots of 400 ms, in a second, times ten.
const SLOTS_IN_TEN_SECONDS: u64 = 25;

/// Cost units that a block of 400 ms admits. One of 200 ms admits half of it.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Of the transactions that write to one account.
    pub of_one_account: u64,
    /// Of all transactions.
    pub of_all: u64,
}

/// A kind of transaction that holders send.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The program's instruction, and what else is in it.
    pub name: String,
    /// Whether it write-locks the pool.
    pub locks_pool: bool,
    /// How many were executed.
    pub count: usize,
    /// Compute units that one asks for: the median.
    pub asked_units: u64,
    /// Compute units that one takes: the median.
    pub compute_units: u64,
    /// What one counts in its block: the median.
    pub cost_units: u64,
    /// What the dearest counted.
    pub most_cost_units: u64,
}

/// A part of the run.
#[derive(Clone, Debug)]
pub struct PhaseFigures {
    /// What happened.
    pub what: &'static str,
    /// Transactions of holders.
    pub users: usize,
    /// How long it took.
    pub time: Duration,
    /// The crank beside them; `None` where there was none.
    pub crank: Option<CrankLoad>,
}

/// What a crank did in a part of the run.
#[derive(Clone, Copy, Debug)]
pub struct CrankLoad {
    /// Its transactions.
    pub transactions: usize,
    /// Those that write-lock the pool.
    pub lock_pool: usize,
    /// What these count, all together.
    pub pool_cost_units: u64,
    /// Transactions of holders between its first and its last.
    pub users_between: usize,
}

impl Capacity {
    /// How many of a kind a block of 400 ms admits: as many as one account does where they all write
    /// to the pool.
    pub fn in_block(&self, kind: &Kind) -> u64 {
        let units = match kind.locks_pool {
            true => self.of_one_account,
            false => self.of_all,
        };
        units / kind.cost_units
    }

    /// The same in a second, at any length of slots.
    pub fn in_second(&self, kind: &Kind) -> u64 {
        self.in_block(kind) * SLOTS_IN_TEN_SECONDS / 10
    }
}

impl CrankLoad {
    /// What it takes of a block of 400 ms for one account, in basis points.
    pub fn share_bps(&self, capacity: &Capacity) -> u64 {
        self.pool_cost_units * 10_000 / capacity.of_one_account
    }

    fn of(executed: &[Executed], cranker: &Pubkey) -> Option<Self> {
        let is_crank = |transaction: &Executed| transaction.payer == *cranker;
        let first = executed.iter().position(is_crank)?;
        let last = executed.iter().rposition(is_crank)?;
        let turned = executed.iter().filter(|transaction| is_crank(transaction));
        let locking = turned.clone().filter(|transaction| transaction.locks_pool);
        let between = &executed[first..=last];
        Some(Self {
            transactions: turned.count(),
            lock_pool: locking.clone().count(),
            pool_cost_units: locking.map(|transaction| transaction.cost_units).sum(),
            users_between: between.iter().filter(|one| !is_crank(one)).count(),
        })
    }
}

/// The figures of a whole run.
pub(super) fn outcome(net: &PoolNet, record: &Record<'_>, sums: Sums) -> Outcome {
    let cranker = net.payer.pubkey();
    let limits = net.block_limits();
    let phases = record.phases.iter().map(|phase| {
        let executed = &record.executed[phase.executed.clone()];
        let users = executed.iter().filter(|one| one.payer != cranker);
        PhaseFigures {
            what: phase.what,
            users: users.count(),
            time: phase.time,
            crank: CrankLoad::of(executed, &cranker),
        }
    });
    // What comes before the first part makes the pool.
    let begin = record
        .phases
        .first()
        .map_or(0, |phase| phase.executed.start);
    let sent = record.executed[begin..].iter();
    Outcome {
        kinds: kinds(sent.filter(|one| one.payer != cranker)),
        phases: phases.collect(),
        capacity: Capacity {
            of_one_account: limits.account_cost,
            of_all: limits.block_cost,
        },
        sums,
    }
}

/// The kinds in the order in which they first came.
fn kinds<'a>(sent: impl Iterator<Item = &'a Executed>) -> Vec<Kind> {
    let mut kinds: Vec<(String, Vec<&Executed>)> = Vec::new();
    for transaction in sent {
        let name = name_of(transaction);
        match kinds.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.push(transaction),
            None => kinds.push((name, vec![transaction])),
        }
    }
    kinds
        .into_iter()
        .map(|(name, all)| Kind {
            name,
            locks_pool: all.iter().any(|one| one.locks_pool),
            count: all.len(),
            asked_units: median(&all, |one| one.asked_units),
            compute_units: median(&all, |one| one.compute_units),
            cost_units: median(&all, |one| one.cost_units),
            most_cost_units: all.iter().map(|one| one.cost_units).max().unwrap_or(0),
        })
        .collect()
}

fn name_of(transaction: &Executed) -> String {
    let mut name = transaction.instructions.join(" + ");
    if transaction.creates_token_account {
        name += ", new token account";
    }
    name
}

fn median(all: &[&Executed], of: fn(&Executed) -> u64) -> u64 {
    let mut values: Vec<u64> = all.iter().map(|one| of(one)).collect();
    values.sort_unstable();
    values[values.len() / 2]
}
