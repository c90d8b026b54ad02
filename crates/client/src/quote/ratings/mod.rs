//! Validators of a cluster by what they paid: facts of epochs, and a score that anybody can recompute.
//!
//! Nothing here moves money. A node that lies about facts can spoil a ranking, no more.

mod exclusions;
mod facts;
mod gather;
mod reasons;
mod score;
mod takes;
mod thresholds;
mod view;

pub use facts::{ClusterEpoch, Facts, StakeSample, ValidatorEpoch};
pub use gather::{Gathered, Gathering};
pub use reasons::{Exclusion, Reason, ScorePart};
pub use score::{Rating, WHOLE_SCORE, rate};
pub use takes::{Basis, Take};
pub use thresholds::{NoRelease, Release, Thresholds};

#[cfg(test)]
mod tests;
