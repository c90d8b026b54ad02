//! Validators of a cluster by what they paid.

mod facts;

pub use facts::{ClusterEpoch, Facts, StakeSample, ValidatorEpoch};
