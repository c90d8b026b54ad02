//! Proofs that nothing is lost and nothing paid twice: whatever ends a keeper, however many there are, and
//! with a disk that is full. Each has a short form here; `cargo xtask keeper-proofs` runs the long one.

mod disk;
mod kill;
mod three;

use std::{
    thread,
    time::{Duration, Instant},
};

use sluice_client::{PoolSnapshot, plan::crank};
use sluice_tests::net::SOL;
use solana_pubkey::Pubkey;

use crate::stage::Stage;

/// A number of the environment that the long run sets.
pub fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |number| number.parse().unwrap())
}

/// Transactions of a keeper that were executed, and cost something: those that landed and those that
/// failed.
fn executed(stage: &Stage, keeper: &Pubkey) -> u64 {
    let signatures = stage.rpc.get_signatures_for_address(keeper).unwrap();
    signatures.len() as u64
}

/// The next epoch, in which somebody leaves.
fn next_day(stage: &Stage, day: u64) {
    stage.next_epoch();
    stage.request(day, 2 * SOL);
}

/// Whether nothing at all is due: no crank, no claim.
fn is_quiet(stage: &Stage) -> bool {
    let snapshot = PoolSnapshot::with_stakes(&stage.rpc, &stage.addresses).unwrap();
    let plan = crank::plan(&snapshot).unwrap();
    plan.steps.is_empty() && snapshot.pool.claims_lamports == 0
}

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(40), "no {what}");
        thread::sleep(Duration::from_millis(100));
    }
}
