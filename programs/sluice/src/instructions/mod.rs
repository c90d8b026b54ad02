//! Instructions, by who acts. One file each: accounts, `validate`, `process`, private helpers.
//!
//! `validate` compares accounts by hand before anything is done with them. A constraint of Anchor
//! would load the pool again for each account, which costs compute, and would give all mistakes of
//! a kind the same error. Each account is accounted for in one place: its declared type, `validate`,
//! or the one that its `CHECK` names. Where all have types of the program, nothing is left to
//! validate.
//!
//! `check_invariants` is the last thing that a handler does to the pool. Requests, cancellations
//! and claims do without it, since nothing may ever close them, and so does what moves neither
//! lamports of the reserve nor LST.

#[cfg(test)]
mod tests;

pub mod admin;
pub mod crank;
pub mod curator;
pub mod query;
pub mod user;

pub use admin::*;
pub use crank::*;
pub use curator::*;
pub use query::*;
pub use user::*;
