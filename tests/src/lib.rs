//! What all integration tests share: clusters in the test process that run the compiled program.

pub mod adversary;
pub mod cluster;
pub mod command;
pub mod idl;
pub mod indexer;
pub mod model;
pub mod net;
pub mod pool;
pub mod postgres;
pub mod releases;
pub mod scenario;
pub mod seeds;
