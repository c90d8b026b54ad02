//! Stake accounts: into the pool and out of it.

mod advice;
mod deposit;
mod list;
mod withdraw;

pub use deposit::deposit;
pub use list::list;
pub use withdraw::withdraw;
