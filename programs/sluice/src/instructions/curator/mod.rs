//! What the curator does.

mod add_validator;
mod retire_validator;
mod set_weight;

pub use add_validator::*;
pub use set_weight::*;
