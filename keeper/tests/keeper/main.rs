//! The real service beside a local cluster: what it does, serves and says.

mod claims;
mod configuration;
mod ending;
mod life;
mod money;
mod nodes;
mod proofs;
mod stage;
mod trouble;
