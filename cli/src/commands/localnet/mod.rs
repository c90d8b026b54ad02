//! A cluster in this process, and what can be asked of one that runs.

mod cluster;
mod control;
mod start;

pub use cluster::LocalCluster;
pub use control::{advance, airdrop};
pub use start::start;
