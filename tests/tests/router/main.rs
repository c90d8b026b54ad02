//! The router: SOL against LST on token accounts, through the instructions of the pool.

mod attacks;
mod refusals;
mod substitution;
mod swaps;
