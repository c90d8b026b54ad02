//! Doing it: packs instructions into transactions, simulates, signs, sends and confirms them.

pub mod cluster;
pub mod cranking;
pub mod executor;
pub mod fees;
pub mod lookup_tables;
mod nodes;
pub mod packing;
pub mod preview;
