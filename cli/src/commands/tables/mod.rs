//! Lookup tables of a pool that `crank --tables` made.

mod close;
mod list;
mod remembered;

pub use close::close;
pub use list::list;
pub use remembered::{FoundBy, OwnTables, remember};
