//! Creating and inspecting pools.

mod create;
mod history;
mod list;
mod migrate;
mod show;

pub use create::create;
pub use history::history;
pub use list::list;
pub use migrate::migrate;
pub use show::show;
