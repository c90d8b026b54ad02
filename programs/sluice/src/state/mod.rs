//! Accounts of the program.

mod booking;
mod history;
mod page;
mod pool;
mod queue;

pub use booking::StakeAccountKind;
pub use history::*;
pub use page::*;
pub use pool::*;
pub use queue::*;
