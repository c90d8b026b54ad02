//! The load run: thousands of holders and a crank drive one pool on a localnet, with transactions that
//! the client builds. What each kind of transaction counts in a block follows from the blocks
//! themselves, and in the end everything must add up.

mod blocks;
mod books;
mod crowd;
mod days;
mod figures;
mod locks;
mod record;
mod tables;

pub use books::Sums;
pub use days::run;
pub use figures::{Capacity, CrankLoad, Kind, PhaseFigures};
pub use locks::PoolLocks;
pub use record::{Phase, Record};
pub use tables::print;

/// How large the run is.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Holders, at least two.
    pub holders: usize,
    /// Validators of the pool.
    pub validators: usize,
}

/// What came of it. Nothing failed, and everything added up.
#[derive(Debug)]
pub struct Outcome {
    /// Every kind of transaction that holders sent.
    pub kinds: Vec<Kind>,
    /// Each part of the run.
    pub phases: Vec<PhaseFigures>,
    /// What a block admits.
    pub capacity: Capacity,
    /// What was compared in the end.
    pub sums: Sums,
}
