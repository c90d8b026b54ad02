//! What a run prints.

use comfy_table::Cell;

use super::{Capacity, Kind, Load, Outcome, PhaseFigures, PoolLocks, Sums};
use crate::report::{grouped, numbers};

/// Prints everything that the run found.
pub fn print(load: &Load, outcome: &Outcome, locks: &PoolLocks) {
    let capacity = outcome.capacity;
    println!(
        "A block of 400 ms admits {} cost units of transactions that write to one account, and {} of all.\n",
        grouped(capacity.of_one_account),
        grouped(capacity.of_all)
    );
    let header = [
        "transaction",
        "writes the pool",
        "executed",
        "asked for",
        "took",
        "cost units",
        "at most",
        "in 400 ms",
        "in 200 ms",
        "in a second",
    ];
    let rows = outcome.kinds.iter().map(|kind| kind_row(outcome, kind));
    println!("{}\n", numbers(&header, 2..10, rows));
    let header = [
        "part of the run",
        "holders' transactions",
        "seconds",
        "a second, here",
        "crank's",
        "write the pool",
        "their cost units",
        "of a block",
        "holders' between",
    ];
    let rows = outcome
        .phases
        .iter()
        .map(|phase| phase_row(&capacity, phase));
    println!("{}\n", numbers(&header, 1..9, rows));
    println!("{}", locks.table());
    println!("{}", sums(load, &outcome.sums));
}

fn kind_row(outcome: &Outcome, kind: &Kind) -> Vec<Cell> {
    let in_block = outcome.capacity.in_block(kind);
    vec![
        Cell::new(&kind.name),
        Cell::new(if kind.locks_pool { "yes" } else { "no" }),
        Cell::new(grouped(kind.count as u64)),
        Cell::new(grouped(kind.asked_units)),
        Cell::new(grouped(kind.compute_units)),
        Cell::new(grouped(kind.cost_units)),
        Cell::new(grouped(kind.most_cost_units)),
        Cell::new(grouped(in_block)),
        Cell::new(grouped(in_block / 2)),
        Cell::new(grouped(outcome.capacity.in_second(kind))),
    ]
}

fn phase_row(capacity: &Capacity, phase: &PhaseFigures) -> Vec<Cell> {
    let milliseconds = phase.time.as_millis().max(1);
    let per_second = phase.users as u128 * 1_000 / milliseconds;
    let crank = phase.crank.map(|crank| {
        let share_bps = crank.share_bps(capacity);
        [
            grouped(crank.transactions as u64),
            grouped(crank.lock_pool as u64),
            grouped(crank.pool_cost_units),
            format!("{}.{:02}%", share_bps / 100, share_bps % 100),
            grouped(crank.users_between as u64),
        ]
    });
    [
        phase.what.to_owned(),
        grouped(phase.users as u64),
        format!("{}.{}", milliseconds / 1_000, milliseconds % 1_000 / 100),
        per_second.to_string(),
    ]
    .into_iter()
    .chain(crank.unwrap_or_default())
    .map(Cell::new)
    .collect()
}

fn sums(load: &Load, sums: &Sums) -> String {
    format!(
        "{} validators. No transaction failed. To the lamport as the transactions tell: {} holders with {} \
         lamports and {} units of LST; a supply of {}, a reserve of {}, {} owed to claims, {} tickets in the \
         queue.",
        load.validators,
        grouped(sums.holders as u64),
        grouped(sums.lamports),
        grouped(sums.lst),
        grouped(sums.supply),
        grouped(sums.reserve_lamports),
        grouped(sums.claims_lamports),
        grouped(sums.tickets as u64),
    )
}
