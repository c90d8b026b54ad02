//! Rounding rules in worlds so small that every input can be tried: no price falls by a deposit or an
//! exit, nothing pays more than it took, parts add up to no more than the whole.
//!
//! It is the real code. Most worlds are tried at three [`world::SCALES`], so that the same rules also meet
//! products of more than 64 bits. `cargo xtask maths worlds` tries wider worlds and says how many
//! inputs there were.

mod edges;
mod exits;
mod finalize;
mod moves;
mod prices;
mod queue;
mod ratio;
mod spread;
mod world;
