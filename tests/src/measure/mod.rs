//! What the instructions cost, in compute units of the compiled program: measured the same way by
//! the benchmark and by the test that guards the ceilings.

mod cranks;
mod holders;
mod observe;
mod samples;
mod targets;

pub use {
    cranks::measure_cranks,
    holders::measure_holders,
    observe::measure_observe,
    samples::{Figure, Samples, Unit},
    targets::{TARGETS, Target},
};
