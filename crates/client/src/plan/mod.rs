//! What to do: decided from a view of the pool, by the rules of the program, as steps and parts
//! that can be sent.

pub mod claims;
pub mod convert;
pub mod crank;
pub mod program;
pub mod set;
pub mod stake_in;
pub mod stake_out;
pub mod standing;
