//! The real service beside a local cluster: what it does, serves and says.

mod alerts;
mod claims;
mod configuration;
mod ending;
mod history;
mod leftover;
mod life;
mod localnet;
mod money;
mod nodes;
mod outdated;
mod packaging;
mod page;
mod proofs;
mod sink;
mod soak;
mod stage;
mod trouble;
