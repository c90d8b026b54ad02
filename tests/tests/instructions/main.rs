//! Each instruction on the compiled program: what it changes, to the lamport, and what it refuses.

mod cases;
mod idl;
mod life;
mod substitution;
mod world;
