//! Deposits of SOL: what they change, what they are quoted at, their fee and charge, and their limits.

mod charge;
mod effects;
mod fee;
mod limits;
