//! Creating, inspecting and administering pools.

pub mod config;
mod create;
mod history;
mod list;
mod loss;
pub mod metadata;
mod migrate;
mod pause;
pub mod role;
mod set;
mod show;
mod verify;
pub mod yields;

pub use create::create;
pub use history::history;
pub use list::list;
pub use loss::acknowledge_loss;
pub use migrate::migrate;
pub use pause::{pause, unpause};
pub use set::{apply, export, plan};
pub use show::show;
pub use verify::verify;
pub use yields::show as explain_yield;
