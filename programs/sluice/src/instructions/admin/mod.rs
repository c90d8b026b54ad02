//! What the admin does.

mod acknowledge_loss;
mod change;
mod create_pool;
mod pause;
mod roles;

pub use create_pool::*;
pub use roles::*;
