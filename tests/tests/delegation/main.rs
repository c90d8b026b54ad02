//! Delegation: targets, the minimum on both sides, the share cap, warm-up, strangers, resets, rent,
//! retirement.

mod effects;
mod forced;
mod large;
mod minimum;
mod rent;
mod reset;
mod retire;
mod share_cap;
mod targets;
mod warm_up;
