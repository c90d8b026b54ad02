//! Stake accounts in and out, on the compiled program.

mod deposit;
mod exit_fee;
mod exit_size;
mod lifecycle;
mod profit;
mod theft;
mod withdraw;
mod world;
