//! What the instructions cost, in compute units of the compiled program: measured the same way by
//! the benchmark and by the test that guards the ceilings.

mod cranks;
mod ejections;
mod holders;
mod many;
mod observe;
mod samples;
mod stakes;
mod targets;

pub use {
    cranks::measure_cranks,
    ejections::measure_ejections,
    holders::{DEPOSITS_LAMPORTS, EXITS_LST, HOLDERS, measure_holders},
    many::measure_finalize_of_many,
    observe::measure_observe,
    samples::{Figure, Samples, Unit},
    stakes::{STAKE_DEPOSIT_LAMPORTS, STAKE_EXIT_LST, STAKE_POOL_SIZES, measure_stakes},
    targets::{TARGETS, Target},
};
