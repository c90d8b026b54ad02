//! Stake accounts in and out, on the compiled program.

mod deposit;
mod lifecycle;
mod withdraw;
mod world;
