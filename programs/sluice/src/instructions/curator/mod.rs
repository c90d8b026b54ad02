//! What the curator does, and the closing of what is left.

mod add_validator;
mod close_slot;
mod retire_validator;
mod set_weight;

pub use add_validator::*;
pub use close_slot::*;
pub use set_weight::*;
