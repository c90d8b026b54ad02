//! Each instruction on the compiled program: what it changes, to the lamport, and what it refuses.

mod attacks;
mod cases;
mod changes;
mod errors;
mod idl;
mod layout;
mod life;
mod security_txt;
mod substitution;
mod tickets;
mod world;
