//! The pair on the compiled programs: its own and Sluice's.

mod market;
mod swaps;
