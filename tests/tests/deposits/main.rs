//! Deposits of SOL: what they change, what they are quoted at, their fee and their limits.

mod effects;
mod fee;
mod limits;
