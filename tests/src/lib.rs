//! What all integration tests share: a cluster in the process that runs the compiled program.

pub mod cluster;
pub mod command;
pub mod lying_node;
pub mod measure;
pub mod model;
pub mod peer;
pub mod pool;
pub mod recovery;
pub mod scenario;
