//! What is there: where a pool's accounts are, what they say, and the instructions that name them.

pub mod accounts;
pub mod addresses;
pub mod buffers;
pub mod decode;
pub mod deployed;
pub mod estate;
pub mod holding;
pub mod instructions;
pub mod loader;
pub mod minimum_delegation;
pub mod progress;
pub mod recipients;
pub mod rent;
pub mod snapshot;
pub mod source;
pub mod squads;
pub mod tickets;
pub mod token_metadata;
