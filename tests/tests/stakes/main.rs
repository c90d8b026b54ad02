//! Stake accounts in and out, on the compiled program.

mod deposit;
mod withdraw;
mod world;
