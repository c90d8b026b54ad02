//! What the admin does.

mod create_pool;

pub use create_pool::*;
