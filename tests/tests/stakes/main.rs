//! Stake accounts in and out, on the compiled program.

mod deposit;
mod lifecycle;
mod profit;
mod theft;
mod withdraw;
mod world;
