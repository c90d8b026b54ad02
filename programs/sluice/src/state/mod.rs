//! Accounts of the program, and the public rules about them.

mod booking;
mod breach;
mod conduct;
mod exits;
mod gates;
mod governance;
mod history;
mod marker;
mod migration;
mod moves;
mod page;
mod parameters;
mod pool;
mod prices;
mod queue;
mod slot_moves;
pub mod v0;

pub use booking::StakeAccountKind;
pub use breach::*;
pub use conduct::*;
pub use exits::*;
pub use gates::*;
pub use governance::*;
pub use history::*;
pub use marker::*;
pub use migration::*;
pub use page::*;
pub use parameters::*;
pub use pool::*;
pub use queue::*;
