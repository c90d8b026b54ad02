//! Fixed point: from randomly corrupted but legal states cranks alone converge.
//!
//! Every pool is a seed. `SLUICE_SEED=7` strikes one pool as a failure printed it; `SLUICE_LONG=1`
//! strikes far more of them.

mod corruption;
mod delinquent;
mod donations;
mod limits;
mod stages;
mod struck_pool;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use sluice_tests::seeds::{live, number, on_all_cores};
use struck_pool::StruckPool;

/// Pools of the test command, and of a long run.
const POOLS: u64 = 16;
const LONG_POOLS: u64 = 1_000;

fn play(seed: u64) {
    let played = catch_unwind(AssertUnwindSafe(|| {
        live(StruckPool::play(seed));
    }));
    if let Err(panic) = played {
        eprintln!("SLUICE_SEED={seed} fails");
        resume_unwind(panic);
    }
}

#[test]
fn cranks_alone_lead_from_any_corrupted_state_to_a_fixed_point_at_the_targets() {
    match (number("SLUICE_SEED"), number("SLUICE_LONG")) {
        (Some(seed), _) => play(seed),
        (None, Some(_)) => drop(on_all_cores(0..LONG_POOLS, play)),
        (None, None) => drop(on_all_cores(0..POOLS, play)),
    }
}
