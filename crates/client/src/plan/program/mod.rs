//! How code comes to the cluster, and who may change it there.

pub mod metadata;
