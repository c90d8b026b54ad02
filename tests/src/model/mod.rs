//! A reference model of a whole pool in plain Rust, and worlds of random steps that hold the
//! compiled program against it.
//!
//! The model keeps its own books: slots with their stake accounts, batches, tickets, balances of
//! users. For every step it says whether the program must accept it, with which error it must
//! refuse it otherwise, and what every account must hold afterwards. It shares the money rules
//! (`sluice-math`) with the program and nothing else; it has no account layouts, no lazy totals
//! and no calls into other programs.

mod action;
mod compare;
mod conduct;
mod due;
mod holders;
mod instructions;
mod intervene;
mod invariants;
mod liveness;
mod moves;
mod now;
mod planned;
mod pool;
mod queue;
mod random;
mod requests;
mod slots;
mod stake;
mod stake_accounts;
mod told;
mod transact;
mod world;

pub use action::{Action, Refusal};
pub use pool::Model;
pub use world::{Statistics, World};
