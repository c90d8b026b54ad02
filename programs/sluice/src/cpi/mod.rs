//! Calls into other programs, each with the one authority that it needs.

pub mod account;
pub mod signer;
pub mod stake;
pub mod system;
pub mod token;
