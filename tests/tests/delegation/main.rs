//! Delegation: targets, the minimum on both sides, warm-up, strangers, resets, rent, retirement.

mod forced;
mod large;
mod minimum;
mod rent;
mod reset;
mod retire;
mod targets;
mod warm_up;
mod world;
