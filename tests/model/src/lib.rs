//! A reference model of a whole pool in plain Rust, and lives of it without any chain.
//!
//! The model keeps its own books: slots with their stake accounts, batches, tickets, balances of
//! users. For every step it says whether the program must accept it, with which error it must
//! refuse it otherwise, and what every account must hold afterwards. It shares the money rules
//! (`sluice-math`) with the program and nothing else; it has no account layouts, no lazy totals
//! and no calls into other programs. What the stake program and the boundaries of epochs do is
//! written here a second time, too, so that a life of millions of steps needs no runtime.

pub mod action;
pub mod boundary;
pub mod conduct;
mod due;
mod holders;
pub mod invariants;
pub mod life;
mod moves;
pub mod now;
pub mod pool;
mod predict;
pub mod queue;
pub mod search;
pub mod slots;
pub mod stake;
mod stake_accounts;

pub use action::{Action, Refusal};
pub use life::{Addresses, Character, Life, Statistics};
pub use pool::Model;

/// One SOL in lamports.
pub const SOL: u64 = 1_000_000_000;
