//! Ways out of the pool at once, from the reserve or with stake, and that nothing closes an exit
//! that should be open.

mod always_open;
mod effects;
mod with_stake;
mod with_stake_fee;
mod with_stake_size;
