//! Stake accounts as deposits, and in every state that they can be in.

mod deposit;
mod effects;
mod lifecycle;
