//! What the instructions cost, in compute units of the compiled program: measured the same way by
//! the benchmark and by the test that guards the ceilings.

mod cranks;
mod ejections;
mod holders;
mod many;
mod observe;
mod router;
mod samples;
mod sol_value;
mod stakes;
mod targets;

pub use cranks::measure_cranks;
pub use ejections::measure_ejections;
pub use holders::{DEPOSITS_LAMPORTS, EXITS_LST, HOLDERS, measure_holders};
pub use many::measure_finalize_of_many;
pub use observe::measure_observe;
pub use router::measure_router;
pub use samples::{Figure, Samples, Unit};
pub use sol_value::measure_sol_value;
pub use stakes::{STAKE_DEPOSIT_LAMPORTS, STAKE_EXIT_LST, STAKE_POOL_SIZES, measure_stakes};
pub use targets::{TARGETS, Target};
