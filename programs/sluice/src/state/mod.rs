//! Accounts of the program.

mod booking;
mod gates;
mod governance;
mod history;
mod migration;
mod page;
mod parameters;
mod pool;
mod queue;
pub mod v0;

pub use booking::StakeAccountKind;
pub use gates::*;
pub use governance::*;
pub use history::*;
pub use migration::*;
pub use page::*;
pub use parameters::*;
pub use pool::*;
pub use queue::*;
