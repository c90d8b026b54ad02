//! Accounts of other programs, read by offset.

mod offered_stake;
mod stake;
mod vote;

pub use offered_stake::*;
pub use stake::*;
pub use vote::*;
