//! A pool's parameters: what they are, and how they change.

mod cancel;
mod parameter;
mod schedule;
mod show;

pub use cancel::cancel;
pub use schedule::schedule;
pub use show::show;
