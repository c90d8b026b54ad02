//! Stake accounts: into the pool and out of it.

mod advice;
mod deposit;
mod deposited;
mod list;
mod withdraw;
mod withdrawn;

pub use deposit::deposit;
pub use list::list;
pub use withdraw::withdraw;
